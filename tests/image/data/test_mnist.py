"""idx files, packed and not, in the layouts in which they are found."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from gansuite.data.split import digest_of, split_of
from gansuite.errors import UserError
from gansuite_image.data.idx import read_idx
from gansuite_image.data.mnist import CLOTHES, Mnist


def write(path: Path, values: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    content = header + values.astype(np.uint8).tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def pictures(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, 28, 28)).astype(np.uint8)


def fill(folder: Path, prefix: str = "", ending: str = "", n: int = 30, separator: str = "-") -> dict[str, np.ndarray]:
    made = {
        "train-images": pictures(n),
        "train-labels": np.arange(n) % 10,
        "t10k-images": pictures(8, seed=1),
        "t10k-labels": np.arange(8) % 10,
    }
    for name, values in made.items():
        kind = "idx3" if "images" in name else "idx1"
        write(folder / f"{prefix}{name}{separator}{kind}-ubyte{ending}", values)
    return made


def every(data: Mnist, split: str) -> dict[str, torch.Tensor]:
    return data.batch(split, torch.arange(data.count(split)), None)


@pytest.mark.parametrize(
    ("where", "ending", "separator"), [("", "", "-"), ("raw", "", "-"), ("MNIST/raw", ".gz", "-"), ("mnist", "", ".")]
)
def test_the_files_are_found_and_their_splits_kept(tmp_path, where, ending, separator):
    made = fill(tmp_path / where, ending=ending, separator=separator)
    data = Mnist(root=str(tmp_path), valid=0.3)
    test = every(data, "test")
    expected = torch.from_numpy(made["t10k-images"][:, None]) / 127.5 - 1
    assert torch.allclose(test["data"], expected, atol=1e-6) and test["label"].tolist() == list(range(8))
    assert data.spec.labels == tuple("0123456789") and data.spec.shape == (1, 28, 28)
    held = {"train": 0.7, "valid": 0.3}
    for split in ("train", "valid"):
        mine = [i for i, x in enumerate(made["train-images"]) if split_of(digest_of(x.tobytes()), held) == split]
        batch = every(data, split)
        assert data.names(split) == [f"train {i:05d}" for i in mine]
        assert batch["label"].tolist() == [i % 10 for i in mine]
        assert torch.allclose(batch["data"][:, 0], torch.from_numpy(made["train-images"][mine]) / 127.5 - 1, atol=1e-6)


def test_a_larger_size_puts_black_around(tmp_path):
    made = fill(tmp_path)
    x = every(Mnist(root=str(tmp_path), size=32), "test")["data"]
    assert x.shape[1:] == (1, 32, 32)
    assert torch.allclose(x[:, 0, 2:30, 2:30], torch.from_numpy(made["t10k-images"]) / 127.5 - 1, atol=1e-6)
    frame = torch.ones(32, 32, dtype=torch.bool)
    frame[2:30, 2:30] = False
    assert (x[:, 0, frame] == -1).all()
    with pytest.raises(UserError, match="size = 20 is smaller than pictures of 28 x 28"):
        Mnist(root=str(tmp_path), size=20)


def test_clothes_have_names_and_emnist_is_put_upright(tmp_path):
    fill(tmp_path / "FashionMNIST" / "raw")
    assert Mnist(root=str(tmp_path)).spec.labels == CLOTHES
    made = fill(tmp_path / "EMNIST" / "raw", prefix="emnist-letters-")
    with pytest.raises(UserError, match=r"holds emnist-letters, fashionmnist; set subset to one of them"):
        Mnist(root=str(tmp_path))
    data = Mnist(root=str(tmp_path), subset="emnist-letters")
    expected = torch.from_numpy(made["t10k-images"].transpose(0, 2, 1).copy()) / 127.5 - 1
    assert torch.allclose(every(data, "test")["data"][:, 0], expected, atol=1e-6)
    with pytest.raises(UserError, match="subset = 'kmnist' is not there; found"):
        Mnist(root=str(tmp_path), subset="kmnist")


def test_fewer_items_and_no_labels(tmp_path):
    fill(tmp_path)
    data = Mnist(root=str(tmp_path), max_items=10, labels="none", valid=0.0)
    assert data.summary["splits"] == {"train": 10, "valid": 0, "test": 8} and data.spec.labels == ()
    assert Mnist(root=str(tmp_path), max_items=10).summary["used"] == 18


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda f: f.write_bytes(f.read_bytes()[:-5]), "holds 23,515 bytes where its header tells of 30 x 28 x 28"),
        (lambda f: f.write_bytes(b"\x89PNG" + bytes(20)), "is no idx file of bytes, which begins with 00 00 08"),
        (lambda f: f.write_bytes(b""), "is no idx file of bytes, which begins"),
        (lambda f: f.write_bytes(struct.pack(">HBB", 0, 8, 3)), "holds 0 bytes"),
        (lambda f: f.write_bytes(struct.pack(">HBBI", 0, 13, 1, 0)), "is no idx file of bytes"),
        (lambda f: write(f, np.zeros(30)), "1 axes are no pictures"),
        (lambda f: f.unlink(), "no training pictures found; expected train-images-idx3-ubyte"),
        (lambda f: write(f.with_name("train-labels-idx1-ubyte"), np.zeros(7)), "7 labels for 30 pictures"),
        (lambda f: write(f.with_name("t10k-images-idx3-ubyte"), np.zeros((8, 20, 28))), "pictures of another size"),
        (lambda f: f.with_name("train-labels-idx1-ubyte").unlink(), 'no file of labels.*set labels = "none"'),
    ],
)
def test_damage_is_told_in_one_line(tmp_path, harm, message):
    fill(tmp_path)
    harm(tmp_path / "train-images-idx3-ubyte")
    with pytest.raises(UserError, match=message) as caught:
        Mnist(root=str(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_damaged_gzip_file_and_no_folder(tmp_path):
    (tmp_path / "x.gz").write_bytes(gzip.compress(bytes(1000))[:-9])
    with pytest.raises(UserError, match=r"x\.gz: cannot be read"):
        read_idx(tmp_path / "x.gz")
    with pytest.raises(UserError, match="no such folder; expected train-images"):
        Mnist(root=str(tmp_path / "no"))
