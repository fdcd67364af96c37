"""BGAN and M-BGAN: the share of real samples."""

from __future__ import annotations

import math

import pytest
import torch

from gansuite.objectives.minimax import Minimax
from gansuite.objectives.mixed_batch import MixedBatch
from gansuite.objectives.non_saturating import NonSaturating

SCORES = torch.tensor([[0.3, -1.5, 2.0, 0.1], [-0.7, 0.4, 1.2, 3.0]])
SHARES = torch.tensor([0.25, 0.9])
reductions = pytest.mark.parametrize("reduce", ["batch", "sample"])


def cross_entropy(o: float, p: float) -> float:
    d = 1 / (1 + math.exp(-o))
    return -(p * math.log(d) + (1 - p) * math.log(1 - d))


@reductions
def test_an_undecided_critic_pays_log_two(reduce: str) -> None:
    """D = ½ on any share."""
    cost = MixedBatch(reduce=reduce).critic_share(torch.zeros(2, 4), SHARES)
    torch.testing.assert_close(cost, torch.full([2, 4], math.log(2)))


def test_both_reductions_by_hand() -> None:
    """The loss of the mean output, and the mean of the losses; the first is the smaller (Jensen)."""
    batch, sample = (MixedBatch(reduce=r).critic_share(SCORES, SHARES).mean(1) for r in ("batch", "sample"))
    rows = list(zip(SCORES.tolist(), SHARES.tolist(), strict=True))
    torch.testing.assert_close(batch, torch.tensor([cross_entropy(sum(o) / 4, p) for o, p in rows]))
    torch.testing.assert_close(sample, torch.tensor([sum(cross_entropy(x, p) for x in o) / 4 for o, p in rows]))
    assert (batch < sample).all()


@reductions
def test_order_and_company(reduce: str) -> None:
    """A batch's cost does not depend on the order of its samples, nor on the other batches."""
    objective = MixedBatch(reduce=reduce)
    whole = objective.critic_share(SCORES, SHARES)
    torch.testing.assert_close(objective.critic_share(SCORES[:, [2, 0, 3, 1]], SHARES).mean(1), whole.mean(1))
    for i in range(2):
        torch.testing.assert_close(objective.critic_share(SCORES[i], SHARES[i]), whole[i])


@pytest.mark.parametrize(("real", "fake"), [(0.4, 0.1), (0.2, 0.2), (0.05, 0.6)])
def test_the_best_critic_of_single_samples(real: float, fake: float) -> None:
    """p uniform, b ~ Bern(p): at a point of densities P_r, P_g the cost is least at σ(o) = 1/3 + 1/3 P_r/(P_r + P_g).

    Equal laws leave it at ½ whatever the share: its prediction has a slope in p only where they differ.
    """
    p = torch.linspace(0, 1, 20001, dtype=torch.float64)
    best = 1 / 3 + real / (real + fake) / 3
    o = torch.tensor([math.log(best / (1 - best))], dtype=torch.float64, requires_grad=True)
    seen = p * real + (1 - p) * fake  # density of the point in a batch of share p
    cost = MixedBatch(reduce="sample").critic_share(o.expand(20001, 1), p).squeeze(1)
    (slope,) = torch.autograd.grad(torch.trapezoid(seen * cost, p), o)
    assert float(slope) == pytest.approx(0, abs=1e-8)


def test_unmixed_batches_are_the_original_game() -> None:
    objective = MixedBatch(reduce="sample")
    torch.testing.assert_close(objective.critic(SCORES[0], SCORES[1]), Minimax().critic(SCORES[0], SCORES[1]))
    torch.testing.assert_close(objective.generator(SCORES[1]), NonSaturating().generator(SCORES[1]))
    assert objective.form == "shares"


@reductions
def test_the_generator_asks_for_all_real_or_opposes(reduce: str) -> None:
    kind = MixedBatch(reduce=reduce)
    torch.testing.assert_close(kind.generator_share(SCORES, SHARES), kind.critic_share(SCORES, torch.ones(2)))
    opposed = MixedBatch(reduce=reduce, side="minimax")
    torch.testing.assert_close(opposed.generator_share(SCORES, SHARES), -kind.critic_share(SCORES, SHARES))
