"""Pictures of samples, one by one and joined."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gansuite.errors import UserError
from gansuite_image.spec import ImageSpec
from gansuite_image.writers.grid import GridWriter
from gansuite_image.writers.png import PngWriter


def spec(channels: int = 1, height: int = 6, width: int = 5) -> ImageSpec:
    return ImageSpec(channels=channels, height=height, width=width)


def samples(n: int = 3, channels: int = 1) -> tuple[torch.Tensor, np.ndarray]:
    """Samples, and their bytes [n, h, w, c]."""
    values = np.random.default_rng(0).integers(0, 256, (n, 6, 5, channels))
    return torch.from_numpy(values / 127.5 - 1).permute(0, 3, 1, 2).float(), values


def loaded(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("format", ["png", "webp"])
def test_a_file_for_each_sample_without_loss(tmp_path: Path, channels: int, format: Any) -> None:
    x, values = samples(3, channels)
    if channels == 4:
        values[..., 3] = 255  # WebP may change colours that nobody can see
        x[:, 3] = 1
    paths = PngWriter(spec(channels), format=format).write(x, tmp_path, "a-")
    assert [path.name for path in paths] == [f"a-{i:03d}.{format}" for i in range(3)]
    for path, wanted in zip(paths, values, strict=True):
        with Image.open(path) as picture:
            found = np.asarray(picture.convert({1: "L", 3: "RGB", 4: "RGBA"}[channels]))
        assert np.array_equal(found.reshape(wanted.shape), wanted)


def test_jpg_is_close_and_has_no_opacity(tmp_path: Path) -> None:
    smooth = torch.linspace(-1, 1, 32).view(1, 1, 1, 32).expand(1, 3, 32, 32)
    (path,) = PngWriter(spec(3, 32, 32), format="jpg").write(smooth, tmp_path)
    assert path.suffix == ".jpg" and np.abs(loaded(path)[..., 0] - np.linspace(0, 255, 32)).max() < 4
    with pytest.raises(ValueError, match="opacity"):
        PngWriter(spec(4), format="jpg")


def test_a_label_map_and_a_sample_that_diverged_are_written(tmp_path: Path) -> None:
    x = torch.full((1, 7, 6, 5), torch.nan)
    assert loaded(*PngWriter(spec(7)).write(x, tmp_path)).shape == (6, 5, 3)
    assert loaded(*PngWriter(spec()).write(x[:, :1], tmp_path / "grey")).max() == 0


def test_enlarged_files_repeat_each_pixel(tmp_path: Path) -> None:
    x, values = samples()
    found = loaded(PngWriter(spec(), enlarge=4).write(x, tmp_path)[1])
    assert found.shape == (24, 20) and np.array_equal(found[2::4, 1::4], values[1, ..., 0])


def test_a_way_is_a_strip_or_a_film(tmp_path: Path) -> None:
    x, values = samples(4, 3)
    (strip,) = PngWriter(spec(3)).write_sequence(x, tmp_path)
    assert strip.name == "walk.png"
    assert np.array_equal(np.stack([loaded(strip)[:, i * 6 : i * 6 + 5] for i in range(4)]), values)
    for kind in ("webp", "gif"):
        (film,) = PngWriter(spec(3), sequence=kind, seconds=0.25).write_sequence(x, tmp_path, "two-")
        assert film.name == f"two-walk.{kind}"
        with Image.open(film) as pictures:
            assert getattr(pictures, "n_frames", 1) == 4
            pictures.seek(2)
            pictures.load()
            assert pictures.info["duration"] == 250
            if kind == "webp":
                assert np.array_equal(np.asarray(pictures.convert("RGB")), values[2])


def test_rows_are_one_picture(tmp_path: Path) -> None:
    x, values = samples(5)
    (path,) = PngWriter(spec()).write_rows([x[:3], x[3:]], tmp_path, "traversal-")
    assert path.name == "traversal.png"
    assert np.array_equal(loaded(path)[7:13, 6:11], values[4, ..., 0])
    assert PngWriter(spec()).write_rows([x], tmp_path)[0].name == "grid.png"


def test_a_sheet_of_all_samples(tmp_path: Path) -> None:
    x, values = samples(5)
    (path,) = GridWriter(spec()).write(x, tmp_path, "s-")
    assert path.name == "s-grid.png" and loaded(path).shape == (2 * 7 - 1, 3 * 6 - 1)
    assert np.array_equal(loaded(path)[7:13, 6:11], values[4, ..., 0])
    (path,) = GridWriter(spec(), columns=5, format="webp").write(x, tmp_path)
    assert loaded(path).shape[:2] == (6, 29)
    assert GridWriter.whole


def test_what_a_format_cannot_hold_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"webp ends at 16383 pixels a side; choose png"):
        PngWriter(spec(), format="webp", enlarge=64).write_sequence(samples(60)[0], tmp_path)
