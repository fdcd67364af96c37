from __future__ import annotations

import json
import logging

import librosa
import pytest

from gansuite.data.classes import in_order, scarce
from gansuite.errors import UserError
from gansuite_audio.data.folder import Folder
from gansuite_audio.data.labels import PATTERNS, from_names
from gansuite_audio.data.pitch import hertz, midi_of, pitch_in

ALL = {"train": 1.0}


def made(root, **options) -> Folder:
    return Folder(**{"root": str(root), "length": 500, "split": ALL, "labels": "pitch"} | options)


def labels(data: Folder) -> dict[str, str | None]:
    return {record.name: record.label for record in data.records}


# -------------------------------------------------------------------------------------------------------------- pitches


def test_frequencies_and_names_agree_with_librosa():
    for number in range(128):
        assert hertz(number) == pytest.approx(librosa.midi_to_hz(number), rel=1e-12)
        for unicode in (False, True):
            assert midi_of(librosa.midi_to_note(number, unicode=unicode)) == number
        assert midi_of(librosa.midi_to_note(number, key="F:maj", unicode=False)) == number  # Bb, not A#


@pytest.mark.parametrize(
    ("note", "number"),
    [("069", 69), ("a4", 69), ("C#4", 61), ("Cs4", 61), ("Db4", 61), ("Cb4", 59), ("C-1", 0), ("G9", 127)],
)
def test_notes_as_people_write_them(note, number):
    assert midi_of(note) == number


@pytest.mark.parametrize("note", ["", "H4", "C", "C##4", "128", "G#9", "Cb-1", "-3", "4.5", "²"])
def test_what_is_no_note(note):
    assert midi_of(note) is None


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("train/bass_electronic_018-022-100.wav", 22),
        ("synth_lead_synthetic_001-108-025.wav", 108),
        ("ASax-ord-A3-ff-N-T14u.wav", 57),
        ("piano C#4.flac", 61),
        ("sub/A3.wav", 57),
        ("Violin (Eb5) pp.aiff", 75),
        ("A3/voice.wav", None),
        ("Violin.arco.C4.B4.aiff", None),
        ("take_60.wav", None),
        ("ABC4.wav", None),
    ],
)
def test_pitches_in_file_names(name, number):
    assert pitch_in(name) == number


# --------------------------------------------------------------------------------------------------------------- folder


def test_pitch_labels_are_numbers_in_order_and_others_are_counted(root, sound):
    for i, name in enumerate(["x-100-100", "x-009-100", "x-064-100", "x-064-025", "y A4", "nothing"]):
        sound(f"{name}.wav", seed=i)
    data = made(root)
    assert data.spec.labels == ("9", "64", "69", "100")
    assert data.summary["skipped"]["reasons"] == {"no label": 1}
    assert made(root, pitches=[9, 69]).spec.labels == ("9", "64", "69")
    narrow = made(root, pitches=[24, 84])
    assert narrow.spec.labels == ("64", "69")
    assert narrow.summary["skipped"]["reasons"] == {"no label": 1, "pitch": 2}
    assert {"file": "x-009-100.wav", "reason": "pitch: 9, outside [24, 84]"} in narrow.summary["skipped"]["files"]


def test_pitches_from_a_pattern_a_table_and_nsynth_s_table(root, sound):
    for name in ("a_61.wav", "b_C5.wav", "c_x.wav"):
        sound(name, seed=len(name) + ord(name[0]))
    assert labels(made(root, label_pattern=r"_([^_.]+)\.wav$")) == {"a_61.wav": "61", "b_C5.wav": "72"}
    (root / "notes.csv").write_text("file,pitch\na_61.wav,30\nc_x.wav,Bb2\n")
    assert labels(made(root, csv="notes.csv")) == {"a_61.wav": "30", "c_x.wav": "46"}
    (root / "examples.json").write_text(json.dumps({"a_61": {"pitch": 61}, "c_x": {"pitch": 90, "family": "bass"}}))
    # A name that tells its pitch goes before the table.
    assert labels(made(root)) == {"a_61.wav": "61", "b_C5.wav": "72", "c_x.wav": "90"}
    assert labels(made(root, labels="csv", csv="examples.json", column="family")) == {"c_x.wav": "bass"}


def test_nsynth_as_it_is_unpacked(root, sound):
    names = {
        "train": ["bass_electronic_018-022-100", "synth_lead_synthetic_001-060-025", "vocal_acoustic_000-060-127"],
        "valid": ["bass_electronic_018-023-100"],
        "test": ["bass_electronic_018-024-100"],
    }
    for split, stems in names.items():
        for i, stem in enumerate(stems):
            sound(f"nsynth-{split}/audio/{stem}.wav", seed=100 * len(split) + i)
    data = made(root, split=None)
    assert {split: data.count(split) for split in names} == {"train": 3, "valid": 1, "test": 1}
    assert data.spec.labels == ("22", "23", "24", "60")
    expected = {
        "family": ("bass", "synth_lead", "vocal"),
        "source": ("acoustic", "electronic", "synthetic"),
        "instrument": ("bass_electronic_018", "synth_lead_synthetic_001", "vocal_acoustic_000"),
        "pitch": ("022", "023", "024", "060"),
        "velocity": ("025", "100", "127"),
    }
    for what, found in expected.items():
        assert made(root, split=None, labels="name", label_pattern=f"nsynth-{what}").spec.labels == found


@pytest.mark.parametrize(
    ("pattern", "name", "label"),
    [
        ("sc09", "Zero_004ae714_nohash_0.wav", "Zero"),
        ("sc09", "train/Seven_004ae714_nohash_0.wav", "Seven"),
        ("speech-commands", "zero/004ae714_nohash_0.wav", "zero"),
        ("fsdd", "recordings/0_george_12.wav", "0"),
    ],
)
def test_the_layouts_of_spoken_digits(pattern, name, label):
    assert from_names([name], pattern) == {name: label} and pattern in PATTERNS


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": "none", "pitches": [1, 2]}, 'pitches goes with labels = "pitch"'),
        ({"pitches": [2, 1]}, r"pitches = \[2, 1\]: write the lowest first"),
        ({"column": "x"}, "column goes with csv, a table in which the label has this name"),
        ({"label_pattern": "(a)", "csv": "t.csv"}, "both say where the pitches are; leave one out"),
        ({"csv": "t.json"}, "cannot be read"),
        ({"csv": "list.json"}, "expected an object for each file, as in NSynth's examples.json"),
        ({"csv": "some.json"}, "no field is called pitch or note or midi or .*; set column to one of f, g"),
        ({"pitches": [90, 99]}, "none of the 1 audio files can be used .*1 pitch, e.g. A4.wav: 69, outside"),
        ({"label_pattern": "(z)"}, "none of the 1 audio files can be used .*1 no label"),
    ],
)
def test_what_cannot_be_is_one_line(root, sound, options, message):
    sound("A4.wav")
    (root / "list.json").write_text("[1]")
    (root / "some.json").write_text('{"A4": {"f": 1, "g": 2}}')
    with pytest.raises(UserError, match=message) as told:
        made(root, **options)
    assert "\n" not in str(told.value)


# -------------------------------------------------------------------------------------------------------------- classes


def test_numbers_are_ordered_by_value_and_stand_before_words():
    assert in_order(["b", "10", "9", "a", "009"]) == ["009", "9", "10", "a", "b"]


def test_classes_with_too_little_are_told():
    known = ["a", "a", "a", "b", "b", "c", None]
    splits = ["train", "train", "valid", "train", "valid", "valid", "train"]
    assert list(scarce(["a", "b", "c"], known, splits)) == [
        "1 of 3 classes have nothing to train on (c)",
        "1 of 3 classes have a single item to train on (b)",
    ]
    assert list(scarce(["a", "b"], ["a", "a", "b", "b"], ["train"] * 4)) == []
    assert list(scarce(["a"], ["a", "a"], ["train", "train"])) == [
        "there is only one class (a), which tells a conditional game nothing"
    ]
    many = [str(i) for i in range(9)]
    assert list(scarce([*many, "z"], [*many, *many, "z", "z", "z"], ["train"] * 20 + ["test"])) == [
        "9 of 10 classes have no item in test (0, 1, 2, 3, 4, ...)"
    ]


def test_a_data_set_warns_of_them_and_unlabelled_ones_are_silent(root, sound, caplog):
    for i, name in enumerate(["train/a/1.wav", "train/a/2.wav", "train/b/1.wav", "valid/a/3.wav"]):
        sound(name, seed=i)
    with caplog.at_level(logging.WARNING, "gansuite"):
        made(root, labels="none", split=None)
        assert not caplog.messages
        made(root, labels="folder", split=None)
    assert [message.partition(": ")[2] for message in caplog.messages] == [
        "1 of 2 classes have a single item to train on (b)",
        "1 of 2 classes have no item in valid (b)",
    ]
