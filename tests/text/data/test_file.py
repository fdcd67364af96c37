"""Texts of files against the files: nothing is lost, doubled, held out twice, or learnt from what is held out."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
import torch

from gansuite.data.dataset import Dataset
from gansuite.data.split import digest_of, split_of
from gansuite_text.data import prepare, store
from gansuite_text.data.file import TextFile, without

ALL = {"train": 1.0}
SPLIT = {"train": 0.8, "valid": 0.1, "test": 0.1}
WORDS = ["a", "red", "dog", "cat", "sleeps", "runs", "on", "the", "mat", "today"]
LINES = [" ".join(np.random.default_rng(i).choice(WORDS, 3 + i % 5)) for i in range(400)]


def rows(data: TextFile, split: str = "train") -> torch.Tensor:
    return data.batch(split, torch.arange(data.count(split)), None)["data"]


def split_by_hash(line: str) -> str:
    return split_of(digest_of(line.encode()), SPLIT)


def decoded(data: TextFile, split: str = "train") -> list[str]:
    return data.spec.decode(rows(data, split)) if data.count(split) else []


def test_every_text_comes_back_in_its_split(texts):
    data = texts(*LINES)
    assert isinstance(data, Dataset)
    for split in ("train", "valid", "test"):
        assert decoded(data, split) == [line for line in LINES if split_by_hash(line) == split]
    assert data.summary["used"] == 400 == sum(data.summary["splits"].values())
    assert data.summary["copies"] == 400 - len(set(LINES)) > 0


def test_equal_texts_never_straddle_splits(texts):
    data = texts(*LINES, *LINES)
    parts = [set(decoded(data, split)) for split in ("train", "valid", "test")]
    assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
    assert data.summary["skipped"]["count"] == 0


def test_texts_that_become_equal_by_cutting_are_held_out_once(texts):
    lines = [f"{a} {b} {c} tail{i}" for i, (a, b, c) in enumerate((line.split()[:3]) for line in LINES)]
    data = texts(*lines, length=2)
    found = [{tuple(row) for row in rows(data, split).tolist()} for split in ("train", "valid", "test")]
    assert not found[0] & found[1] and not found[0] & found[2] and not found[1] & found[2]
    assert data.summary["skipped"]["reasons"]["held out too"] == 400 - data.summary["used"] > 0
    assert data.count("test") == sum(split_by_hash(line) == "test" for line in lines)


def test_rows_end_and_are_padded_with_their_end(texts):
    data = texts("a b", "c d e", "f g h i", split=ALL, length=3)
    assert data.spec.length == 4 and data.spec.end == 0
    found = {tuple(row) for row in data.spec.words(rows(data)) for row in [tuple(row)]}
    assert found == {("a", "b"), ("c", "d", "e"), ("f", "g", "h", "i")}  # what is cut fills its room, without an end
    assert sorted((rows(data) == 0).sum(1).tolist()) == [0, 1, 2]
    assert data.spec.mask(rows(data)).sum(1).tolist() == [3, 4, 4]


@pytest.mark.parametrize(("long", "used", "cut"), [("cut", 3, 1), ("drop", 2, 0)])
def test_long_and_short_texts_are_counted(texts, long, used, cut):
    data = texts("a b", "c d e", "f g h i j", "k", "", " ", split=ALL, length=3, long=long, min_length=2)
    assert data.summary["texts"] == 6 and data.summary["used"] == used and data.summary["cut"] == cut
    reasons = {"empty": 2, "too short": 1} | ({"too long": 1} if long == "drop" else {})
    assert data.summary["skipped"] == {"count": sum(reasons.values()), "reasons": reasons}
    assert data.summary["tokens"] == {"cut": 2 + 3 + 4, "drop": 2 + 3}[long]


def test_the_vocabulary_is_learnt_from_the_training_split_alone(texts):
    lines = [f"word{i} is here" for i in range(100)]
    data = texts(*lines)
    train = {word for text in decoded(data) for word in text.split()}
    assert data.spec.vocabulary == 2 + len(train)
    held = data.count("valid") + data.count("test")
    assert data.summary["unknown"] == held > 0
    # They all read "<unk> is here" now: the two splits may not share that, and it is kept in test.
    assert data.summary["used"] == data.count("train") + data.count("test")


def test_vocabulary_keeps_the_most_frequent(texts):
    data = texts("a b c", "a b d", "a b", split=ALL, vocabulary=4)
    assert data.spec.vocabulary == 4
    assert [data.spec.words(rows(data))[i] for i in range(3)] == [["a", "b", "<unk>"], ["a", "b", "<unk>"], ["a", "b"]]
    assert data.summary["unknown"] == 2


def test_lower_case_is_folded_before_texts_are_compared(texts):
    data = texts("A Dog", "a dog", "THE CAT", lower=True, split=ALL)
    assert decoded(data) == ["a dog", "a dog", "the cat"] and data.summary["copies"] == 1
    assert data.spec.encode("A DOG").tolist() == rows(data)[0, :2].tolist()


def test_a_batch_is_a_function_of_its_index(texts):
    data = texts(*LINES)
    index = torch.tensor([3, 0, 3])
    assert torch.equal(data.batch("train", index, None)["data"], rows(data)[index])
    assert data.batch("train", index, None)["data"].dtype == torch.int64


def test_names_are_file_and_line(texts):
    data = texts("", "a b", "", "c d", split=ALL)
    assert data.names("train") == ["texts.txt line 2", "texts.txt line 4"]


def test_it_is_made_once_and_again_when_the_file_changes(texts, monkeypatch, cache):
    first = texts(*LINES)
    monkeypatch.setattr(prepare, "gather", lambda *_: pytest.fail("read again"))
    again = texts(*LINES)
    assert first.fingerprint == again.fingerprint and torch.equal(rows(first), rows(again))
    monkeypatch.undo()
    monkeypatch.setenv("GANSUITE_CACHE", str(cache))
    assert texts(*LINES, "one more").fingerprint != first.fingerprint
    assert texts(*LINES, length=5).fingerprint != first.fingerprint
    assert texts(*LINES, split={"train": 0.5, "test": 0.5}).fingerprint != first.fingerprint


@pytest.mark.parametrize(("vocabulary", "kind"), [(1 << 15, torch.int16), ((1 << 15) + 1, torch.int32)])
def test_the_bank_has_the_narrowest_numbers(tmp_path, vocabulary, kind):
    given = np.array([[0, vocabulary - 1], [vocabulary - 1, 1], [5, 0]])
    index = store.Index(vocabulary, 2, 0, {"train": 1, "valid": 0, "test": 2})
    store.write(tmp_path, index, given, {"label": np.array([2, 0, 1])})
    bank = store.read_bank(tmp_path, store.read_index(tmp_path))
    assert bank["train"].dtype == kind and bank["train"].tolist() == given[:1].tolist()
    assert bank["valid"].tolist() == [] and bank["test"].tolist() == given[1:].tolist()
    assert store.read_rows(tmp_path, "label", index)["test"].tolist() == [0, 1]


def test_a_bank_that_does_not_fit_is_gathered_on_the_host(texts):
    data = texts(*LINES)
    data.device = torch.device("meta")
    assert not data.resident
    assert data.batch("train", torch.arange(5), None)["data"].shape == (5, 33)


# ------------------------------------------------------------------------------------------------------------ formats


def test_every_format_gives_the_same_texts(tmp_path):
    import pyarrow
    import pyarrow.parquet

    rows_of = [("a dog, running", "x"), ('she said "no"', "y"), ("tab-free text", "x")]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"body": t, "kind": k}) + "\n" for t, k in rows_of))
    (tmp_path / "a.csv").write_text('body,kind\n"a dog, running",x\n"she said ""no""",y\ntab-free text,x\n')
    (tmp_path / "a.tsv").write_text("body\tkind\n" + "".join(f"{t}\t{k}\n" for t, k in rows_of))
    table = pyarrow.table({"body": [t for t, _ in rows_of], "kind": [k for _, k in rows_of]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    for name in ("a.jsonl", "a.csv", "a.tsv", "a.parquet", "b.csv.gz"):
        data = TextFile(path=str(tmp_path / name), text="body", label="kind", split=ALL)
        assert decoded(data) == [t for t, _ in rows_of], name
        assert data.spec.labels == ("x", "y") and data.summary["labels"] == {"x": 2, "y": 1}
        assert data.batch("train", torch.tensor([1, 2]), None)["label"].tolist() == [1, 0]


def test_tables_without_a_header_are_read_by_number(texts):
    data = texts("x\ta dog", "y\ta cat", name="t.tsv", text=2, label=1, split=ALL)
    assert decoded(data) == ["a dog", "a cat"] and data.spec.labels == ("x", "y")


def test_json_may_hold_lists_of_tokens_and_bare_strings(texts):
    data = texts(
        '{"tokens": ["a", "dog", "."]}',
        '{"tokens": ["b"]}',
        name="t.jsonl",
        text="tokens",
        pretokenised=True,
        split=ALL,
    )
    assert data.spec.words(rows(data)) == [["a", "dog", "."], ["b"]]
    assert decoded(texts('"a dog"', '"a cat"', name="s.jsonl", split=ALL)) == ["a dog", "a cat"]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "utf-8-sig"])
def test_encodings(tmp_path, encoding):
    (tmp_path / "t.txt").write_text("café noir\r\nthé vert\r\n", encoding)
    assert decoded(TextFile(path=str(tmp_path / "t.txt"), encoding=encoding, split=ALL)) == ["café noir", "thé vert"]


def test_a_byte_order_mark_is_no_word(tmp_path):
    (tmp_path / "t.txt").write_text("a dog\na cat\n", "utf-8-sig")
    assert decoded(TextFile(path=str(tmp_path / "t.txt"), split=ALL)) == ["a dog", "a cat"]


# ------------------------------------------------------------------------------------------------- folders and splits


def test_a_folder_of_named_files_has_their_splits(tmp_path):
    for name, lines in (("train.txt", "a dog\na cat\na cow\n"), ("test.txt", "a hen\na cat\n"), ("notes.txt", "no\n")):
        (tmp_path / name).write_text(lines)
    data = TextFile(path=str(tmp_path))
    assert decoded(data) == ["a dog", "a cow"] and data.spec.words(rows(data, "test")) == [["a", "<unk>"], ["a", "cat"]]
    assert data.summary["skipped"]["reasons"] == {"held out too": 1}  # "a cat" was in both


def test_a_folder_of_other_files_is_split_by_hash(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "one.txt").write_text("\n".join(LINES[:200]))
    (tmp_path / "deep" / "two.jsonl").write_text("\n".join(json.dumps({"text": line}) for line in LINES[200:]))
    (tmp_path / ".hidden.txt").write_text("no\n")
    (tmp_path / "image.png").write_bytes(b"\xff")
    data = TextFile(path=str(tmp_path))
    assert data.summary["used"] == 400 and data.summary["files"] == 2
    assert sorted(line for split in ("train", "valid", "test") for line in decoded(data, split)) == sorted(LINES)


def test_a_pair_of_files(tmp_path):
    (tmp_path / "image.txt").write_text("\n".join(LINES[:300]))
    (tmp_path / "later.txt").write_text("\n".join(LINES[300:]))
    data = TextFile(path=str(tmp_path / "image.txt"), test=str(tmp_path / "later.txt"))
    assert decoded(data, "test") == LINES[300:] and not set(decoded(data)) & set(LINES[300:])
    assert data.count("valid") > 0


def test_shares_without_a_split_keep_their_proportions():
    assert without({"train": 0.8, "valid": 0.1, "test": 0.1}, "test") == pytest.approx({"train": 8 / 9, "valid": 1 / 9})


def test_max_texts_hardly_depends_on_what_else_is_there(texts):
    some, more = (
        texts(*LINES, max_texts=50, split=ALL),
        texts(*LINES, *(f"new {i}" for i in range(40)), max_texts=50, split=ALL),
    )
    assert some.count("train") == more.count("train") == 50
    assert some.summary["skipped"]["reasons"] == {"beyond max_texts": 350}
    assert len(set(decoded(some)) & set(decoded(more))) >= 30
