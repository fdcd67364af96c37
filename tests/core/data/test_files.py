"""Files below a folder, and classes of items."""

from __future__ import annotations

import os

from gansuite.data.classes import in_order, scarce
from gansuite.data.files import files_below, sample_of


def test_hidden_files_are_left_out_and_links_are_followed_once(tmp_path):
    for name in ("a.txt", "in/b.txt", ".hidden/c.txt", "in/._b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    os.symlink(tmp_path, tmp_path / "in" / "back")
    assert sorted(files_below(tmp_path)) == ["a.txt", "in/b.txt"]


def test_a_sample_is_hardly_disturbed_by_other_names():
    names = [f"{i}.png" for i in range(100)]
    ten = sample_of(names, 10)
    assert len(ten) == 10 and ten == sorted(ten) and set(ten) < set(sample_of(names, 20))
    assert sample_of(names[::-1], 10) == ten and len({*ten} & {*sample_of([*names, "x"], 10)}) >= 9


def test_classes_come_by_value_and_then_by_the_alphabet():
    assert in_order({"b", "10", "9", "a"}) == ["9", "10", "a", "b"]


def test_what_classes_lack_is_said():
    classes = ("a", "b", "c")
    labels, splits = ["a", "a", "b", "c", "a"], ["train", "train", "train", "test", "test"]
    assert list(scarce(classes, labels, splits)) == [
        "1 of 3 classes have nothing to train on (c)",
        "1 of 3 classes have a single item to train on (b)",
        "1 of 3 classes have no item in test (b)",
    ]
    assert list(scarce(("a",), ["a", "a"], ["train", "train"])) == [
        "there is only one class (a), which tells a conditional game nothing"
    ]
    assert list(scarce((), [None], ["train"])) == []
