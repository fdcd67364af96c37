"""Heartbeats as files."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from .beats import BeatSpec


class CsvWriter:
    """Writes each beat to a file of two columns, seconds and millivolts.

    Args:
        digits: after the point.
    """

    suffix = ".csv"

    def __init__(self, spec: BeatSpec, *, digits: int = 4) -> None:
        self.rate, self.digits = spec.rate, digits

    def write(self, samples: Tensor, folder: Path, stem: str = "") -> list[Path]:
        """Write ``{stem}000.csv``, ``{stem}001.csv`` ... into ``folder`` and return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for number, beat in enumerate(samples.tolist()):
            rows = (f"{i / self.rate:.4f},{value:.{self.digits}f}" for i, value in enumerate(beat))
            paths.append(folder / f"{stem}{number:03d}{self.suffix}")
            paths[-1].write_text("\n".join(["seconds,millivolts", *rows, ""]), encoding="utf-8")
        return paths
