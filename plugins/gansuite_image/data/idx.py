"""The idx files of MNIST and its kin."""

from __future__ import annotations

import gzip
import math
import re
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gansuite.errors import UserError

UNSIGNED_BYTES = 0x08
NAME = re.compile(r"^(?P<set>.*?)(?P<part>train|t10k|test)-(?P<what>images|labels)[-.]idx[13]-ubyte(\.gz)?$")


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array of an idx file of bytes, packed by gzip or not.

    Two zero bytes, the type (8: unsigned bytes), the number of axes, the length of each as a big-endian int32, then the
    numbers, the last axis fastest (LeCun, Cortes & Burges).

    Raises:
        UserError: it cannot be read, is no such file, or is cut short.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:  # BadGzipFile is an OSError
        raise UserError(f"{path}: cannot be read ({error}); download it again") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != UNSIGNED_BYTES:
        raise UserError(f"{path}: is no idx file of bytes, which begins with 00 00 08; download it again")
    axes = content[3]
    begin = 4 + 4 * axes
    shape = struct.unpack(f">{axes}I", content[4:begin]) if len(content) >= begin else (-1,)
    if len(content) - begin != math.prod(shape):
        found, told = max(len(content) - begin, 0), " x ".join(map(str, shape))
        raise UserError(f"{path}: holds {found:,} bytes where its header tells of {told}; download it again")
    return np.frombuffer(content, np.uint8, offset=begin).reshape(shape)


def idx_files(root: Path) -> dict[str, dict[tuple[str, str], Path]]:
    """For each set found, the file of each (part, what), with parts ``train`` and ``test``.

    Looked for in the folder, in ``raw``, and in torchvision's ``MNIST/raw`` and its like; a set's name is what stands
    before ``train`` in its files' names (``emnist-letters``), or else that of torchvision's folder.
    """
    found: dict[str, dict[tuple[str, str], Path]] = {}
    for folder in (root, root / "raw", *sorted(root.glob("*/raw")), *sorted(p for p in root.glob("*") if p.is_dir())):
        for file in sorted(folder.glob("*")):
            if match := NAME.match(file.name):
                home = folder.parent if folder.name == "raw" else folder
                name = match["set"].strip("-_").lower() or home.name.lower()
                part = "train" if match["part"] == "train" else "test"
                found.setdefault(name, {}).setdefault((part, match["what"]), file)
    return found
