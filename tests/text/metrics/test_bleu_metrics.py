"""BLEU and Self-BLEU in a run: the mean over texts, what ends a text, and intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite.metrics import MetricError
from gansuite.metrics.jackknife import block_labels
from gansuite_text.metrics import bleu, self_bleu
from gansuite_text.metrics.bleu_metrics import Bleu, SelfBleu
from gansuite_text.metrics.distinct import Distinct
from gansuite_text.spec import TextSpec


def bound(metric, spec):
    metric.bind(spec)
    return metric


def words(spec, x):
    return [[t for t in row.tolist() if t != spec.end] for row in x]


def test_are_the_means_over_texts(chain, spec):
    real, fake, other, untrained = (chain(40, seed, spec) for seed in range(4))
    given = {"floor": other.float(), "untrained": untrained.float()}
    for estimate, n in zip(bound(Bleu(), spec)(real.float(), fake.float(), **given), range(2, 6), strict=True):
        assert estimate.name == f"bleu/{n}" and estimate.direction == "max"
        for x, value in ((fake, estimate.value), (other, estimate.floor), (untrained, estimate.untrained)):
            assert value == pytest.approx(bleu(words(spec, x), words(spec, real))[n].mean(), abs=1e-12)
        assert estimate.extras["references"] == 40 and "epsilon 0.1" in estimate.extras["smoothing"]
    for estimate, n in zip(bound(SelfBleu(), spec)(real.float(), fake.float(), **given), range(2, 6), strict=True):
        for x, value in ((fake, estimate.value), (other, estimate.floor), (real, estimate.extras[f"real/{n}"])):
            assert value == pytest.approx(self_bleu(words(spec, x))[n].mean(), abs=1e-12)
        assert estimate.extras["references"] == 39


@pytest.mark.parametrize("metric", [Bleu, SelfBleu])
def test_blocks_are_left_out_of_texts_and_references(chain, spec, metric):
    real, fake = chain(30, 0, spec), chain(30, 1, spec)
    labels, taken = block_labels(30), bound(metric(max_n=3), spec)
    table = taken.table(taken.side(real.double(), labels, 0), fake.double(), labels, 0)
    assert table.shape == (11, 2)
    for b in range(10):
        ours, theirs = words(spec, fake[labels != b]), words(spec, real[labels != b])
        scores = bleu(ours, theirs, 3) if metric is Bleu else self_bleu(ours, 3)
        assert table[b + 1] == pytest.approx([each.mean() for each in scores.values()], abs=1e-12)


@pytest.mark.parametrize("metric", [Bleu, SelfBleu, Distinct])
def test_intervals_cover_the_mean(chain, spec, metric):
    """Of 100 draws of 60 texts; the truth is the mean over draws, for the value depends on n."""
    taken = bound(metric(max_n=3), spec)
    found = [taken(chain(60, 2 * i, spec).double(), chain(60, 2 * i + 1, spec).double())[-1] for i in range(100)]
    mean = np.mean([each.value for each in found])
    assert 0.85 <= np.mean([each.low <= mean <= each.high for each in found]) <= 1.0
    spread = np.std([each.value for each in found], ddof=1)
    width = np.mean([each.high - each.low for each in found]) / 2 / 2.262
    assert 0.7 <= width / spread <= 1.6


def test_see_what_they_should(chain, spec):
    """Sharper texts have better BLEU and repeat themselves; one text again and again is no worse to BLEU."""
    real, same, sharp, noise = (
        chain(200, 0, spec),
        chain(200, 1, spec),
        chain(200, 2, spec, sharp=2.0),
        torch.randint(0, 12, (200, 10), generator=torch.Generator().manual_seed(0)),
    )
    four = {k: bound(Bleu(), spec)(real, x)[2].value for k, x in {"same": same, "sharp": sharp, "noise": noise}.items()}
    assert four["noise"] < four["same"] < four["sharp"]
    own = {k: bound(SelfBleu(), spec)(real, x)[2].value for k, x in {"same": same, "sharp": sharp}.items()}
    assert own["same"] < own["sharp"]
    likeliest = same[bleu(words(spec, same), words(spec, real))[4].argmax()].expand(200, -1)
    assert bound(Bleu(), spec)(real, likeliest)[2].value > four["same"]
    assert bound(SelfBleu(), spec)(real, likeliest)[2].value == pytest.approx(1.0)


def test_what_lies_behind_the_end_is_not_there(chain, spec):
    real, fake = chain(30, 0, spec), chain(30, 1, spec)
    over = ~spec.mask(fake)
    assert over.any()
    for metric in (Bleu(), SelfBleu(), Distinct()):
        bound(metric, spec)
        messy = [each.value for each in metric(real, torch.where(over, 5, fake))]
        assert messy == [each.value for each in metric(real, fake)]


def test_words_are_what_white_space_parts():
    from tokenizers import Tokenizer, models

    letters = Tokenizer(models.WordLevel({"<end>": 0, "<unk>": 1, "a": 2, "b": 3, " ": 4}, unk_token="<unk>"))
    from tokenizers import decoders

    letters.decoder = decoders.Fuse()
    spec = TextSpec(5, 6, tokenizer=letters.to_str())
    x = torch.tensor([[2, 3, 4, 2, 2, 0], [2, 3, 4, 3, 3, 0], [2, 3, 4, 2, 2, 0], [2, 4, 3, 0, 0, 0]])
    texts = [["ab", "aa"], ["ab", "bb"], ["ab", "aa"], ["a", "b"]]
    found = bound(SelfBleu(max_n=2, unit="word"), spec)(x, x)[0]
    assert found.value == pytest.approx(self_bleu(texts, 2)[2].mean())
    assert found.extras["unit"] == "words of the decoded text"


def test_distinct_is_a_share_of_ngrams():
    spec = TextSpec(9, 4, end=None)
    x = torch.tensor([[2, 3, 2, 3], [2, 3, 4, 5], [2, 3, 4, 6], [7, 7, 7, 7]])
    values = [each.value for each in bound(Distinct(max_n=3), spec)(x, x)]
    assert values == pytest.approx([6 / 16, 6 / 12, 6 / 8])


def test_refuses():
    x = torch.zeros(8, 4)
    with pytest.raises(MetricError, match="bind"):
        Bleu()(x, x)
    with pytest.raises(MetricError, match="compares texts"):
        Bleu().bind(object())
    with pytest.raises(MetricError, match="vocabulary has 3"):
        bound(Bleu(), TextSpec(3, 4))(x, x + 3)
