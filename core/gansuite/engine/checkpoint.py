"""Checkpoints that survive a kill at any moment and are never trusted blindly.

A checkpoint is a folder ``checkpoints/000200`` of three files: ``weights.safetensors`` (all networks, and the
averaged weights under ``average.``), ``state.pt`` (plain tensors and numbers that ``torch.load`` reads with
``weights_only=True``: nothing is ever unpickled), ``manifest.json`` (step, and the SHA-256 of the other two). It is
written aside, flushed to disk and renamed, so a folder with that name is complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from gansuite.errors import RunError

FILES = ("weights.safetensors", "state.pt")


def save(folder: Path, step: int, weights: Mapping[str, Tensor], state: Mapping[str, Any], keep: int) -> Path:
    """Write the checkpoint of ``step`` under ``folder`` and drop all but the newest ``keep``.

    Raises:
        RunError: the disk is full or the folder cannot be written; what was there before is untouched.
    """
    final, aside = folder / name(step), folder / f".{name(step)}.{os.getpid()}.partial"
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        save_file(separate(weights), aside / FILES[0])
        torch.save({**state, "step": step}, aside / FILES[1])
        manifest = {"step": step, "sha256": {file: sha256(aside / file) for file in FILES}}
        (aside / "manifest.json").write_text(json.dumps(manifest, indent=1))
        for path in aside.iterdir():
            flush(path)
        shutil.rmtree(final, ignore_errors=True)
        os.rename(aside, final)
        flush(folder)
    except (OSError, SafetensorError, RuntimeError) as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise RunError(f"checkpoint of step {step} cannot be written to {folder}: {reason(error)}") from error
    for old in [path for path in complete(folder) if path != final][max(keep - 1, 0) :]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def name(step: int) -> str:
    """The folder name of a step."""
    return f"{step:06d}"


def load(folder: Path, device: torch.device | str = "cpu") -> tuple[int, dict[str, Tensor], dict[str, Any]]:
    """Read the newest sound checkpoint under ``folder``: step, weights, state.

    One that is truncated or altered by a byte is passed over with a warning and the one before is used.

    Raises:
        RunError: there is no sound checkpoint.
    """
    for path in complete(folder):
        fault = check(path)
        if fault is None:
            try:
                weights = load_file(path / FILES[0], device=str(device))
                state = torch.load(path / FILES[1], map_location=device, weights_only=True)
                return state["step"], weights, state
            except (pickle.UnpicklingError, RuntimeError, SafetensorError) as error:
                fault = f"its files are no checkpoint's: {reason(error)}"
        warnings.warn(f"checkpoint {path.name} is damaged ({fault}); the one before it is used", stacklevel=2)
    raise RunError(f"{folder} holds no sound checkpoint")


def complete(folder: Path) -> list[Path]:
    """The finished checkpoints under ``folder``, newest first."""
    return sorted((path for path in folder.glob("[0-9]*") if path.is_dir()), key=lambda p: int(p.name), reverse=True)


def check(path: Path) -> str | None:
    """What is wrong with a checkpoint, or None."""
    try:
        manifest = json.loads((path / "manifest.json").read_text())
        if manifest["step"] != int(path.name):
            return f"manifest.json is that of step {manifest['step']}"
        for file in FILES:
            if sha256(path / file) != manifest["sha256"][file]:
                return f"{file} does not have its SHA-256"
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"manifest.json or a file is unreadable: {reason(error)}"
    return None


def clean(folder: Path) -> None:
    """Remove what a killed process left half written."""
    for path in folder.glob(".*.partial"):
        shutil.rmtree(path, ignore_errors=True)


def separate(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Every tensor on its own: players may share modules, and safetensors keeps no two names for one memory."""
    found: dict[str, Tensor] = {}
    seen: set[int] = set()
    for key, tensor in weights.items():
        plain = tensor.detach().contiguous()
        found[key] = plain.clone() if plain.data_ptr() in seen else plain
        seen.add(plain.data_ptr())
    return found


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Ask the system to put a file or folder on the disk before we rely on it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reason(error: BaseException) -> str:
    """The first line of an error, or its type."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
