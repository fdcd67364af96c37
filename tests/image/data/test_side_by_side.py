"""Pairs in one file: halves, sides, and changes that move both alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_image.augmentations.flip import Flip
from gansuite_image.augmentations.rotate import Rotate
from gansuite_image.augmentations.shrink import Shrink
from gansuite_image.data.side_by_side import SideBySide

ALL = {"train": 1.0}


def test_halves_are_source_and_data(root, picture):
    written = {name: picture(name, (4, 10, 3), seed=i) for i, name in enumerate(["a.png", "b.png"])}
    for side in ("left", "right"):
        data = SideBySide(root=str(root), source=side, split=ALL)
        batch = data.batch("train", torch.arange(2), None)
        assert data.spec.shape == (3, 4, 5) and data.spec.source is not None and data.spec.source.shape == (3, 4, 5)
        for row, values in enumerate(written.values()):
            x = torch.from_numpy(values / 127.5 - 1).float().permute(2, 0, 1)
            halves = {"left": x[..., :5], "right": x[..., 5:]}
            assert torch.allclose(batch["source"][row], halves.pop(side), atol=1e-6)
            assert torch.allclose(batch["data"][row], *halves.values(), atol=1e-6)
    left, right = (SideBySide(root=str(root), source=side, split=ALL) for side in ("left", "right"))
    assert left.fingerprint != right.fingerprint
    assert SideBySide.read_spec(left.spec.as_dict()) == left.spec


def test_a_change_moves_both_halves_alike(root, picture):
    half = np.random.default_rng(0).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    picture("a.png", values=np.concatenate([half, 255 - half], 1))
    data = SideBySide(root=str(root), source="left", split=ALL, augment=[Flip(), Rotate(degrees="quarters")])
    batch = data.batch("train", torch.zeros(64, dtype=torch.long), Rng(0))
    assert torch.allclose(batch["data"], -batch["source"], atol=1e-6)
    assert len(batch["data"].unique(dim=0)) == 8


def test_sizes_are_those_of_a_half(root, picture):
    picture("a.png", (6, 20, 3))
    picture("train/b.png", (8, 16, 3), seed=1)
    with pytest.raises(UserError, match="pictures differ in size"):
        SideBySide(root=str(root), source="left", split=ALL)
    assert SideBySide(root=str(root), source="left", size=8, split=ALL).spec.shape == (3, 8, 8)
    assert SideBySide(root=str(root), source="left", size=(4, 6), channels=1, split=ALL).spec.shape == (1, 4, 6)


def test_splits_of_the_folder(root, picture):
    for i, name in enumerate(["train/1.png", "val/2.png", "test/3.png", "4.png"]):
        picture(name, (4, 8, 3), seed=i)
    data = SideBySide(root=str(root), source="right")
    assert data.summary["splits"] == {"train": 1, "valid": 1, "test": 1}
    assert data.summary["skipped"]["reasons"] == {"no split": 1}


def test_what_cannot_be_halved_or_would_change_shape(root, picture):
    picture("a.png", (4, 9, 3))
    with pytest.raises(UserError, match="pictures of 9 columns are no two halves; set size"):
        SideBySide(root=str(root), source="left", split=ALL)
    with pytest.raises(UserError, match="augment: shrink makes pictures of another shape"):
        SideBySide(root=str(root), source="left", split=ALL, size=8, augment=[Shrink()])
