"""The film of a training, whatever its samples are: sheets alike, steps in order, the newest shown first."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PIL import Image

from gansuite.report import View
from gansuite.report.progress import CAPTION, Progress, captioned


class Squares(Progress):
    """A tile of the colour that each file tells."""

    what: ClassVar[str] = "squares"
    alternative: ClassVar[str] = "Squares"
    columns: ClassVar[int] = 3

    def tiles(self, paths: Sequence[Path]) -> list[Image.Image]:
        return [Image.new("RGB", (10, 6), path.read_text()) for path in paths[: self.shown]]


def write(folder: Path, step: int, *colours: str) -> None:
    (folder / "samples" / f"{step:06d}").mkdir(parents=True)
    for i, colour in enumerate(colours):
        (folder / "samples" / f"{step:06d}" / str(i)).write_text(colour)


def test_a_sheet_for_each_step_on_the_page_and_with_its_caption_in_the_film(tmp_path: Path) -> None:
    write(tmp_path, 20, "#ff0000")
    write(tmp_path, 3, "#00ff00", "#0000ff", "#ffffff", "#ff0000")
    html = Squares(shown=4)(View(tmp_path)).html
    (frames,) = re.findall(r"const frames = (\[.*?\]);", html)
    assert [each["step"] for each in json.loads(frames)] == ["3", "20"]
    assert (
        "The squares of the same draws (latents, or sources of a translation) at 2 steps" in html
        and 'alt="Squares, step by step"' in html
    )
    assert 'width="38" height="16"' in html  # 3 tiles of 10 x 6, 2 rows, gaps of 4
    with Image.open(tmp_path / "progress.webp") as film:
        assert film.size == (38, 16 + CAPTION) and getattr(film, "n_frames", 1) == 2
        first = film.convert("RGB")
    assert [first.getpixel((x, CAPTION + 3)) for x in (5, 19, 33)] == [(0, 255, 0), (0, 0, 255), (255, 255, 255)]
    assert first.getpixel((5, CAPTION + 13)) == (255, 0, 0) and first.getpixel((19, CAPTION + 13)) == (0, 0, 4)


def test_a_caption_leaves_the_sheet_as_it_is() -> None:
    sheet = Image.new("RGB", (60, 5), "#123456")
    taller = captioned(sheet, "step 1", "#000000")
    assert taller.size == (60, 5 + CAPTION) and taller.crop((0, CAPTION, 60, 5 + CAPTION)).tobytes() == sheet.tobytes()
