"""Language-model scores: the sums that they are, both directions, and the small recurrent model."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite.metrics.jackknife import block_labels
from gansuite_text.metrics import KneserNey, SmallLm
from gansuite_text.metrics.language_models import LmScore, ReverseLmScore


def nats(learn, judge, spec, discounts=None):
    """Nats a token of some texts under n-grams of others."""
    model = KneserNey(learn.numpy(), spec.mask(learn).numpy(), spec.vocabulary, 5, discounts)
    mask = spec.mask(judge)
    return -model.log_prob(judge.numpy(), mask.numpy()).sum() / int(mask.sum()), model.discounts


@pytest.mark.parametrize("metric", [LmScore, ReverseLmScore])
def test_is_the_likelihood_under_the_other_set(chain, spec, metric):
    real, fake, other = (chain(60, seed, spec) for seed in range(3))
    taken, labels = metric(), block_labels(60)
    taken.bind(spec)
    (found,) = taken(real.float(), fake.float(), floor=other.float())
    pairs = [(real, fake), (real, other)]
    whole = [nats(*(pair if metric is LmScore else pair[::-1]), spec) for pair in pairs]
    assert [found.value, found.floor] == pytest.approx([value for value, _ in whole], abs=1e-12)
    assert found.extras["perplexity"] == pytest.approx(np.exp(found.value)) and found.extras["learnt_from"] == 60
    table = taken.table(taken.side(real.double(), labels, 0), fake.double(), labels, 0)
    for b in (0, 9):
        sets = (real[labels != b], fake[labels != b])
        value, _ = nats(*(sets if metric is LmScore else sets[::-1]), spec, whole[0][1])
        assert table[b + 1, 0] == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("metric", [LmScore, ReverseLmScore])
def test_intervals_cover_the_mean(chain, spec, metric):
    taken = metric(order=3)
    taken.bind(spec)
    found = [taken(chain(80, 2 * i, spec).double(), chain(80, 2 * i + 1, spec).double())[0] for i in range(60)]
    mean = np.mean([each.value for each in found])
    assert np.mean([each.low <= mean <= each.high for each in found]) >= 0.83


def test_forward_sees_quality_and_reverse_diversity(chain, spec):
    real, same, sharp = chain(400, 0, spec), chain(400, 1, spec), chain(400, 2, spec, sharp=2.0)
    few = same[:5].repeat(80, 1)
    noise = torch.randint(0, 12, (400, 10), generator=torch.Generator().manual_seed(0))
    scores = {}
    for metric in (LmScore(), ReverseLmScore()):
        metric.bind(spec)
        scores[metric.name] = [metric(real, x)[0].value for x in (same, sharp, few, noise)]
    same_f, sharp_f, _, noise_f = scores["lm-score"]
    assert sharp_f < same_f < noise_f
    same_r, sharp_r, few_r, noise_r = scores["reverse-lm-score"]
    assert same_r < min(sharp_r, noise_r) and few_r > sharp_r


def test_small_lm_learns_the_chain(chain, spec):
    """From 4,000 texts within 2 % of the chain's own entropy, and each row's probabilities sum to 1."""
    x, y = chain(4000, 0, spec), chain(1000, 1, spec)
    model = SmallLm(x, spec.mask(x), 12, dim=64, epochs=12)
    logits = np.random.default_rng(0).standard_normal((12, 12)) * 1.5
    log_p = torch.from_numpy(logits).log_softmax(1)
    mask, before = spec.mask(y), torch.nn.functional.pad(y[:, :-1], (1, 0))
    truth = -float(log_p[before, y][mask].mean())
    found = -float(model.log_prob(y, mask).sum() / mask.sum())
    assert 0.99 * truth < found < 1.02 * truth
    rows = torch.cat([y[:1, :3].expand(12, 3), torch.arange(12)[:, None]], 1)
    assert float(model.log_prob(rows, torch.ones_like(rows, dtype=torch.bool))[:, 3].exp().sum()) == pytest.approx(1)


def test_small_lm_is_a_function_of_its_seed(chain, spec):
    x = chain(100, 0, spec)
    state = torch.random.get_rng_state()
    a, b, c = (SmallLm(x, spec.mask(x), 12, dim=8, epochs=2, seed=s).log_prob(x, spec.mask(x)) for s in (0, 0, 1))
    assert torch.equal(a, b) and not torch.equal(a, c)
    assert torch.equal(state, torch.random.get_rng_state())


def test_small_lm_looks_back_and_not_ahead(chain, spec):
    x = chain(50, 0, spec)
    model, every = SmallLm(x, spec.mask(x), 12, dim=8, epochs=1), torch.ones(1, 10, dtype=torch.bool)
    a, b = x[:1].clone(), x[:1].clone()
    b[0, 5] = (a[0, 5] + 1) % 12
    changed = (model.log_prob(a, every) != model.log_prob(b, every))[0].tolist()
    assert changed == [False] * 5 + [True] * 5


def test_lstm_serves_as_the_model(chain, spec):
    real, fake = chain(60, 0, spec), chain(60, 1, spec)
    metric = LmScore(model="lstm", epochs=2)
    metric.bind(spec)
    (found,) = metric(real, fake)
    model = SmallLm(real, spec.mask(real), 12, epochs=2)
    mask = spec.mask(fake)
    assert found.value == pytest.approx(-float(model.log_prob(fake, mask).sum() / mask.sum()))
    assert found.low < found.value < found.high
    assert metric(chain(60, 5, spec), fake)[0].value != found.value  # another set is learnt anew


def test_nothing_to_learn_from():
    with pytest.raises(UserError, match="no token"):
        SmallLm(torch.zeros(3, 4, dtype=torch.int64), torch.zeros(3, 4, dtype=torch.bool), 5)
