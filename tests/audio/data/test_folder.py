from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_audio.data import prepare
from gansuite_audio.data.folder import Folder

ALL = {"train": 1.0}
FSDD = Path(__file__).parents[3].parent / "shared" / "data" / "fsdd"


def folder(root: Path, **options) -> Folder:
    return Folder(**{"root": str(root), "length": 1000, "normalise": "none", "split": ALL} | options)


def items(data: Folder, split: str = "train") -> dict[str, torch.Tensor]:
    batch = data.batch(split, torch.arange(data.count(split)), None)["data"]
    return dict(zip(data.names(split), batch, strict=True))


def labels(data: Folder, split: str = "train") -> dict[str, str]:
    batch = data.batch(split, torch.arange(data.count(split)), None)
    return {name: data.spec.labels[i] for name, i in zip(data.names(split), batch["label"].tolist(), strict=True)}


# ------------------------------------------------------------------------------------------------------------ batches


def test_items_come_with_their_own_sound_and_name(root, sound):
    written = {name: sound(name, 1500, seed=i) for i, name in enumerate(["b.wav", "a/x.flac", "a/B.WAV", "c.aiff"])}
    found = items(folder(root))
    assert list(found) == sorted(written)
    for name, values in written.items():
        assert np.array_equal(found[name].numpy() * 32768, values[:1000].T)


@pytest.mark.parametrize("channels", [1, 2])
def test_random_slices_are_slices_of_their_file_and_reach_both_ends(root, sound, channels):
    lengths = {"a.wav": 1000, "b.wav": 1004, "c.wav": 3000}
    written = {name: sound(name, n, channels, seed=i) for i, (name, n) in enumerate(lengths.items())}
    data = folder(root, channels=channels, mode="random-slice")
    starts: dict[str, set[int]] = {name: set() for name in lengths}
    # A long file is several items, each with the starts of one slice: sampling weighs files as they last.
    assert data.names("train") == ["a.wav", "b.wav", "c.wav", "c.wav at 0.06 s", "c.wav at 0.12 s"]
    index = torch.arange(300) % 5
    batch = data.batch("train", index, Rng(0, device="cpu"))["data"]
    assert batch.dtype == torch.float32 and batch.shape == (300, *data.spec.shape) == (300, channels, 1000)
    for name, row in zip(
        [data.names("train")[i].split()[0] for i in index.tolist()], batch.numpy() * 32768, strict=True
    ):
        every = np.lib.stride_tricks.sliding_window_view(written[name], 1000, axis=0)
        (start,) = np.flatnonzero((every == row).all((1, 2)))
        starts[name].add(int(start))
    assert starts["a.wav"] == {0} and starts["b.wav"] == {0, 1, 2, 3, 4}
    assert min(starts["c.wav"]) < 100 and max(starts["c.wav"]) == 2000
    assert len(starts["c.wav"]) > 100 and any(900 < start < 1000 for start in starts["c.wav"])
    assert torch.equal(data.batch("train", index, Rng(0))["data"], batch)
    assert not torch.equal(data.batch("train", index, Rng(1))["data"], batch)
    assert torch.equal(data.batch("train", index, None)["data"][:5], torch.stack(list(items(data).values())))


def test_one_shots_start_at_the_beginning(root, sound):
    values = sound("a.wav", 3000)
    batch = folder(root).batch("train", torch.zeros(20, dtype=torch.long), Rng(0))["data"]
    assert torch.equal(batch * 32768, torch.from_numpy(values[:1000].T).float().expand(20, 1, 1000))


@pytest.mark.parametrize("mode", ["one-shot", "random-slice"])
def test_a_batch_is_planned_on_the_meta_device(root, sound, mode):
    sound("a/x.wav", 3000)
    data = folder(root, mode=mode, labels="folder").to("meta")
    batch = data.batch("train", torch.zeros(5, dtype=torch.long, device="meta"), Rng(0, device="meta"))
    assert {name: (x.device.type, *x.shape) for name, x in batch.items()} == {
        "data": ("meta", 5, 1, 1000),
        "label": ("meta", 5),
    }


# ------------------------------------------------------------------------------------------------------------- labels


def test_labels_from_folders(root, sound):
    for i, name in enumerate(["kick/a.wav", "deep/snare/b.wav", "c.wav"]):
        sound(name, seed=i)
    data = folder(root, labels="folder")
    assert labels(data) == {"kick/a.wav": "kick", "deep/snare/b.wav": "snare"}
    assert data.spec.labels == ("kick", "snare")
    assert data.summary["skipped"]["reasons"] == {"no label": 1}
    assert data.summary["labels"] == {"kick": 1, "snare": 1}


@pytest.mark.parametrize(
    ("pattern", "name", "label"),
    [
        ("sc09", "train/Zero_004ae714_nohash_0.wav", "Zero"),
        ("speech-commands", "seven/004ae714_nohash_0.wav", "seven"),
        ("fsdd", "recordings/7_george_12.wav", "7"),
        (r"_(?P<label>C\d)_v(\d+)", "piano_C4_v9.wav", "C4"),
        (r"_v(\d+)", "piano_C4_v9.wav", "9"),
    ],
)
def test_labels_from_names(root, sound, pattern, name, label):
    sound(name)
    sound("other.wav", seed=1)
    data = folder(root, labels="name", label_pattern=pattern)
    assert labels(data) == {name: label}
    assert data.summary["skipped"]["files"] == [{"file": "other.wav", "reason": "no label: none from name"}]


def test_labels_from_a_table(root, sound):
    for i, name in enumerate(["a.wav", "in/b.wav", "c.wav"]):
        sound(name, seed=i)
    (root / "table.csv").write_text("\ufefffilename,fold,category\na.wav,1,dog\nin\\b.wav,1,cat\nlost.wav,2,dog\n")
    data = folder(root, labels="csv", csv="table.csv")
    assert labels(data) == {"a.wav": "dog", "in/b.wav": "cat"}
    assert data.summary["skipped"]["reasons"] == {"no label": 1, "missing": 1}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": "name"}, "label_pattern goes with"),
        ({"label_pattern": "fsdd"}, "label_pattern goes with"),
        ({"labels": "name", "label_pattern": "("}, r"label_pattern = '\('"),
        ({"labels": "name", "label_pattern": "abc"}, "in a group"),
        ({"labels": "csv"}, "csv goes with"),
        ({"labels": "csv", "csv": "no.csv"}, r"no\.csv.*cannot be read"),
        ({"labels": "csv", "csv": "bad.csv"}, "header has a, b"),
        ({"labels": "folder"}, "1 no label"),
        ({"split": {"test": 1.0}}, r"^split"),
    ],
)
def test_options_that_contradict_are_refused(root, sound, options, message):
    sound("a.wav")
    (root / "bad.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UserError, match=message) as caught:
        folder(root, **options)
    assert "\n" not in str(caught.value)


# ------------------------------------------------------------------------------------------------------------- splits


def test_the_split_of_a_file_depends_on_its_bytes_alone(root, sound, tmp_path):
    shares = {"train": 0.5, "valid": 0.25, "test": 0.25}
    for i in range(40):
        sound(f"{i}.wav", 100, seed=i)

    def splits(root: Path) -> dict[str, str]:
        data = folder(root, split=shares)
        return {name: split for split in shares for name in data.names(split)}

    before = splits(root)
    assert set(before.values()) == {"train", "valid", "test"}
    for i in range(40, 60):
        sound(f"new/{i}.wav", 100, seed=i)
    after = splits(root)
    assert {name: after[name] for name in before} == before
    shutil.copytree(root, tmp_path / "other" / "place")
    shutil.copy(root / "3.wav", tmp_path / "other" / "copy-of-3.wav")
    moved = folder(tmp_path / "other", split=shares)
    found = {name.removeprefix("place/"): split for split in shares for name in moved.names(split)}
    assert found == after | {"copy-of-3.wav": after["3.wav"]}
    assert moved.summary["copies"] == 1


def test_split_folders_are_honoured(root, sound):
    for i, name in enumerate(["train/a/1.wav", "Val/a/2.wav", "test/b/3.wav", "4.wav"]):
        sound(name, seed=i)
    data = folder(root, split=None, labels="folder")
    assert {split: data.names(split) for split in ("train", "valid", "test")} == {
        "train": ["train/a/1.wav"],
        "valid": ["Val/a/2.wav"],
        "test": ["test/b/3.wav"],
    }
    assert data.summary["skipped"]["reasons"] == {"no split": 1} and data.spec.labels == ("a", "b")
    data = folder(root, labels="folder")  # shares in the recipe win over the folder's own splits, not over its classes
    assert data.count("train") == 3 and data.spec.labels == ("a", "b")


def test_a_class_called_test_is_no_split(root, sound):
    for i in range(40):
        sound(f"{'test' if i % 2 else 'other'}/{i}.wav", 100, seed=i)
    data = folder(root, split=None, labels="folder")
    assert data.spec.labels == ("other", "test")
    assert {name.split("/")[0] for name in data.names("train")} == {"other", "test"}


def test_speech_commands_lists_are_honoured(root, sound):
    for i, name in enumerate(["zero/a.wav", "zero/b.wav", "one/a.wav", "one/b.wav", "_background_noise_/n.wav"]):
        sound(name, seed=i)
    (root / "validation_list.txt").write_text("zero/b.wav\n")
    (root / "testing_list.txt").write_text("one/a.wav\none/lost.wav\n")
    data = folder(root, split=None, labels="folder")
    assert data.names("train") == ["one/b.wav", "zero/a.wav"]
    assert data.names("valid") == ["zero/b.wav"] and data.names("test") == ["one/a.wav"]
    assert data.spec.labels == ("one", "zero") and data.summary["files"] == 4


def test_nothing_to_train_on_is_an_error(root, sound):
    for i in range(3):
        sound(f"{i}.wav", seed=i)
    with pytest.raises(UserError, match=r"training split \(train 0, valid 0, test 3\)"):
        folder(root, split={"train": 1e-9, "test": 1 - 1e-9})


def test_max_files_is_a_choice_that_other_files_hardly_disturb(root, sound):
    for i in range(30):
        sound(f"{i}.wav", 100, seed=i)
    ten = set(folder(root, max_files=10).names("train"))
    assert len(ten) == 10 and ten < set(folder(root, max_files=20).names("train"))
    sound("new.wav", 100, seed=99)
    assert len(ten & set(folder(root, max_files=10).names("train"))) >= 9


# ------------------------------------------------------------------------------------------------------------- broken


def test_broken_files_are_skipped_counted_and_named(root, sound):
    sound("good.wav", 2000, rate=8000)
    sound("cut.flac", 40_000)
    (root / "cut.flac").write_bytes((root / "cut.flac").read_bytes()[:20_000])
    (root / "text.wav").write_text("this is no sound")
    (root / "nothing.wav").write_bytes(b"")
    (root / "notes.txt").write_text("not even by name")
    (root / "._good.wav").write_bytes(b"resource fork")
    data = folder(root)
    assert data.names("train") == ["good.wav"]
    summary = json.loads(json.dumps(data.summary))
    assert (summary["files"], summary["used"], summary["skipped"]["count"]) == (4, 1, 3)
    assert [entry["file"] for entry in summary["skipped"]["files"]] == ["cut.flac", "nothing.wav", "text.wav"]
    assert all(entry["reason"].startswith("unreadable: ") for entry in summary["skipped"]["files"])
    assert summary["resampled"] == 1 and summary["cropped"] == 1 and summary["extended"] == 0
    assert summary["seconds"] == 1000 / 16000


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda root: root.rmdir(), r"no such folder.*\.wav \.flac \.ogg"),
        (lambda root: (root.rmdir(), root.write_text("")), r"is a file.*\.wav \.flac"),
        (lambda root: (root / "a.txt").write_text(""), r"no audio found; expected \.wav.*in any sub-folder"),
        (
            lambda root: (root / "a.wav").write_text(""),
            r"none of the 1 .* can be used \(1 unreadable, e\.g\. a\.wav",
        ),
    ],
)
def test_a_folder_without_use_says_what_was_expected(root, make, message):
    make(root)
    with pytest.raises(UserError, match=message) as caught:
        folder(root)
    assert str(caught.value).startswith(f"root = '{root}': ") and "\n" not in str(caught.value)


def test_short_files_under_error_and_skip(root, sound):
    sound("a.wav", 2000)
    sound("b.wav", 400, seed=1)
    sound("c.wav", 300, seed=2)
    with pytest.raises(UserError, match=r"b\.wav is too short \(400 frames \(0\.025 s\) at 16000 Hz"):
        folder(root, short="error")
    assert folder(root, short="skip").summary["skipped"]["reasons"] == {"short": 2}
    with pytest.raises(UserError, match=r"none of the 3 .*3 short"):
        folder(root, short="skip", length=5000)


def test_links_are_followed_but_never_in_circles(root, sound, tmp_path):
    sound("in/a.wav")
    os.symlink(root, root / "in" / "back")
    os.symlink(root / "in", tmp_path / "entry")
    assert folder(root).names("train") == ["in/a.wav"]
    assert folder(tmp_path / "entry").count("train") >= 1


def test_the_home_folder_is_expanded(root, sound, monkeypatch):
    sound("a.wav")
    monkeypatch.setenv("HOME", str(root.parent))
    assert folder(Path("~/sounds")).count("train") == 1


# -------------------------------------------------------------------------------------------------------------- cache


def test_files_are_decoded_once(root, sound, monkeypatch):
    for i in range(3):
        sound(f"{i}.wav", seed=i)
    decoded: list[str] = []
    real = prepare.decode
    monkeypatch.setattr(prepare, "decode", lambda path, how: (decoded.append(path.name), real(path, how))[1])
    first = folder(root)
    assert sorted(decoded) == ["0.wav", "1.wav", "2.wav"]
    again = folder(root)
    assert len(decoded) == 3 and again.fingerprint == first.fingerprint
    assert all(torch.equal(x, y) for x, y in zip(items(first).values(), items(again).values(), strict=True))
    # Another split or other labels decode nothing, but are another data set.
    other = folder(root, split={"train": 0.5, "test": 0.5})
    assert len(decoded) == 3 and other.fingerprint != first.fingerprint

    content = bytearray((root / "1.wav").read_bytes())
    content[-1] ^= 1
    (root / "1.wav").write_bytes(content)
    changed = folder(root)
    assert len(decoded) == 6 and changed.fingerprint != first.fingerprint
    assert folder(root, rate=8000).fingerprint != changed.fingerprint and len(decoded) == 9


def test_many_files_come_out_in_order(root, sound):
    written = {f"{i:03d}.wav": sound(f"{i:03d}.wav", 1000 + i, seed=i) for i in range(50)}
    found = items(folder(root, mode="random-slice"))
    assert list(found) == list(written)
    assert all(np.array_equal(found[name].numpy() * 32768, values[:1000].T) for name, values in written.items())


@pytest.mark.skipif(not FSDD.is_dir(), reason="the Free Spoken Digit Dataset is not at ../shared/data/fsdd")
def test_spoken_digits_of_people():
    data = Folder(root=str(FSDD), labels="name", label_pattern="fsdd", max_files=200)
    assert data.summary["used"] == 200 and data.summary["resampled"] == 200
    assert data.spec.labels == tuple("0123456789")
    assert all(Path(name).name.startswith(f"{label}_") for name, label in labels(data).items())
    peaks = torch.stack(list(items(data).values())).abs().amax((1, 2))
    assert peaks.min() > 0.9
