"""What training did to the same few latents: their spectrograms step by step, as a film and in the report."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Gt
from PIL import Image, ImageDraw, ImageFont

from gansuite.report import Section, View, data_uri, template
from gansuite_audio.panels.files import Written, steps_of, written
from gansuite_audio.panels.pictures import mel_picture

COLUMNS = 4
TILE = (184, 80)  # pixels of one spectrogram
GAP, CAPTION = 4, 24
QUALITY = 60  # of WebP: noise costs most, and a spectrogram of noise is looked at least
SECONDS = 0.35  # that a step is shown; the last one three times as long


class ProgressPanel:
    """A grid of mel spectrograms for each step at which samples were written, always of the same latents.

    The report has the steps on a slider; ``progress.webp`` in the run's folder is the same as an animated picture.

    Args:
        shown: how many sounds.
        frames: how many steps at most, evenly spread, the first and the last among them.
    """

    def __init__(self, *, shown: Annotated[int, Gt(0)] = 8, frames: Annotated[int, Ge(2)] = 24) -> None:
        self.shown, self.frames = shown, frames

    def __call__(self, view: View) -> Section:
        pictures: list[tuple[int, Image.Image]] = []
        for step, paths in spread(steps_of(view.folder), self.frames):
            sounds = written(paths, self.shown)
            if sounds:
                pictures.append((step, sheet(f"step {step:,}", sounds, self.shown)))
        if len(pictures) < 2:
            note = "Samples of two steps at least make a film; set train.sample_every to have more than the last."
            return Section("Progress", f'<p class="note">{note}</p>')
        with suppress(OSError):  # a folder that can only be read has its page all the same
            (view.folder / "progress.webp").write_bytes(film([picture for _, picture in pictures]))
        frames = [
            {"step": f"{step:,}", "src": data_uri(webp(uncaptioned(picture)), "image/webp")}
            for step, picture in pictures
        ]
        html = template("gansuite_audio", "progress.html").render(
            frames=frames,
            size=uncaptioned(pictures[0][1]).size,
            milliseconds=round(1000 * SECONDS),
            conditional=bool((view.recipe.get("game") or {}).get("conditioning")),
        )
        return Section("Progress", html)


def spread(items: list[Any], most: int) -> list[Any]:
    """At most so many of the items, evenly spread, the first and the last among them."""
    if len(items) <= most:
        return items
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]


def sheet(caption: str, sounds: list[Written], places: int) -> Image.Image:
    """Spectrograms in rows of four below a caption; places without a sound stay dark, so that all sheets are alike."""
    columns = min(COLUMNS, places)
    rows = -(-places // columns)
    width, height = TILE
    picture = Image.new("RGB", (columns * (width + GAP) - GAP, CAPTION + rows * (height + GAP) - GAP), "#000004")
    pen = ImageDraw.Draw(picture)
    pen.text((4, CAPTION // 2), caption, fill="#f3f4f2", font=ImageFont.load_default(15), anchor="lm")
    for place, each in enumerate(sounds):
        tile = Image.fromarray(np.ascontiguousarray(mel_picture(each.sound, each.rate, 64))).resize(TILE)
        picture.paste(tile, (place % columns * (width + GAP), CAPTION + place // columns * (height + GAP)))
    return picture


def uncaptioned(picture: Image.Image) -> Image.Image:
    """A sheet without its caption, where the page tells the step."""
    return picture.crop((0, CAPTION, *picture.size))


def webp(picture: Image.Image) -> bytes:
    """One picture as a WebP file."""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY)
    return buffer.getvalue()


def film(pictures: list[Image.Image]) -> bytes:
    """Pictures of one size as an animated WebP file that goes round and stays on its last picture for a while."""
    durations = [round(1000 * SECONDS)] * (len(pictures) - 1) + [round(3000 * SECONDS)]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer, "WEBP", save_all=True, append_images=pictures[1:], duration=durations, loop=0, quality=QUALITY
    )
    return buffer.getvalue()
