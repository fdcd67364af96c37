"""scikit-learn's digits, exactly."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from gansuite.data.split import digest_of, split_of
from gansuite.plugins.registry import registry
from gansuite_image.data.digits import Digits


def every(data: Digits, split: str) -> dict[str, torch.Tensor]:
    return data.batch(split, torch.arange(data.count(split)), None)


def test_all_digits_are_there_once_as_x_over_8_less_1():
    pixels, digits = load_digits(return_X_y=True)
    data, found = Digits(), {}
    for split in ("train", "valid", "test"):
        batch = every(data, split)
        found |= dict(zip(data.names(split), zip(batch["data"], batch["label"].tolist(), strict=True), strict=True))
    assert len(found) == len(pixels) == 1797
    for i, (row, digit) in enumerate(zip(pixels, digits, strict=True)):
        x, label = found[f"{digit}_{i:04d}"]
        assert label == digit and np.array_equal(x.double().numpy(), row.reshape(1, 8, 8) / 8 - 1)
    assert data.spec.labels == tuple("0123456789") and data.spec.shape == (1, 8, 8)
    assert data.summary["labels"] == {str(k): int((digits == k).sum()) for k in range(10)}
    assert data.summary["splits"] == {"train": 1457, "valid": 174, "test": 166}


def test_the_split_is_by_content():
    pixels, digits = load_digits(return_X_y=True)
    shares = {"train": 0.5, "test": 0.5}
    rows = pixels.astype(np.uint8)
    names = {f"{d}_{i:04d}" for i, d in enumerate(digits) if split_of(digest_of(rows[i].tobytes()), shares) == "test"}
    assert set(Digits(split=shares).names("test")) == names


@pytest.mark.parametrize("size", [12, 16, 32])
def test_enlargement_is_bilinear_and_keeps_the_numbers_to_16_bits(size):
    small, large = every(Digits(), "train")["data"], every(Digits(size=size), "train")["data"]
    expected = torch.nn.functional.interpolate(small, size=(size, size), mode="bilinear", align_corners=False)
    assert large.shape[1:] == (1, size, size)
    assert (large - expected).abs().max() < 1 / 32767 and large.abs().max() <= 1


def test_without_labels_and_with_other_sizes_it_is_another_data_set():
    bare = Digits(labels="none")
    assert bare.spec.labels == () and set(every(bare, "test")) == {"data"} and bare.summary["labels"] == {}
    assert len({bare.fingerprint, Digits().fingerprint, Digits(size=16).fingerprint}) == 3
    assert Digits().fingerprint == Digits().fingerprint


def test_a_recipe_names_it_with_changes_and_sampling_needs_no_data():
    table = {"name": "digits", "size": 16, "augment": ["flip", {"name": "noise", "sd": [0.1, 0.2]}]}
    data = registry().bind("dataset", table, "[data]", plugin="image").make()
    assert [type(each).__name__ for each in data.augment] == ["Flip", "Noise"] and data.augment[1].sd == (0.1, 0.2)
    assert Digits.read_spec(data.spec.as_dict()) == data.spec
