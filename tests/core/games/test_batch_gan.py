"""BGAN and M-BGAN: how batches are mixed, what the best critic says, and symmetry."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from gansuite.conditioning.conditional import Conditional
from gansuite.conditioning.projection import Projection
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.batch_gan import BatchGan
from gansuite.inputs.batch_mixing import BatchMixing
from gansuite.inputs.instance_noise import InstanceNoise
from gansuite.inputs.label_smoothing import LabelSmoothing
from gansuite.inputs.packing import Packing
from gansuite.objectives.mixed_batch import MixedBatch
from gansuite.objectives.non_saturating import NonSaturating

from .remedies import draw_of, engine_of, make, moved_by


class SetCritic(nn.Module):
    """Scores of points that know the mean of their batch."""

    couples_batch = True

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.own, self.mean, self.out = nn.Linear(2, width), nn.Linear(2, width), nn.Linear(width, 1)

    def forward(self, x: Tensor, condition: Tensor | None = None, rng: Rng | None = None) -> Tensor:
        return self.out((self.own(x) + self.mean(x.mean(0, keepdim=True))).tanh()).squeeze(1)


class First(nn.Module):
    """The first coordinate itself."""

    couples_batch = True

    def forward(self, x: Tensor, condition: Tensor | None = None, rng: Rng | None = None) -> Tensor:
        return x[:, 0]


def game_of(critic: type[nn.Module] = SetCritic, reduce: str = "batch", **options: object) -> BatchGan:
    return make(BatchGan, MixedBatch(reduce=reduce), makers={"critic": ((), critic)}, **options)


def marked(n: int = 400) -> dict[str, Tensor]:
    """Data whose first coordinate is 1; latents whose generated samples get 0 from ``Nought``."""
    return {"data": torch.ones(n, 2), "prior": torch.zeros(n, 3)}


class Nought(nn.Module):
    def forward(self, z: Tensor, condition: Tensor | None = None, rng: Rng | None = None) -> Tensor:
        return z.new_zeros(len(z), 2)


def marked_game() -> BatchGan:
    makers = {"critic": ((), First), "generator": ((), Nought)}
    return make(BatchGan, MixedBatch(), makers=makers)


def test_rows_are_real_with_probability_p_and_p_is_uniform() -> None:
    game, shares = marked_game(), []
    for index in range(300):
        scores, p, _ = game.mixed(draw_of(400, index=index, **marked()))
        assert abs(float(scores.mean() - p)) < 4.5 * math.sqrt(0.25 / 400)
        shares.append(float(p))
    uniform = (torch.arange(300) + 0.5) / 300
    assert float((torch.tensor(shares).sort().values - uniform).abs().max()) < 1.63 / 300**0.5  # Kolmogorov-Smirnov


def test_the_best_critic_of_laws_that_share_no_point_says_two_thirds_and_one_third() -> None:
    """E[p | real row] = 2/3: the gradient of the cost by the score of each kind vanishes there, over many batches."""
    game, slopes = marked_game(), []
    objective = MixedBatch(reduce="sample")
    for index in range(400):
        row, p, _ = game.mixed(draw_of(400, index=index, **marked()))
        best = torch.where(row > 0.5, math.log(2), -math.log(2)).requires_grad_()
        (slope,) = torch.autograd.grad(objective.critic_share(best, p).mean(), best)
        slopes.append(torch.stack([slope[row > 0.5].sum(), slope[row <= 0.5].sum()]))
    found = torch.stack(slopes)
    assert bool((found.mean(0).abs() < 4 * found.std(0) / 20).all())


@pytest.mark.parametrize("reduce", ["batch", "sample"])
def test_costs_do_not_depend_on_the_order_of_rows(reduce: str) -> None:
    game = game_of(reduce=reduce)
    rows, share = Rng(0, "rows").normal(32, 2), torch.tensor(0.3)
    order = Rng(0, "order").uniform(32).argsort()
    for cost in (game.objective.critic_share, game.objective.generator_share):
        torch.testing.assert_close(cost(game.critic(rows), share).mean(), cost(game.critic(rows[order]), share).mean())


@pytest.mark.parametrize("reduce", ["batch", "sample"])
def test_costs_are_the_papers(reduce: str) -> None:
    """The critic is told p, the generator would have the whole batch called real."""
    game, draw = game_of(reduce=reduce), draw_of()
    outputs, p, _ = game.mixed(draw)
    outputs = outputs.mean(0, keepdim=True) if reduce == "batch" else outputs
    critic = -(p * logsigmoid(outputs) + (1 - p) * logsigmoid(-outputs)).mean()
    torch.testing.assert_close(game("critic", draw).value, critic)
    torch.testing.assert_close(game("generator", draw).value, -logsigmoid(outputs).mean())


@pytest.mark.parametrize("reduce", ["batch", "sample"])
def test_a_critic_without_an_opinion_pays_log_two(reduce: str) -> None:
    game = game_of(reduce=reduce)
    nn.init.zeros_(game.critic.out.weight)
    nn.init.zeros_(game.critic.out.bias)
    for index in range(5):
        assert game.cost_critic(draw_of(index=index)).value.item() == pytest.approx(math.log(2))


@pytest.mark.parametrize("reduce", ["batch", "sample"])
def test_moves_lower_the_critics_cost_and_raise_the_scores_of_generated_rows(reduce: str) -> None:
    game = game_of(reduce=reduce)
    assert moved_by(game, "critic", draw_of()) == {"critic"}
    assert moved_by(game, "generator", draw_of()) == {"generator"}
    engine, turns = engine_of(game)
    draw = engine.draw(turns["critic"])
    before = game("critic", draw).value
    engine.move(turns["critic"], engine.gradients(turns["critic"], draw))
    assert game("critic", draw).value < before
    low = game.critic(game.generator(draw["prior"])).mean()
    engine.move(turns["generator"], engine.gradients(turns["generator"], draw))
    assert game.critic(game.generator(draw["prior"])).mean() > low


def test_what_is_shown_can_be_changed_and_costs_cannot() -> None:
    options = {"objective": MixedBatch(), "inputs": [InstanceNoise(), Packing(m=2)], "conditioning": Conditional()}
    BatchGan.check(options, 16)
    for refused, reason in (
        ({"objective": NonSaturating()}, "mixed-batch"),
        ({"inputs": [LabelSmoothing()]}, "LabelSmoothing"),
        ({"inputs": [BatchMixing()]}, "BatchMixing"),
        ({"conditioning": Projection()}, "choose conditional"),
        ({"inputs": [Packing(m=3)]}, "packing"),
    ):
        with pytest.raises(UserError, match=reason):
            BatchGan.check(options | refused, 16)


def test_a_critic_of_single_samples_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="deep-set"):
        make(BatchGan, MixedBatch())
