from __future__ import annotations

import json

import pytest
import torch

from gansuite.errors import UserError
from gansuite_text.data.file import TextFile
from gansuite_text.data.tokenizers import trained
from gansuite_text.spec import TextSpec
from gansuite_text.writers.txt import TxtWriter

TEXTS = ["a dog, running.", "the cat", "a"]
TOKENIZER = trained("word", TEXTS, None, spaced=False, lower=False)
SPEC = TextSpec(TOKENIZER.get_vocab_size(), 6, tokenizer=TOKENIZER.to_str())


def batch() -> torch.Tensor:
    x = torch.zeros(len(TEXTS), 6, dtype=torch.int64)
    for row, text in zip(x, TEXTS, strict=True):
        ids = TOKENIZER.encode(text).ids
        row[: len(ids)] = torch.tensor(ids)
    return x


def test_a_line_for_each_text(tmp_path):
    (path,) = TxtWriter(SPEC).write(batch(), tmp_path / "new", "step-")
    assert path.name == "step-samples.txt" and path.read_text("utf-8").splitlines() == TEXTS


def test_relaxed_texts_are_read_by_their_likeliest_tokens(tmp_path):
    relaxed = SPEC.space.relaxed(batch()) * 0.6 + 0.01
    (path,) = TxtWriter(SPEC).write(relaxed.requires_grad_(), tmp_path)
    assert path.read_text("utf-8").splitlines() == TEXTS


def test_json_has_text_and_tokens_and_is_read_back(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))
    (path,) = TxtWriter(SPEC, format="jsonl").write(batch(), tmp_path)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert rows[0] == {"text": TEXTS[0], "tokens": ["a", "dog", "￭,", "running", "￭."]}
    data = TextFile(path=str(path), text="tokens", pretokenised=True, split={"train": 1.0})
    found = data.batch("train", torch.arange(3), None)["data"]
    assert data.spec.words(found) == [row["tokens"] for row in rows]


def test_line_breaks_stay_within_a_line(tmp_path):
    made = trained("byte", [], None, spaced=False, lower=False)
    spec = TextSpec(258, 5, tokenizer=made.to_str())
    x = torch.tensor([[*made.encode("a\nb").ids, 0, 0]])
    (path,) = TxtWriter(spec).write(x, tmp_path)
    assert path.read_text("utf-8") == "a b\n"
    (path,) = TxtWriter(spec, format="jsonl").write(x, tmp_path)
    assert json.loads(path.read_text("utf-8"))["text"] == "a\nb"


def test_numbers_where_there_is_no_tokenizer(tmp_path):
    (path,) = TxtWriter(TextSpec(9, 3, end=None)).write(torch.tensor([[0, 8, 1]]), tmp_path)
    assert path.read_text("utf-8") == "0 8 1\n"


def test_what_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UserError, match=r"cannot write .*samples\.txt \(.*\); choose another folder"):
        TxtWriter(SPEC).write(batch(), tmp_path / "file")
