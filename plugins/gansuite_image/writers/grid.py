"""Samples as one contact sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

from annotated_types import Ge, Gt, Le
from jaxtyping import Float
from torch import Tensor

from ..pixels import in_rows, sheet
from ..spec import ImageSpec
from .png import Format, PngWriter


class GridWriter(PngWriter):
    """Writes all samples of a call as one picture; of several conditions each has a row.

    Args:
        spec: the domain.
        format: of the file.
        enlarge: pixels along each side of a sample's pixel, for tiny pictures.
        columns: samples in a row; by default about as many as there are rows.
    """

    whole: ClassVar[bool] = True

    def __init__(
        self,
        spec: ImageSpec,
        *,
        format: Format = "png",
        enlarge: Annotated[int, Ge(1), Le(64)] = 1,
        columns: Annotated[int, Gt(0)] | None = None,
    ) -> None:
        super().__init__(spec, format=format, enlarge=enlarge)
        self.columns = columns

    def write(self, samples: Float[Tensor, "n c h w"], folder: Path, stem: str = "") -> list[Path]:
        """Write ``{stem}grid.png`` into ``folder`` and return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{stem}grid{self.suffix}"
        self.save(path, sheet(in_rows(self.tiles(samples), self.columns), gap=self.enlarge))
        return [path]
