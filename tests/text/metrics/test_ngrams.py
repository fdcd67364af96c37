"""Features of n-grams: the sum that they are, what they see, and what they are known by."""

from __future__ import annotations

import math

import pytest
import torch

from gansuite.metrics import kad
from gansuite_text.metrics.ngrams import BUCKETS, NGrams
from gansuite_text.spec import TextSpec


class Texts:
    def __init__(self, x, fingerprint="texts"):
        self.x, self.fingerprint = x, fingerprint

    def count(self, split):
        return len(self.x)

    def batch(self, split, index, rng):
        return {"data": self.x[index]}


def test_is_the_sum_over_ngrams(chain, spec):
    """By loops over texts and dictionaries over buckets, for a fitted extractor."""
    train, x = chain(30, 0, spec), chain(5, 1, spec)
    extractor = NGrams(spec, size=16, orders=2)
    extractor.fit(Texts(train), torch.device("cpu"))
    where, inside = extractor.buckets(torch.cat([train, x]))
    texts = [row[keep].tolist() for row, keep in zip(where, inside, strict=True)]
    holding = {b: sum(b in text for text in texts[:30]) for b in range(BUCKETS) if any(b in text for text in texts)}
    idf = {b: math.log(31 / (1 + count)) + 1 for b, count in holding.items()}
    top = math.log(31) + 1
    for features, row, text, mask in zip(extractor(x), x, texts[30:], inside[30:], strict=True):
        y = sum(idf[b] * extractor.directions[b] for b in text)
        assert features[:14].tolist() == pytest.approx((y / y.norm()).tolist(), abs=1e-5)
        once = int(mask[:10].sum())
        assert once == int(spec.mask(row[None]).sum()) and int(mask[10:].sum()) == once - 1
        means = [sum(idf[b] for b in part) / len(part) / top for part in (text[:once], text[once:])]
        assert features[14:].tolist() == pytest.approx([2 * m for m in means], abs=1e-5)


def test_hash_tells_ngrams_and_orders_apart():
    spec = TextSpec(5000, 3, end=None)
    x = torch.randint(0, 5000, (4000, 3), generator=torch.Generator().manual_seed(0))
    where, _ = NGrams(spec).buckets(x)
    assert where.shape == (4000, 6) and int(where.min()) >= 0 and int(where.max()) < BUCKETS
    kinds = len(torch.unique(x[:, :2], dim=0))
    used = len(torch.unique(where[:, 3]))  # as many buckets as balls thrown into them by chance
    assert used == pytest.approx(BUCKETS * (1 - (1 - 1 / BUCKETS) ** kinds), rel=0.03)
    ab, ba = torch.tensor([[2, 3, 9]]), torch.tensor([[3, 2, 9]])
    assert NGrams(spec).buckets(ab)[0][0, 3] != NGrams(spec).buckets(ba)[0][0, 3]
    assert sorted(NGrams(spec).buckets(ab)[0][0, :3].tolist()) == sorted(NGrams(spec).buckets(ba)[0][0, :3].tolist())


def test_sees_order_noise_and_repetition(chain, spec):
    real, same, train = chain(500, 0, spec), chain(500, 1, spec), chain(2000, 2, spec)
    generator = torch.Generator().manual_seed(0)
    keys = torch.rand(same.shape, generator=generator).masked_fill(same == 0, 2.0)
    shuffled = same.gather(1, keys.argsort(1))
    swap = (torch.rand(same.shape, generator=generator) < 0.2) & (same > 0)
    noisy = torch.where(swap, torch.randint(1, 12, same.shape, generator=generator), same)
    extractor = NGrams(spec)
    extractor.fit(Texts(train), torch.device("cpu"))
    found = {
        name: kad(extractor(real), extractor(x))
        for name, x in {"same": same, "shuffled": shuffled, "noisy": noisy, "few": same[:20].repeat(25, 1)}.items()
    }
    assert found["same"].low < 0 < found["same"].high
    assert all(found[name].low > 0 for name in ("shuffled", "noisy", "few")), found


def test_behind_the_end_and_relaxed(chain, spec):
    x = chain(20, 0, spec)
    extractor = NGrams(spec)
    assert torch.equal(extractor(torch.where(spec.mask(x), x, 7)), extractor(x))
    assert torch.equal(extractor(torch.nn.functional.one_hot(x, 12).float()), extractor(x))
    assert extractor(x).shape == (20, 128) and torch.isfinite(extractor(torch.zeros_like(x))).all()
    short = TextSpec(12, 2)
    assert NGrams(short, orders=3)(torch.tensor([[3, 0], [4, 5]])).shape == (2, 128)


def test_is_known_by_settings_and_data(chain, spec):
    x = chain(20, 0, spec)
    prints = {NGrams(spec).fingerprint, NGrams(spec, seed=1).fingerprint, NGrams(spec, size=64).fingerprint}
    for name in ("a", "b"):
        extractor = NGrams(spec)
        extractor.fit(Texts(x, name), torch.device("cpu"))
        prints.add(extractor.fingerprint)
    assert len(prints) == 5 and NGrams(spec).fingerprint in prints
    assert torch.equal(NGrams(spec)(x), NGrams(spec)(x)) and not torch.equal(NGrams(spec)(x), NGrams(spec, seed=1)(x))
