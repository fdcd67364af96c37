"""A picture of the user's as a sample: its pixels where it fits, and told where it had to be changed."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gansuite.errors import UserError
from gansuite_image.spec import ImageSpec


def test_a_picture_of_the_runs_size_is_taken_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    values = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    Image.fromarray(values).save(tmp_path / "a.png")
    with caplog.at_level(logging.WARNING, "gansuite"):
        x = ImageSpec(channels=3, height=6, width=5).read(tmp_path / "a.png")
    np.testing.assert_allclose(x.numpy().transpose(1, 2, 0), values / 127.5 - 1, atol=1e-6)
    assert not caplog.records


def test_another_size_is_cut_and_reduced_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Image.fromarray(np.kron(np.eye(8), np.ones((10, 10))).astype(np.uint8) * 255).resize((120, 80)).save(
        tmp_path / "a.png"
    )
    with caplog.at_level(logging.WARNING, "gansuite"):
        x = ImageSpec(channels=1, height=8, width=8).read(tmp_path / "a.png")
    assert x.shape == (1, 8, 8)
    (record,) = caplog.records
    assert record.getMessage().endswith("a.png: reduced, cut to shape, to be 8 x 8 like the run's samples")


def test_opacity_is_kept_by_a_run_that_has_it_and_laid_on_white_else(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (10, 20, 30, 0)).save(tmp_path / "a.png")
    assert ImageSpec(channels=4, height=4, width=4).read(tmp_path / "a.png")[3].max() == -1
    assert (ImageSpec(channels=3, height=4, width=4).read(tmp_path / "a.png") == 1).all()


def test_what_is_no_picture_and_what_holds_none_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"a\.png: cannot be read as a picture") as error:
        ImageSpec(channels=1, height=8, width=8).read(tmp_path / "a.png")
    assert "\n" not in str(error.value)
    with pytest.raises(UserError, match="maps of 7 channels"):
        ImageSpec(channels=7, height=8, width=8).read(tmp_path / "a.png")
