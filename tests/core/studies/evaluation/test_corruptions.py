"""Every corruption against its definition: what it changes, by how much, and what it leaves alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.studies.evaluation.corruptions import CORRUPTIONS
from gansuite.studies.evaluation.material import Material

K, LENGTH, N = 5, 64, 600


class Heights:
    """A sample is real if both halves are of one mode, whose number every value is near to."""

    def high_quality(self, samples: Tensor) -> Tensor:
        halves = samples.unflatten(1, (2, -1)).mean(2).round()
        return halves[:, 0] == halves[:, 1]


@pytest.fixture(scope="module")
def given() -> Material:
    """5 modes of 3000, 2500, ... signals about the heights 0, 1, ...; mode 0 is the commonest."""
    generator = torch.Generator().manual_seed(0)
    group = torch.repeat_interleave(torch.arange(K), torch.tensor([3000, 2500, 2000, 1500, 1000]))
    pool = 0.5 * torch.randn(len(group), 1, LENGTH, generator=generator) + group[:, None, None]
    train = torch.randn(2000, 1, LENGTH, generator=generator)
    return Material(pool, group, train, N, judge=Heights())


def corrupted(name: str, given: Material, s: float, seed: int = 0) -> Tensor:
    return CORRUPTIONS[name].make(given, s, Rng(seed, name))


def before(name: str, given: Material, seed: int = 0) -> Tensor:
    """The samples that a corruption begins with: the first that its stream draws."""
    return given.fresh(Rng(seed, name))


def heights(x: Tensor) -> Tensor:
    """The number of the mode of each sample."""
    return x.mean((1, 2)).round().long()


def shares(x: Tensor) -> Tensor:
    return torch.bincount(heights(x), minlength=K) / len(x)


def inside(x: Tensor, pool: Tensor) -> Tensor:
    """Whether each row is a row of the pool, to the bit."""
    known = {row.numpy().tobytes() for row in pool}
    return torch.tensor([row.numpy().tobytes() in known for row in x])


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_nothing_is_wrong_at_strength_0(name: str, given: Material):
    x = corrupted(name, given, 0.0)
    exact = name not in ("blur", "scale")  # these pass through a transform, and the mean
    assert x.shape == (N, 1, LENGTH) and x.dtype == torch.float32
    assert len(torch.unique(x, dim=0)) == N
    if exact:
        assert inside(x, given.pool).all()
    else:
        torch.testing.assert_close(x, before(name, given), atol=2e-6, rtol=0)
    assert (shares(x) - torch.tensor([0.3, 0.25, 0.2, 0.15, 0.1])).abs().max() < 0.06


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_it_is_a_function_of_its_stream_and_draws_from_no_other(name: str, given: Material):
    state = torch.random.get_rng_state()
    first, again, other = (corrupted(name, given, 0.5, seed) for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(state, torch.random.get_rng_state())


def test_the_control_never_changes(given: Material):
    assert inside(corrupted("nothing", given, 1.0), given.pool).all()


@pytest.mark.parametrize(
    ("s", "left"),
    [(0.25, [3000, 2500, 2000, 1500, 0]), (0.375, [3000, 2500, 2000, 750, 0]), (1.0, [3000, 0, 0, 0, 0])],
)
def test_modes_are_dropped_from_the_rarest(s: float, left: list[int], given: Material):
    many = replace(given, n=2900)
    expected = torch.tensor(left) / sum(left)
    assert (shares(corrupted("mode-drop", many, s)) - expected).abs().max() < 0.03
    assert (shares(corrupted("mode-drop", many, s))[expected == 0] == 0).all()


def test_a_mode_repeats_its_samples_only_when_it_has_no_more(given: Material):
    assert len(torch.unique(corrupted("mode-drop", replace(given, n=2900), 1.0), dim=0)) == 2900
    x, count = torch.unique(corrupted("mode-drop", replace(given, n=4500), 1.0), dim=0, return_counts=True)
    assert len(x) == 3000 and count.max() == 2


def test_the_rarest_mode_becomes_a_hundred_times_rarer(given: Material):
    found = shares(corrupted("imbalance", replace(given, n=6000), 1.0))
    odds = torch.tensor([3000, 2500, 2000, 1500, 1000]) * 100 ** (-torch.arange(5) / 4)
    assert (found - odds / odds.sum()).abs().max() < 0.02
    assert found[1] / found[0] == pytest.approx(float(odds[1] / odds[0]), rel=0.1)


def test_half_of_the_samples_are_invented_between_two_modes(given: Material):
    x, base = corrupted("mode-invention", given, 1.0), before("mode-invention", given)
    real = (x == base).flatten(1).all(1)
    assert float(real.double().mean()) == pytest.approx(0.5, abs=0.06)
    other = 2 * x[~real] - base[~real]
    assert (heights(other) != heights(base[~real])).all()
    assert set(heights(other).tolist()) == set(range(K))
    assert torch.cdist(other[:20, 0], given.pool[:, 0]).amin(1).max() < 0.1  # the other sample is a real one


def test_noise_has_half_the_deviation_of_the_data(given: Material):
    sigma = (given.pool - given.pool.mean(0)).square().mean().sqrt()
    added = corrupted("noise", given, 0.5) - before("noise", given)
    assert float(added.std()) == pytest.approx(float(sigma) / 4, rel=0.01)
    assert abs(float(torch.corrcoef(torch.stack([added.flatten(), before("noise", given).flatten()]))[0, 1])) < 0.02


@pytest.mark.parametrize("s", [0.25, 1.0])
def test_blur_damps_every_frequency_as_a_gaussian_does(s: float, given: Material):
    f = torch.arange(LENGTH)[:, None]  # half periods: these cosines are what mirrored ends leave alone
    waves = torch.cos(math.pi * f * (torch.arange(LENGTH) + 0.5) / LENGTH)[:, None]
    basis = Material(waves, torch.zeros(LENGTH, dtype=torch.int64), waves, LENGTH)
    x, base = corrupted("blur", basis, s), before("blur", basis)
    number = (base[:, 0] @ waves[:, 0].T).abs().argmax(1)
    gain = torch.exp(-0.5 * (4 * s * math.pi * number / LENGTH).square())[:, None, None]
    torch.testing.assert_close(x, base * gain, atol=2e-5, rtol=0)


def test_the_same_vector_is_added_to_every_sample(given: Material):
    moved = corrupted("shift", given, 0.5) - before("shift", given)
    torch.testing.assert_close(moved, moved[:1].expand_as(moved), atol=1e-5, rtol=0)
    assert float(moved[0].square().mean().sqrt()) == pytest.approx(given.sigma / 2, rel=1e-4)


def test_scale_is_about_the_mean_of_all(given: Material):
    centre, base = given.pool.mean(0), before("scale", given)
    torch.testing.assert_close(corrupted("scale", given, 0.5) - centre, 1.5 * (base - centre), atol=1e-5, rtol=0)


def test_a_share_is_learnt_by_heart(given: Material):
    x = corrupted("memorisation", given, 0.25)
    learnt = inside(x, given.train)
    assert float(learnt.double().mean()) == pytest.approx(0.25, abs=0.06)
    assert inside(x[~learnt], given.pool).all() and len(torch.unique(x, dim=0)) == N
    assert inside(corrupted("memorisation", given, 1.0), given.train).all()


@pytest.mark.parametrize(("s", "different"), [(0.5, 150), (1.0, 38)])
def test_few_samples_are_different(s: float, different: int, given: Material):
    x, count = torch.unique(corrupted("duplicates", given, s), dim=0, return_counts=True)
    assert len(x) == different and count.max() - count.min() <= 1
    assert inside(x, given.pool).all()


def test_values_move_within_their_piece_alone(given: Material):
    x, base = (each.unflatten(2, (16, 4)) for each in (corrupted("shuffle", given, 0.5), before("shuffle", given)))
    assert torch.equal(x.sort(3).values, base.sort(3).values)
    changed = (x != base).any(3).double()
    assert float(changed.mean()) == pytest.approx(0.5 * (1 - 1 / 24), abs=0.02)  # one order in 24 changes nothing
    assert 0 < float(changed[0].mean()) < 1 and not torch.equal(changed[0], changed[1])
    assert ((corrupted("shuffle", given, 1.0) != before("shuffle", given)).any(2)).all()


def test_the_grating_has_period_4_and_no_mean(given: Material):
    comb = (corrupted("grating", given, 0.5) - before("grating", given)).mean((0, 1))
    torch.testing.assert_close(comb[:-4], comb[4:], atol=1e-5, rtol=0)
    assert float(comb.mean()) == pytest.approx(0, abs=1e-5)
    assert float(comb.square().mean().sqrt()) == pytest.approx(given.sigma / 4, rel=1e-3)
    assert float(comb[0]) == pytest.approx(-3 * float(comb[1]), rel=1e-3)


def test_one_number_is_too_large(given: Material):
    added = (corrupted("one-coordinate", given, 0.5) - before("one-coordinate", given)).flatten(1)
    (place,) = added.mean(0).nonzero().flatten().tolist()
    torch.testing.assert_close(added[:, place], torch.full((N,), given.sigma), atol=1e-5, rtol=0)


def test_broken_samples_are_right_nearby_and_wrong_as_a_whole(given: Material):
    x = corrupted("violation", given, 0.5)
    broken = ~Heights().high_quality(x.flatten(1))
    assert float(broken.double().mean()) == pytest.approx(0.5, abs=0.06)
    for half in (slice(0, LENGTH // 2), slice(LENGTH // 2, LENGTH)):
        assert inside(x[broken][..., half], given.pool[..., half]).all()

    class Lenient:
        def high_quality(self, samples: Tensor) -> Tensor:
            return torch.ones(len(samples), dtype=torch.bool)

    with pytest.raises(ValueError, match="nothing wrong"):
        corrupted("violation", replace(given, judge=Lenient()), 0.5)


def test_what_means_nothing_says_so(given: Material):
    def obstacles(material: Material) -> dict[str, Any]:
        return {name: each.obstacle(material) for name, each in CORRUPTIONS.items() if each.obstacle(material)}

    assert obstacles(given) == {}
    vectors = obstacles(replace(given, pool=given.pool[:, 0], judge=None))
    assert vectors.keys() == {"blur", "shuffle", "grating", "violation"}
    assert "no order" in vectors["blur"]
    assert obstacles(replace(given, judge=None)) == {"violation": "nothing judges single samples"}
    one = obstacles(replace(given, group=torch.zeros(len(given.pool), dtype=torch.int64)))
    assert one.keys() == {"mode-drop", "mode-invention", "imbalance"}
    tokens = obstacles(replace(given, pool=given.pool.long(), continuous=False))
    assert tokens.keys() == {"mode-invention", "noise", "blur", "shift", "scale", "grating", "one-coordinate"}
