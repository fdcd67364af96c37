"""Samples as lines of text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from torch import Tensor

from gansuite.errors import UserError

from ..spec import TextSpec


class TxtWriter:
    """Writes all samples to one file, a line each.

    Args:
        spec: the domain; gives the tokenizer.
        format: ``txt`` holds the texts alone, a line break within one as a space; ``jsonl`` objects with ``text``, as
            it is, and the spellings of its ``tokens``, which the data set ``file`` reads back.
    """

    def __init__(self, spec: TextSpec, *, format: Literal["txt", "jsonl"] = "txt") -> None:
        self.spec, self.format = spec, format

    def write(self, samples: Tensor, folder: Path, stem: str = "") -> list[Path]:
        """Write ``{stem}samples.txt`` into ``folder`` and return its path.

        Args:
            samples: int64 [n, t], or relaxed float [n, t, v], of which the likeliest tokens are written.

        Raises:
            UserError: the file cannot be written.
        """
        path = folder / f"{stem}samples.{self.format}"
        x = samples.detach().cpu()
        x = x.argmax(-1) if x.is_floating_point() else x
        texts = self.spec.decode(x)
        if self.format == "txt":
            lines = [" ".join(text.splitlines()) for text in texts]
        else:
            rows = zip(texts, self.spec.words(x), strict=True)
            lines = [json.dumps({"text": text, "tokens": words}, ensure_ascii=False) for text, words in rows]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="\n")
        except OSError as error:
            raise UserError(f"cannot write {path} ({error.strerror}); choose another folder") from error
        return [path]
