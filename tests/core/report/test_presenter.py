"""Single samples for a person: what stands in for a plugin that offers no presenter, and what all share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite.report.presenter import Exhibit, Files, gallery, parted, presenter_of


class Notes:
    """Writes the number of each sample, as a file of a kind that nobody knows and as text."""

    def write(self, samples: torch.Tensor, folder: Path, stem: str) -> list[Path]:
        (folder / "a.txt").write_text(f"<b>{samples.tolist()}</b>")
        (folder / "b.bin").write_bytes(b"\xff\xfe")
        (folder / "c.wav").write_bytes(b"RIFF")
        return [folder / name for name in ("a.txt", "b.bin", "c.wav")]


def test_a_domain_without_one_shows_what_its_writer_writes() -> None:
    presenter = presenter_of("nobody", None, Notes())
    assert isinstance(presenter, Files)
    first, second = presenter(np.array([[1.0], [2.0]]))
    assert "&lt;b&gt;[[1.0]]&lt;/b&gt;" in first.html and "[[2.0]]" in second.html
    assert "b.bin" in first.html and "data:audio/wav;base64,UklGRg==" in first.html
    with pytest.raises(UserError, match="the plugin 'nobody' offers no presenter"):
        presenter_of("nobody", None)


def test_words_go_into_an_attribute() -> None:
    assert str(gallery([Exhibit("<p>x</p>", '"<')])) == '<li aria-label="&#34;&lt;"><p>x</p></li>'


def test_clouds_are_cut_into_groups() -> None:
    assert [len(group) for group in parted(np.zeros((7, 2)), 3)] == [3, 3]
    assert [len(group) for group in parted(np.zeros((2, 2)), 3)] == [2]
    assert parted(np.zeros((0, 2)), 3) == []
