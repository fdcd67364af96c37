"""Samples as picture files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le
from jaxtyping import Float
from PIL import Image
from torch import Tensor

from gansuite.errors import UserError

from ..pixels import Pixels, enlarged, image, pixels, sheet
from ..spec import ImageSpec

Format = Literal["png", "jpg", "webp"]
ENDINGS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
HOW: dict[str, dict[str, Any]] = {
    "png": {"optimize": True},
    "jpg": {"quality": 95, "subsampling": 0},
    "webp": {"lossless": True},
}
MOST = {"jpg": 65_500, "webp": 16_383}
"""Pixels along a side beyond which there is no such file."""


class PngWriter:
    """Writes each sample to a file of its own: grey, colour, colour with opacity, or a map of labels in colours.

    Args:
        spec: the domain.
        format: of the files; ``jpg`` has no opacity and loses a little, the others nothing.
        enlarge: pixels along each side of a sample's pixel, for tiny pictures; 1: as they are.
        sequence: what samples in order become: one ``strip``, or a film, ``webp`` or ``gif``.
        seconds: that a film shows each sample.

    Raises:
        ValueError: ``jpg`` for samples with opacity.
    """

    def __init__(
        self,
        spec: ImageSpec,
        *,
        format: Format = "png",
        enlarge: Annotated[int, Ge(1), Le(64)] = 1,
        sequence: Literal["strip", "webp", "gif"] = "strip",
        seconds: Annotated[float, Gt(0)] = 0.1,
    ) -> None:
        if format == "jpg" and spec.channels == 4:
            raise ValueError('jpg has no opacity; set format = "png"')
        self.format, self.enlarge, self.sequence, self.seconds = format, enlarge, sequence, seconds
        self.suffix = f".{format}"

    def write(self, samples: Float[Tensor, "n c h w"], folder: Path, stem: str = "") -> list[Path]:
        """Write ``{stem}000.png``, ``{stem}001.png`` ... into ``folder`` and return their paths.

        Raises:
            UserError: a file cannot be written in this format.
        """
        folder.mkdir(parents=True, exist_ok=True)
        tiles = self.tiles(samples)
        paths = [folder / f"{stem}{i:03d}{self.suffix}" for i in range(len(tiles))]
        for path, tile in zip(paths, tiles, strict=True):
            self.save(path, tile)
        return paths

    def write_sequence(self, samples: Float[Tensor, "n c h w"], folder: Path, stem: str = "") -> list[Path]:
        """Write samples in order as one strip or film, ``{stem}walk.*``, and return its path.

        Raises:
            UserError: the file cannot be written in this format.
        """
        if self.sequence == "strip":
            return self.write_rows([samples], folder, f"{stem}walk")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{stem}walk.{self.sequence}"
        first, *others = [image(tile) for tile in self.tiles(samples)]
        how: dict[str, Any] = {"lossless": True} if self.sequence == "webp" else {}
        stay = round(1000 * self.seconds)
        first.save(path, save_all=True, append_images=others, duration=stay, loop=0, **how)
        return [path]

    def write_rows(self, rows: Sequence[Float[Tensor, "_ c h w"]], folder: Path, stem: str = "") -> list[Path]:
        """Write rows of samples as one picture, ``{stem}.png`` or ``grid.png``, and return its path.

        Raises:
            UserError: the file cannot be written in this format.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{stem.rstrip('-') or 'grid'}{self.suffix}"
        self.save(path, sheet([self.tiles(row) for row in rows], gap=self.enlarge))
        return [path]

    def tiles(self, samples: Float[Tensor, "n c h w"]) -> Pixels:
        """Samples as pixels of the wanted size, [n, h, w, k]."""
        return enlarged(pixels(samples.detach().float().cpu().numpy()), self.enlarge)

    def save(self, path: Path, values: Pixels) -> None:
        """One picture."""
        most = MOST.get(self.format, max(values.shape))
        if max(values.shape) > most:
            raise UserError(f"{path}: {self.format} ends at {most} pixels a side; choose png, or fewer samples")
        picture: Image.Image = image(values)
        picture.save(path, ENDINGS[self.format], **HOW[self.format])
