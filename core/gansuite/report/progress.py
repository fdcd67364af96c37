"""What training did to the same few latents, step by step: on a slider in the report, and as a film beside it."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from annotated_types import Ge, Gt

from gansuite.report.section_template import environment_of
from gansuite.report.view import Section, View, data_uri

if TYPE_CHECKING:
    from PIL import Image

CAPTION = 24  # pixels above a sheet of the film, where the step is told
SECONDS = 0.35  # that a step is shown; the last one three times as long


class Progress(ABC):
    """Base of panels that show a sheet of samples for each step at which some were written, always of the same latents.

    The report has the steps on a slider; ``progress.webp`` in the run's folder is the same as an animated picture.

    Class attributes:
        what: the samples, in a word.
        alternative: what a sheet shows, in words.
        columns: of a sheet.
        gap: pixels between its tiles.
        ground: the colour where there is no tile.
        how: how Pillow is to save a sheet as WebP.

    Args:
        shown: how many samples.
        frames: how many steps at most, evenly spread, the first and the last among them.
    """

    what: ClassVar[str]
    alternative: ClassVar[str]
    columns: ClassVar[int] = 4
    gap: ClassVar[int] = 4
    ground: ClassVar[str] = "#000004"
    how: ClassVar[dict[str, Any]] = {"lossless": True}

    def __init__(self, *, shown: Annotated[int, Gt(0)] = 8, frames: Annotated[int, Ge(2)] = 24) -> None:
        self.shown, self.frames = shown, frames

    @abstractmethod
    def tiles(self, paths: Sequence[Path]) -> list[Image.Image]:
        """Pictures of one size of the samples in these files, as many as are ``shown``; what is none is passed over."""

    def __call__(self, view: View) -> Section:
        sheets: list[tuple[int, Image.Image]] = []
        for step, paths in spread(steps_of(view.folder), self.frames):
            if tiles := self.tiles(paths):
                sheets.append((step, self.sheet(tiles)))
        if len(sheets) < 2:
            note = "Samples of two steps at least make a film; set train.sample_every to have more than the last."
            return Section("Progress", f'<p class="note">{note}</p>')
        with suppress(OSError):  # a folder that can only be read has its page all the same
            film = self.film([captioned(sheet, f"step {step:,}", self.ground) for step, sheet in sheets])
            (view.folder / "progress.webp").write_bytes(film)
        frames = [{"step": f"{step:,}", "src": data_uri(self.webp(sheet), "image/webp")} for step, sheet in sheets]
        html = (
            environment_of("gansuite.report")
            .get_template("progress.html")
            .render(
                what=self.what,
                alternative=self.alternative,
                crisp=bool(self.how.get("lossless")),
                frames=frames,
                size=sheets[0][1].size,
                milliseconds=round(1000 * SECONDS),
                conditional=bool((view.recipe.get("game") or {}).get("conditioning")),
            )
        )
        return Section("Progress", html)

    def sheet(self, tiles: Sequence[Image.Image]) -> Image.Image:
        """Tiles in rows; places without one stay empty, so that all sheets are alike."""
        from PIL import Image

        columns = min(self.columns, self.shown)
        rows = -(-self.shown // columns)
        width, height = tiles[0].size
        size = columns * (width + self.gap) - self.gap, rows * (height + self.gap) - self.gap
        picture = Image.new("RGB", size, self.ground)
        for place, tile in enumerate(tiles[: self.shown]):
            picture.paste(tile, (place % columns * (width + self.gap), place // columns * (height + self.gap)))
        return picture

    def webp(self, picture: Image.Image) -> bytes:
        """One picture as a WebP file."""
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", **self.how)
        return buffer.getvalue()

    def film(self, pictures: Sequence[Image.Image]) -> bytes:
        """Pictures of one size as an animated WebP file that goes round and stays on its last picture for a while."""
        durations = [round(1000 * SECONDS)] * (len(pictures) - 1) + [round(3000 * SECONDS)]
        buffer = io.BytesIO()
        pictures[0].save(
            buffer, "WEBP", save_all=True, append_images=pictures[1:], duration=durations, loop=0, **self.how
        )
        return buffer.getvalue()


def captioned(picture: Image.Image, words: str, ground: str) -> Image.Image:
    """A sheet below a line of words."""
    from PIL import Image, ImageDraw, ImageFont

    taller = Image.new("RGB", (picture.width, picture.height + CAPTION), ground)
    ImageDraw.Draw(taller).text((4, CAPTION // 2), words, fill="#f3f4f2", font=ImageFont.load_default(15), anchor="lm")
    taller.paste(picture, (0, CAPTION))
    return taller


def spread(items: list[Any], most: int) -> list[Any]:
    """At most so many of the items, evenly spread, the first and the last among them."""
    if len(items) <= most:
        return items
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]


def steps_of(folder: Path) -> list[tuple[int, list[Path]]]:
    """The steps of a run at which samples were written, in order, each with its files by name."""
    found = [
        (int(path.name), sorted(path.iterdir()))
        for path in (folder / "samples").glob("*")
        if path.is_dir() and path.name.isdecimal()
    ]
    return sorted(found)
