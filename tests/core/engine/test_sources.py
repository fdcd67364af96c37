"""Draws are pure functions of (seed, stream, index), global first and then shared out."""

from __future__ import annotations

import pytest
import torch

from gansuite.engine.rng import Rng, seed_of
from gansuite.engine.source import DataSource, PriorSource
from gansuite.priors.normal import Normal
from gansuite.priors.uniform import Uniform
from gansuite.testing.toy import PointsSpec, Ring

CPU = torch.device("cpu")


def test_seeds_are_stable_across_machines() -> None:
    assert seed_of(0, "critic", 3) == 8483466491979555168
    assert len({seed_of(s, n, i) for s in range(4) for n in ("a", "b") for i in range(50)}) == 400


def test_each_item_comes_once_an_epoch_in_a_new_order() -> None:
    source = DataSource(Ring(count=40), 7, 0, CPU)
    assert source.count == 20
    seen = torch.cat([source.positions("critic", 7 * i, 7) for i in range(20)])
    epochs = seen[:140].view(7, 20)
    for epoch in epochs:
        assert sorted(epoch.tolist()) == list(range(20))
    assert len({tuple(epoch.tolist()) for epoch in epochs}) == 7


def test_a_batch_may_span_many_epochs() -> None:
    source = DataSource(Ring(count=8), 13, 0, CPU)
    once = source.positions("critic", 13, 13)
    again = DataSource(Ring(count=8), 13, 0, CPU).positions("critic", 13, 13)
    assert torch.equal(once, again)  # whatever was asked before
    assert once.bincount().max() <= 13 // 4 + 1


@pytest.mark.parametrize("world", [2, 4])
def test_shards_are_the_rows_of_the_global_batch(world: int) -> None:
    for source in (DataSource(Ring(), 8, 3, CPU), PriorSource(Uniform(PointsSpec()), 8, 3, CPU)):
        whole = source.draw("critic", 5, (0, 1))
        for name in whole:
            parts = [source.draw("critic", 5, (rank, world))[name] for rank in range(world)]
            assert torch.equal(torch.cat(parts), whole[name])


def test_streams_differ_and_repeat() -> None:
    source = PriorSource(Normal(PointsSpec()), 8, 0, CPU)
    a, b, c = (source.draw(s, i, (0, 1))["prior"] for s, i in (("critic", 0), ("generator", 0), ("critic", 1)))
    assert not torch.equal(a, b)
    assert not torch.equal(a, c)
    assert torch.equal(a, source.draw("critic", 0, (0, 1))["prior"])


def test_no_draw_touches_the_global_generators() -> None:
    state = torch.get_rng_state()
    rng = Rng(0, "x")
    rng.uniform(3), rng.normal(3), rng.integers(0, 5, 3), rng.integer(-2, 2)
    DataSource(Ring(), 8, 0, CPU).draw("critic", 0, (0, 1))
    assert torch.equal(state, torch.get_rng_state())


def test_priors_have_their_laws() -> None:
    rng = Rng(0, "laws")
    u = Uniform(PointsSpec(), size=50).sample(2000, rng)
    assert u.shape == (2000, 50)
    assert -1 <= float(u.min()) < -0.999 < 0.999 < float(u.max()) <= 1
    assert float(u.var()) == pytest.approx(1 / 3, rel=0.02)
    z = Normal(PointsSpec(), size=50, scale=2.0).sample(2000, rng)
    assert float(z.std()) == pytest.approx(2, rel=0.02)
    draws = torch.tensor([Rng(i, "shift").integer(-2, 2) for i in range(2000)])
    assert set(draws.tolist()) == {-2, -1, 0, 1, 2}
    assert int(draws.add(2).bincount().min()) > 330
