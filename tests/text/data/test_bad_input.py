"""What a person got wrong is told in one line, with its place and a remedy."""

from __future__ import annotations

import gzip

import pytest
import torch

from gansuite.errors import UserError
from gansuite_text.data.file import TextFile
from gansuite_text.data.glosses import Glosses
from gansuite_text.data.grammar import Grammar
from gansuite_text.data.markov import Markov
from gansuite_text.data.oracle import OracleTask
from gansuite_text.data.tokenizers import trained

ALL = {"train": 1.0}


def told(match: str, **options) -> None:
    with pytest.raises(UserError, match=match) as caught:
        TextFile(**options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "options", "match"),
    [
        (b"", {}, r"path = '.*t\.txt': no text can be used \(the file is empty\)"),
        (b"\n  \n\n", {}, r"no text can be used \(3 empty\)"),
        (b"only one\n", {}, r"one text is left \(there is no other\); give more"),
        (b"only one\n\n", {}, r"one text is left \(1 empty\)"),
        (
            b"a b\nc\nd e f\n",
            {"length": 2, "long": "error", "split": ALL},
            r"t\.txt line 3: 3 tokens, more than length = 2",
        ),
        (b"a b c\nc d e f\n", {"length": 2, "long": "drop", "split": ALL}, r"no text can be used \(2 too long\)"),
        (
            b"good\n\xc3\xa9t\xc3\xa9\nbad \xff\xfe here\n",
            {},
            r"t\.txt line 3: bytes ff fe 20 68 are not utf-8; set encoding",
        ),
        (b"a\nb\n", {"encoding": "utf-9"}, r"encoding = 'utf-9': no such encoding"),
        (b"a a a\na a\na\n", {"split": ALL}, r"a vocabulary of one, 'a'"),
        (b"a <end> b\nc\n", {"split": ALL}, r"t\.txt line 1: holds <end>, which stands for the end"),
        (
            b"x\xef\xbf\xad, y\nc\n",
            {"split": ALL},
            r"t\.txt line 1: the tokenizer does not give the text back: 'x￭, y'",
        ),
        (b"a b\nc d\n", {"label": "kind"}, r"t\.txt: lines have no field 'kind'"),
        (
            b"a b\nc d\n",
            {"tokenizer": "byte", "vocabulary": 300, "split": ALL},
            r"= 300: byte has 258 tokens",
        ),
        (b"a b\nc d\n", {"tokenizer": "bpe", "vocabulary": 100, "split": ALL}, r"bpe has 258 tokens or more"),
        (b"a b\nc d\n", {"tokenizer": "char", "pretokenised": True}, r'pretokenised goes with tokenizer = "word"'),
        (
            b"a b c d\ne f g h\n",
            {"vocabulary": 4, "split": ALL},
            r"no text is without unknown tokens; raise vocabulary",
        ),
        (b"a b\nc d\n", {"split": {"train": 0.5}}, r"must be 0 or more, train above 0, and sum to 1"),
        (b"a b\nc d\n", {"test": "/nowhere/t.txt"}, r"test = '/nowhere/t\.txt': no such file or folder"),
    ],
)
def test_texts(tmp_path, content, options, match):
    (tmp_path / "t.txt").write_bytes(content)
    told(match, path=str(tmp_path / "t.txt"), **options)


@pytest.mark.parametrize(
    ("name", "content", "options", "match"),
    [
        ("t.jsonl", '{"body": "a"}\n', {}, r"t\.jsonl line 1: no field 'text'; there are body"),
        ("t.jsonl", '{"text": "a"}\nnonsense\n', {}, r"t\.jsonl line 2: no JSON \(Expecting value\)"),
        ("t.jsonl", '{"text": "a"}\n["b"]\n', {}, r"t\.jsonl line 2: no object"),
        ("t.jsonl", '{"text": 3}\n', {}, r"t\.jsonl line 1: field 'text' holds 3, which is no text"),
        ("t.jsonl", '{"text": null}\n', {}, r"t\.jsonl line 1: field 'text' holds null"),
        ("t.jsonl", '{"text": "a", "b": 1}\n', {"label": "kind"}, r"line 1: no field 'kind'; there are text, b"),
        ("t.csv", "body,kind\na,x\n", {}, r"t\.csv line 2: no field 'text'; there are body, kind"),
        ("t.csv", "text,kind\na,x\nb\n", {"label": "kind"}, r"t\.csv line 3: field 'kind' holds null"),
        ("t.tsv", "a\tb\n", {"text": 3}, r"t\.tsv line 1: no field 3; there are 1, 2"),
        ("t.csv", "text,kind\na b,x\nc d,x\n", {"label": "kind", "split": ALL}, r"every text has the label 'x'"),
        ("t.parquet", "nothing", {}, r"t\.parquet: no parquet file"),
    ],
)
def test_tables(tmp_path, name, content, options, match):
    (tmp_path / name).write_text(content)
    told(match, path=str(tmp_path / name), **options)


def test_parquet_without_the_field(tmp_path):
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table({"body": ["a"]}), tmp_path / "t.parquet")
    told(r"t\.parquet: no field 'text'; there are body", path=str(tmp_path / "t.parquet"))


def test_damaged_archives(tmp_path):
    (tmp_path / "t.txt.gz").write_bytes(gzip.compress(b"a b c\n" * 100)[:-12])
    told(r"t\.txt\.gz: cannot be unpacked", path=str(tmp_path / "t.txt.gz"))


def test_folders(tmp_path):
    told(r"path = '.*nowhere': no such file or folder", path=str(tmp_path / "nowhere"))
    (tmp_path / "image.png").write_bytes(b"")
    told(r"no text found in the folder; expected \.txt \.jsonl \.csv \.tsv \.parquet files", path=str(tmp_path))


def test_a_foreign_tokenizer(tmp_path):
    (tmp_path / "t.txt").write_text("a dog\na cat\n")
    path, folder = str(tmp_path / "t.txt"), tmp_path / "tokenizer"
    told(r"tokenizer\.json is missing \(no such folder\); or choose one of word, bpe", path=path, tokenizer=str(folder))
    folder.mkdir()
    (folder / "vocab.txt").write_text("a")
    told(r"tokenizer\.json is missing \(vocab\.txt\)", path=path, tokenizer=str(folder))
    (folder / "tokenizer.json").write_text("{}")
    told(r"tokenizer\.json: no file of a tokenizer", path=path, tokenizer=str(folder))
    own = trained("word", ["a dog", "a cat"], None, spaced=True, lower=False).to_str()
    (folder / "tokenizer.json").write_text(own.replace("<end>", "<stop>"))
    told(r"no token of the end; name it as eos_token", path=path, tokenizer=str(folder))
    told(r"vocabulary is that of the tokenizer's folder", path=path, tokenizer=str(folder), vocabulary=10)
    (folder / "tokenizer_config.json").write_text("{")
    told(r"tokenizer_config\.json: no JSON", path=path, tokenizer=str(folder))
    (folder / "tokenizer_config.json").write_text('{"eos_token": {"content": "<stop>"}}')
    data = TextFile(path=path, tokenizer=str(folder), split=ALL)
    assert data.spec.tokenizer is not None and data.spec.end == 0 and data.spec.vocabulary == 5


def test_a_foreign_tokenizer_that_loses_letters(tmp_path):
    from tokenizers import Tokenizer, models

    (tmp_path / "t.txt").write_text("abc\ncab\nxyz\n")
    Tokenizer(models.BPE({"<end>": 0, "a": 1, "b": 2, "c": 3}, [])).save(str(tmp_path / "tokenizer.json"))
    told(
        r"t\.txt line 3: the tokenizer does not give the text back: 'xyz' is ''",
        path=str(tmp_path / "t.txt"),
        tokenizer=str(tmp_path),
        split=ALL,
    )


def test_the_end_of_a_foreign_tokenizer_is_its_own(tmp_path):
    from tokenizers import Tokenizer, models

    (tmp_path / "t.txt").write_text("abc\ncab\n")
    Tokenizer(models.BPE({"a": 0, "b": 1, "c": 2, "</s>": 7}, [])).save(str(tmp_path / "tokenizer.json"))
    data = TextFile(path=str(tmp_path / "t.txt"), tokenizer=str(tmp_path), length=4, split=ALL)
    assert data.spec.end == 7 and data.spec.vocabulary == 8
    assert data.batch("train", torch.arange(2), None)["data"].tolist() == [
        [0, 1, 2, 7, 7],
        [2, 0, 1, 7, 7],
    ]


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: OracleTask(weights="/nowhere.npz"), r"weights = '/nowhere\.npz': no file of an oracle's weights"),
        (lambda: OracleTask(weights="w.npz", vocabulary=10), r"weights give vocabulary and hidden"),
        (lambda: Markov(vocabulary=500, order=2), r"markov: order 2 of 500 tokens has 251001 contexts"),
        (lambda: Glosses(length=3), r"glosses: no text can be used \(30255 too long\)"),
        (lambda: Grammar(grammar="nowhere.txt"), r"grammar = 'nowhere\.txt': neither rules"),
        (lambda: Grammar(grammar="# -> only a comment"), r"grammar: no rule"),
        (lambda: Grammar(grammar='S -> "a"\nS -> "b"'), r"stands on the left of two lines"),
        (lambda: Grammar(grammar='S -> "a" T'), r"grammar line 1: 'T' has no rule"),
        (lambda: Grammar(grammar='S -> "a" | '), r"grammar line 1: an alternative is empty"),
        (lambda: Grammar(grammar='S T -> "a"'), r"grammar line 1: no rule"),
        (lambda: Grammar(grammar='S -> "a" [x]'), r"grammar line 1: \[x\] is no probability"),
        (lambda: Grammar(grammar='S -> "a" [0.4] | "b" [0.4]'), r"grammar line 1: probabilities \[0\.4, 0\.4\] must"),
        (lambda: Grammar(grammar='S -> "a" -> "b"'), r"grammar line 1: '->' is out of place"),
        (lambda: Grammar(grammar="S -> S S"), r"no text comes from 'S'"),
        (lambda: Grammar(grammar='S -> "a" "b" "c"', length=2), r"only 0 of its texts have at most 2 words"),
    ],
)
def test_laws(make, match):
    with pytest.raises(UserError, match=match) as caught:
        make()
    assert "\n" not in str(caught.value)
