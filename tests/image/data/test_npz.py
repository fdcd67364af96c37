"""Arrays in files: axes, ranges and splits are recognised, or asked for."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_image.data.npz import Npz

ALL = {"train": 1.0}


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def saved(folder: Path, **arrays: np.ndarray) -> str:
    np.savez(folder / "a.npz", **arrays)
    return str(folder / "a.npz")


def every(data: Npz, split: str = "train") -> dict[str, torch.Tensor]:
    return data.batch(split, torch.arange(data.count(split)), None)


@pytest.mark.parametrize(
    ("shape", "axes"),
    [((5, 6, 7), None), ((5, 6, 7, 3), (0, 3, 1, 2)), ((5, 6, 7, 1), (0, 3, 1, 2)), ((5, 3, 6, 7), (0, 1, 2, 3))],
)
def test_axes_are_recognised(tmp_path, shape, axes):
    x = draw(*shape)
    data = Npz(path=saved(tmp_path, images=x), split=ALL)
    expected = (x[:, None] if axes is None else x.transpose(axes)) / 127.5 - 1
    assert np.abs(every(data)["data"].numpy() - expected).max() < 1e-6


def test_axes_that_may_be_either_are_asked_for(tmp_path):
    path = saved(tmp_path, x=draw(5, 3, 6, 3))
    with pytest.raises(UserError, match=r'x: 5 x 3 x 6 x 3 may be both of "nhwc" and "nchw"; set layout'):
        Npz(path=path)
    assert Npz(path=path, layout="nchw").spec.shape == (3, 6, 3)
    assert Npz(path=path, layout="nhwc").spec.shape == (3, 3, 6)
    with pytest.raises(UserError, match='layout = "nhw" does not fit an array of 4 axes'):
        Npz(path=path, layout="nhw")
    with pytest.raises(UserError, match='may be neither of "nhwc" and "nchw"'):
        Npz(path=saved(tmp_path, x=draw(5, 7, 6, 8)))
    with pytest.raises(UserError, match="an array of 5 x 7 is no pictures"):
        Npz(path=saved(tmp_path, x=draw(5, 7)))


@pytest.mark.parametrize(
    ("numbers", "kind", "bounds"),
    [
        ([0, 255, 7, 100], np.uint8, (0, 255)),
        ([0, 200, 7, 100], np.int64, (0, 255)),
        ([0, 1, 1, 0], np.uint8, (0, 1)),
        ([0, 1, 1, 0], np.bool_, (0, 1)),
        ([0, 65535, 300, 4], np.uint16, (0, 65535)),
        ([0.0, 1.0, 0.25, 0.3], np.float32, (0, 1)),
        ([-1.0, 0.9, 0.25, 0.3], np.float64, (-1, 1)),
        ([0.0, 254.5, 100.0, 3.0], np.float32, (0, 255)),
    ],
)
def test_ranges_are_recognised_and_said(tmp_path, numbers, kind, bounds):
    data = Npz(path=saved(tmp_path, x=np.array(numbers, kind).reshape(1, 2, 2)), split=ALL)
    low, high = bounds
    expected = (np.array(numbers, float) - low) / (high - low) * 2 - 1
    assert np.abs(every(data)["data"].numpy().ravel() - expected).max() < 1 / 32767
    assert f"{low} black and {high} white" in data.summary["account"] and data.summary["range"] == [low, high]


def test_a_range_of_ones_own(tmp_path):
    path = saved(tmp_path, x=np.array([[[0, 16], [8, 4]]], np.float32))
    assert every(Npz(path=path, range=(0.0, 16.0), split=ALL))["data"].ravel().tolist() == pytest.approx(
        [-1, 1, 0, -0.5], abs=1e-4
    )
    path = saved(tmp_path, x=np.array([[[0, 16], [8, 4]]], np.uint8))
    assert every(Npz(path=path, range=(0.0, 16.0), split=ALL))["data"].ravel().tolist() == [-1, 1, 0, -0.5]
    with pytest.raises(UserError, match=r"numbers from 0 to 16 are not in range = \[0.0, 8.0\]"):
        Npz(path=path, range=(0.0, 8.0))
    with pytest.raises(UserError, match=r"numbers from -3 to 5; say which are black and white by range"):
        Npz(path=saved(tmp_path, x=np.array([[[-3.0, 5.0]]])))


@pytest.mark.parametrize("names", [("x_{}", "y_{}"), ("{}_images", "{}_labels")])
def test_splits_and_classes_by_name(tmp_path, names):
    arrays = {}
    for i, part in enumerate(("train", "val", "test")):
        arrays[names[0].format(part)] = draw(4 + i, 3, 3, seed=i)
        arrays[names[1].format(part)] = (np.arange(4 + i) % 2)[:, None]  # medmnist's columns
    data = Npz(path=saved(tmp_path, **arrays))
    for i, (split, part) in enumerate((("train", "train"), ("valid", "val"), ("test", "test"))):
        batch = every(data, split)
        assert np.abs(batch["data"].numpy()[:, 0] - (arrays[names[0].format(part)] / 127.5 - 1)).max() < 1e-6
        assert batch["label"].tolist() == [k % 2 for k in range(4 + i)]
    assert data.spec.labels == ("0", "1") and Npz(path=str(tmp_path / "a.npz"), split=ALL).count("train") == 15
    assert Npz(path=str(tmp_path / "a.npz"), labels="none").spec.labels == ()


@pytest.mark.parametrize("classes", [np.array(["cat", "dog", "cat"]), np.eye(2)[[0, 1, 0]], np.array([1.0, 2.0, 1.0])])
def test_classes_are_words_one_hot_or_numbers(tmp_path, classes):
    batch = every(Npz(path=saved(tmp_path, x=draw(3, 2, 2), y=classes), split=ALL))
    assert batch["label"].tolist() == [0, 1, 0]


def test_arrays_by_any_name(tmp_path):
    path = saved(tmp_path, faces=draw(3, 2, 2), who=np.array([5, 6, 5]), x=draw(3, 4, 4))
    data = Npz(path=path, images="faces", classes="who", split=ALL)
    assert data.spec.shape == (1, 2, 2) and data.spec.labels == ("5", "6")
    assert Npz(path=path, images="faces", size=4).spec.shape == (1, 4, 4)


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ({"a": 0}, {}, "holds a; expected an array x or images"),
        ({"x": draw(3, 2, 2)}, {"images": "z"}, "images = 'z' is not in the file, which holds x"),
        ({"x": draw(3, 2, 2), "y": np.arange(4)}, {}, "y: 4 labels for 3 pictures"),
        ({"x": draw(3, 2, 2).astype(complex)}, {}, "holds complex128, no numbers"),
        ({"x": np.full((3, 2, 2), np.nan)}, {}, "holds NaN or infinite values"),
        ({"x": np.zeros((0, 2, 2))}, {}, "holds nothing"),
        ({"x_train": draw(3, 2, 2), "x_test": draw(3, 4, 4)}, {}, "the splits differ in size"),
        ({"x": np.array([None, 1])}, {}, "cannot be read as .npz"),
    ],
)
def test_what_is_no_data_set_is_told_in_one_line(tmp_path, arrays, options, message):
    with pytest.raises(UserError, match=message) as caught:
        Npz(path=saved(tmp_path, **{name: np.asarray(value) for name, value in arrays.items()}), **options)
    assert "\n" not in str(caught.value)


NPY = io.BytesIO()
np.save(NPY, np.zeros((3, 2, 2)))


@pytest.mark.parametrize("content", [None, b"", b"no zip", b"PK\x03\x04damaged", NPY.getvalue()])
def test_what_is_no_file(tmp_path, content):
    if content is not None:
        (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(UserError, match=r"cannot be read as \.npz") as caught:
        Npz(path=str(tmp_path / "a.npz"))
    assert "\n" not in str(caught.value)
