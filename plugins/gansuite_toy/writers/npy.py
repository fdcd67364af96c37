"""Toy samples as numbers and as a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from torch import Tensor

from ..panels.pictures import Look, drawing, png
from ..spec import ToySpec


class NpyWriter:
    """All samples in one ``.npy`` file, and a drawing of them in one ``.png``.

    Args:
        spec: the domain; says how its samples are drawn.
        picture: whether to draw.
    """

    suffix = ".npy"

    def __init__(self, spec: ToySpec, *, picture: bool = True) -> None:
        self.spec, self.picture = spec, picture

    def write(self, samples: Tensor, folder: Path, stem: str = "") -> list[Path]:
        """Write ``{stem}samples.npy`` and ``{stem}samples.png`` into ``folder`` and return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        values = samples.detach().cpu().numpy()
        paths = [folder / f"{stem}samples.npy"]
        np.save(paths[0], values)
        if self.picture:
            paths.append(folder / f"{stem}samples.png")
            paths[1].write_bytes(png(drawing(values, self.spec.picture, Look(spec=self.spec.as_dict()))))
        return paths
