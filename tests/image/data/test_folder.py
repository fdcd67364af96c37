"""Folders of pictures: what is read is what was written, and what cannot be is told."""

from __future__ import annotations

import json
import logging
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_image.augmentations.negative import Negative
from gansuite_image.augmentations.shrink import Shrink
from gansuite_image.data import prepare
from gansuite_image.data.folder import Folder

ALL = {"train": 1.0}


def folder(root: Path, **options) -> Folder:
    return Folder(**{"root": str(root), "split": ALL} | options)


def items(data: Folder, split: str = "train") -> dict[str, torch.Tensor]:
    batch = data.batch(split, torch.arange(data.count(split)), None)["data"]
    return dict(zip(data.names(split), batch, strict=True))


def one(root: Path, **options) -> np.ndarray:
    """The numbers 0 ... 255 of the only picture, [h, w] or [h, w, c]."""
    (x,) = items(folder(root, **options)).values()
    return np.squeeze((x.double().numpy().transpose(1, 2, 0) + 1) * 127.5, 2 if len(x) == 1 else ())


def as_floats(values: np.ndarray) -> np.ndarray:
    return (values.astype(np.float64) / 127.5 - 1).transpose(2, 0, 1)


# ------------------------------------------------------------------------------------------------------------ batches


@pytest.mark.parametrize("ending", ["png", "bmp", "tif", "webp", "gif", "ppm"])
def test_a_picture_is_what_was_written(root, picture, ending):
    how = {"lossless": True} if ending == "webp" else {}
    values = np.random.default_rng(0).integers(0, 4, (6, 5, 3)).astype(np.uint8) * 85  # few colours: GIF has 256
    picture(f"a.{ending.upper()}", values=values, **how)
    (x,) = items(folder(root)).values()
    assert x.dtype == torch.float32 and np.abs(x.numpy() - as_floats(values)).max() < 1e-6


def test_black_and_white_are_exactly_minus_one_and_one(root, picture):
    picture("a.png", values=np.array([[0, 255], [127, 128]], np.uint8))
    (x,) = items(folder(root, channels=1)).values()
    assert x[0, 0].tolist() == [-1.0, 1.0] and x[0, 1].tolist() == pytest.approx([-1 / 255, 1 / 255], rel=1e-6)


def test_items_come_with_their_own_picture_and_name_in_any_number(root, picture):
    written = {name: picture(name, seed=i) for i, name in enumerate([f"{i:03d}.png" for i in range(40)])}
    written |= {name: picture(name, seed=99) for name in ("b.png", "a/x.png", "a/B.png")}
    found = items(folder(root))
    assert list(found) == sorted(written)
    assert all(np.abs(found[name].numpy() - as_floats(values)).max() < 1e-6 for name, values in written.items())


def test_jpegs_are_close(root, picture):
    smooth = np.add.outer(np.arange(32) * 4, np.arange(24) * 4).astype(np.uint8)
    picture("a.jpeg", values=smooth, quality=95)
    assert np.abs(one(root, channels=1) - smooth).max() <= 6


# --------------------------------------------------------------------------------------------- colours, opacity, depth


def test_grey_is_repeated_and_colours_become_luma(root, picture):
    grey = picture("a.png", (4, 5))
    assert (one(root) == grey[..., None]).all() or np.abs(one(root) - grey[..., None]).max() < 1e-4
    colours = picture("a.png", (4, 5, 3))
    luma = colours @ np.array([0.299, 0.587, 0.114])  # BT.601
    assert np.abs(one(root, channels=1) - luma).max() <= 0.51


@pytest.mark.parametrize("mode", ["1", "P", "CMYK", "YCbCr"])
def test_other_colour_models_become_rgb(root, picture, mode):
    values = np.zeros((4, 6, 3), np.uint8)
    values[:, 3:] = 255
    picture("a.tif", values=values, mode=mode)
    assert np.abs(one(root) - values).max() <= 1
    assert folder(root).summary["done"].get("converted", 0) == (mode != "1")


@pytest.mark.parametrize("kind", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_laid_on_white_or_black_or_shown_or_kept(root, kind):
    values = np.full((2, 4, 4), 90, np.uint8)
    values[..., 3] = [[255, 255, 0, 0], [255, 255, 0, 0]]
    image = Image.fromarray(values)
    image = image if kind == "RGBA" else image.convert("LA") if kind == "LA" else image.convert("RGBA").quantize(4)
    image.save(root / "a.png")

    def shown(**options):
        return np.abs(one(root, **options)[0]).round(3).tolist()

    assert shown(channels=1) == [90, 90, 255, 255] == shown(channels=1, alpha="white")
    assert shown(channels=1, alpha="black") == [90, 90, 0, 0]
    if kind != "P":  # quantisation may give up the colour of what cannot be seen
        assert shown(channels=1, alpha="drop") == [90, 90, 90, 90]
    kept = one(root, channels=4)
    assert kept[..., 3].round(3).tolist() == values[..., 3].tolist() and np.abs(kept[:, :2, :3] - 90).max() < 1e-3
    assert folder(root).summary["done"]["transparent"] == 1
    assert "1 transparent, laid on white" in folder(root).summary["account"]


def test_half_opaque_pixels_are_blended_and_opaque_ones_gain_a_channel(root, picture):
    values = np.array([[[100, 100, 100, 51]]], np.uint8)
    picture("a.png", values=values)
    assert one(root, channels=1) == pytest.approx(0.2 * 100 + 0.8 * 255, abs=1)
    picture("a.png", values=np.full((1, 1, 3), 7, np.uint8))
    assert one(root, channels=4)[0, 0].round(3).tolist() == [7, 7, 7, 255]
    assert "transparent" not in folder(root, channels=4).summary["done"]


def test_opacity_needs_a_channel(root, picture):
    picture("a.png")
    with pytest.raises(UserError, match='alpha = "keep" needs channels = 4'):
        folder(root, alpha="keep")


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_are_scaled_and_kept_if_asked(root, picture, channels):
    values = np.array([[0, 1000, 65535], [257, 32768, 65534]], np.uint16)
    picture("a.png", values=values)
    told = values.astype(float) / 65535
    eight = items(folder(root, channels=channels))["a.png"].double().numpy()[0]
    assert np.abs((eight + 1) / 2 - told).max() <= 0.5 / 255 + 1e-6
    data = folder(root, channels=channels, bits=16)
    sixteen = items(data)["a.png"].double().numpy()
    assert np.abs((sixteen[: min(channels, 3)] + 1) / 2 - told).max() < 1e-6
    assert channels < 4 or (sixteen[3] == 1).all()
    assert data.summary["done"] == {"deep": 1} and "1 of more than 8 bits" in data.summary["account"]


def test_eight_bits_in_sixteen_are_the_same_levels(root, picture):
    picture("a.png")
    (x,), (y,) = items(folder(root)).values(), items(folder(root, bits=16)).values()
    assert torch.allclose(x, y, atol=1e-6)


@pytest.mark.parametrize(("values", "told"), [([[0.0, 0.5, 1.0]], None), ([[0.0, 2.0, 300.0]], "values from 0 to 300")])
def test_floating_point_pictures_are_of_0_to_1_or_refused(root, picture, values, told):
    picture("a.tif", values=np.array(values, np.float32))
    picture("b.png", (1, 3))
    data = folder(root, channels=1, bits=16)
    if told is None:
        assert items(data)["a.tif"][0, 0].tolist() == pytest.approx([-1, 0, 1], abs=1e-4)
    else:
        assert data.summary["skipped"]["files"] == [{"file": "a.tif", "reason": f"range: {told}, expected 0 to 1"}]


# --------------------------------------------------------------------------------------------------------------- sizes


def test_mixed_sizes_are_an_error_that_names_two_files_and_the_remedy(root, picture):
    picture("a.png", (6, 5, 3))
    picture("b.png", (6, 5, 3), seed=1)
    picture("c.png", (4, 9, 3))
    with pytest.raises(UserError) as caught:
        folder(root)
    assert str(caught.value) == (
        f"root = '{root}': pictures differ in size: a.png is 6 x 5 (rows x columns), c.png 4 x 9; "
        "set size = 4 or size = [4, 5]"
    )
    assert folder(root, size=4).spec.shape == (3, 4, 4) and folder(root, size=(4, 5)).spec.shape == (3, 4, 5)


@pytest.mark.parametrize(
    ("fit", "expected"),
    [
        ("crop", [[50, 50], [50, 50]]),
        ("pad", [[0, 0], [50, 50]]),
        ("stretch", None),
    ],
)
def test_another_shape_is_cut_padded_or_stretched(root, picture, fit, expected):
    values = np.full((8, 16), 50, np.uint8)
    values[:, :4] = values[:, 12:] = 200  # what a cut to the middle leaves out
    picture("a.png", values=values)
    found = one(root, channels=1, size=4, fit=fit, resample="nearest")
    assert found.shape == (4, 4)
    if fit == "crop":
        assert np.allclose(found, 50)
    elif fit == "pad":
        assert np.allclose(found[[0, 3]], 0) and np.allclose(found[1:3, 1:3], 50)
    else:
        assert np.allclose(found[:, 1:3], 50) and np.allclose(found[:, [0, 3]], 200)
    done = folder(root, channels=1, size=4, fit=fit, resample="nearest").summary["done"]
    assert done == {"reduced": 1, {"crop": "cropped", "pad": "padded", "stretch": "stretched"}[fit]: 1}


def test_what_is_cut_may_be_enlarged_where_what_is_padded_is_reduced(root, picture):
    picture("a.png", (8, 2, 3))
    assert folder(root, size=4).summary["done"] == {"enlarged": 1, "cropped": 1}
    assert folder(root, size=4, fit="pad").summary["done"] == {"reduced": 1, "padded": 1}


def test_reducing_sees_all_pixels_and_nearest_invents_none(root, picture):
    board = np.indices((16, 16)).sum(0) % 2 * 255
    picture("a.png", values=board.astype(np.uint8))
    assert np.abs(one(root, channels=1, size=4) - 127.5).max() < 12
    assert set(one(root, channels=1, size=4, resample="nearest").ravel().round(3)) <= {0.0, 255.0}
    assert folder(root, channels=1, size=32).summary["done"] == {"enlarged": 1}


def test_exif_orientation_is_obeyed_and_damaged_exif_ignored(root, picture):
    values = np.array([[0, 80], [160, 240], [40, 120]], np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn clockwise puts it upright
    picture("a.png", values=values, exif=exif)
    assert np.abs(one(root, channels=1) - np.rot90(values, -1)).max() < 1e-3
    assert "1 turned as their EXIF data say" in folder(root, channels=1).summary["account"]
    picture("a.png", values=values, exif=b"Exif\x00\x00damaged")
    assert np.abs(one(root, channels=1) - values).max() < 1e-3


def test_the_first_of_several_frames(root):
    frames = [Image.new("RGB", (3, 2), (shade, shade, shade)) for shade in (10, 200)]
    frames[0].save(root / "a.gif", save_all=True, append_images=frames[1:])
    assert np.abs(one(root) - 10).max() < 1e-3 and folder(root).summary["done"]["frames"] == 1


# ------------------------------------------------------------------------------------------------- labels and splits


def test_labels_from_folders_with_numbers_by_value(root, picture):
    for i, name in enumerate(["10/a.png", "9/b.png", "deep/cat/c.png", "d.png"]):
        picture(name, seed=i)
    data = folder(root, labels="folder")
    assert data.spec.labels == ("9", "10", "cat") and data.summary["labels"] == {"9": 1, "10": 1, "cat": 1}
    batch = data.batch("train", torch.arange(3), None)
    named = {name: data.spec.labels[i] for name, i in zip(data.names("train"), batch["label"].tolist(), strict=True)}
    assert named == {"10/a.png": "10", "9/b.png": "9", "deep/cat/c.png": "cat"}
    assert data.summary["skipped"]["files"] == [{"file": "d.png", "reason": "no label: in no folder of a class"}]
    assert folder(root).spec.labels == () and "label" not in folder(root).batch("train", torch.arange(2), None)


def test_unlabelled_pictures_are_told_when_classes_are_asked_for(root, picture):
    picture("a.png")
    with pytest.raises(UserError, match=r'labels = "folder" wants each class in a folder.*set labels = "none"'):
        folder(root, labels="folder")


def test_one_class_only_is_said(root, picture, caplog):
    for i in range(3):
        picture(f"cat/{i}.png", seed=i)
    with caplog.at_level(logging.WARNING, "gansuite"):
        assert folder(root, labels="folder").spec.labels == ("cat",)
    assert "there is only one class (cat)" in caplog.text


def test_split_folders_are_honoured_and_shares_win(root, picture):
    for i, name in enumerate(["train/a/1.png", "Val/a/2.png", "test/b/3.png", "4.png", "train/5.png"]):
        picture(name, seed=i)
    data = folder(root, split=None, labels="folder")
    assert {split: data.names(split) for split in ("train", "valid", "test")} == {
        "train": ["train/a/1.png"],
        "valid": ["Val/a/2.png"],
        "test": ["test/b/3.png"],
    }
    assert data.summary["skipped"]["reasons"] == {"no split": 1, "no label": 1} and data.spec.labels == ("a", "b")
    assert folder(root, labels="folder").count("train") == 3


def test_the_split_of_a_file_depends_on_its_bytes_alone(root, picture, tmp_path):
    shares = {"train": 0.5, "valid": 0.25, "test": 0.25}
    for i in range(40):
        picture(f"{i}.png", (2, 2, 3), seed=i)
    data = folder(root, split=shares)
    before = {name: split for split in shares for name in data.names(split)}
    assert set(before.values()) == set(shares)
    shutil.copytree(root, tmp_path / "other" / "place")
    shutil.copy(root / "3.png", tmp_path / "other" / "copy.png")
    moved = folder(tmp_path / "other", split=shares)
    found = {name.removeprefix("place/"): split for split in shares for name in moved.names(split)}
    assert found == before | {"copy.png": before["3.png"]} and moved.summary["copies"] == 1


def test_nothing_to_train_on_and_max_files(root, picture):
    for i in range(20):
        picture(f"{i}.png", (2, 2, 3), seed=i)
    with pytest.raises(UserError, match=r"no picture falls into the training split \(train 0, valid 0, test 20\)"):
        folder(root, split={"train": 1e-9, "test": 1 - 1e-9})
    assert set(folder(root, max_files=5).names("train")) < set(folder(root, max_files=9).names("train"))


# -------------------------------------------------------------------------------------------------------------- broken


def test_broken_files_are_skipped_counted_and_named(root, picture):
    picture("good.png")
    picture("cut.png", (64, 64, 3))
    (root / "cut.png").write_bytes((root / "cut.png").read_bytes()[:3000])
    (root / "text.jpg").write_text("this is no picture")
    (root / "nothing.png").write_bytes(b"")
    (root / "phone.heic").write_bytes(b"x")
    (root / "notes.txt").write_text("not even by name")
    (root / "._good.png").write_bytes(b"resource fork")
    data = folder(root)
    assert data.names("train") == ["good.png"]
    summary = json.loads(json.dumps(data.summary))
    assert (summary["files"], summary["used"], summary["skipped"]["count"]) == (5, 1, 4)
    reasons = {entry["file"]: entry["reason"].split(":")[0] for entry in summary["skipped"]["files"]}
    assert reasons == {
        "cut.png": "unreadable",
        "nothing.png": "unreadable",
        "phone.heic": "foreign format",
        "text.jpg": "unreadable",
    }
    assert summary["account"] == (f"root = '{root}': 5 pictures, 1 used; 4 skipped (3 unreadable, 1 foreign format)")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda root: root.rmdir(), r"no such folder.*\.png \.jpg"),
        (lambda root: (root.rmdir(), root.write_text("")), r"is a file.*\.png \.jpg"),
        (lambda root: (root / "a.txt").write_text(""), r"no picture found; expected \.png.*in any sub-folder"),
        (lambda root: (root / "a.heic").write_text(""), r"no picture found \(\.heic must be converted first"),
        (lambda root: (root / "a.png").write_text(""), r"none of the 1 .* can be used \(1 unreadable, e\.g\. a\.png"),
    ],
)
def test_a_folder_without_use_says_what_was_expected(root, make, message):
    make(root)
    with pytest.raises(UserError, match=message) as caught:
        folder(root)
    assert str(caught.value).startswith(f"root = '{root}': ") and "\n" not in str(caught.value)


def test_links_are_followed_but_never_in_circles(root, picture):
    picture("in/a.png")
    os.symlink(root, root / "in" / "back")
    assert folder(root).names("train") == ["in/a.png"]


# ----------------------------------------------------------------------------------------------------- cache, devices


def test_pictures_are_decoded_once(root, picture, monkeypatch):
    for i in range(3):
        picture(f"{i}.png", seed=i)
    decoded: list[str] = []
    real = prepare.decode
    monkeypatch.setattr(prepare, "decode", lambda path, how: (decoded.append(path.name), real(path, how))[1])
    first = folder(root)
    again = folder(root)
    assert sorted(decoded) == ["0.png", "1.png", "2.png"] and again.fingerprint == first.fingerprint
    assert all(torch.equal(x, y) for x, y in zip(items(first).values(), items(again).values(), strict=True))
    os.rename(root / "2.png", root / "3.png")
    assert folder(root).names("train")[-1] == "3.png" and len(decoded) == 3
    prints = {first.fingerprint, folder(root, split={"train": 0.5, "test": 0.5}).fingerprint}
    assert len(prints) == 2 and len(decoded) == 3
    prints |= {folder(root, resample="nearest").fingerprint, folder(root, channels=1).fingerprint}
    assert len(prints) == 4 and len(decoded) == 9
    picture("1.png", seed=9)
    assert folder(root).fingerprint not in prints and len(decoded) == 12


def test_a_bank_beyond_its_share_stays_on_disk_and_gives_the_same(root, picture):
    for i in range(10):
        picture(f"{i}.png", seed=i)
    data = folder(root, labels="none")
    mapped = folder(root, resident_share=0.0).to("cpu")
    assert mapped.streamed and not data.to("cpu").streamed
    index = torch.tensor([3, 3, 0, 9])
    assert torch.equal(mapped.batch("train", index, None)["data"], data.to("cpu").batch("train", index, None)["data"])


def test_a_batch_is_planned_on_the_meta_device(root, picture):
    for i in range(2):
        picture(f"{i}/a.png", seed=i)
    data = folder(root, labels="folder", augment=[Negative()]).to("meta")
    batch = data.batch("train", torch.zeros(5, dtype=torch.long, device="meta"), Rng(0, device="meta"))
    assert {name: (x.device.type, *x.shape) for name, x in batch.items()} == {
        "data": ("meta", 5, 3, 6, 5),
        "label": ("meta", 5),
    }


# -------------------------------------------------------------------------------------------------------- augmentation


def test_only_training_batches_with_numbers_are_augmented_and_the_fingerprint_tells(root, picture):
    for i, name in enumerate(["train/a.png", "test/b.png"]):
        picture(name, seed=i)
    plain, data = folder(root, split=None), folder(root, split=None, augment=[Negative()])
    index = torch.zeros(3, dtype=torch.long)
    still = plain.batch("train", index, None)["data"]
    assert torch.equal(data.batch("train", index, None)["data"], still)
    assert torch.equal(data.batch("train", index, Rng(0))["data"], -still)
    assert torch.equal(data.batch("test", index, Rng(0))["data"], plain.batch("test", index, Rng(0))["data"])
    assert (
        len({plain.fingerprint, data.fingerprint, folder(root, augment=[Negative(probability=0.5)]).fingerprint}) == 3
    )


def test_a_change_of_shape_is_no_augmentation(root, picture):
    picture("a.png", (6, 4, 3))
    with pytest.raises(UserError, match=r"augment: shrink makes pictures of another shape.*changed"):
        folder(root, augment=[Shrink()])
