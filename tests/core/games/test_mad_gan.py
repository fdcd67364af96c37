"""MAD-GAN against its theorem on a law of five points, its costs against the softmax they stand for."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from gansuite.conditioning.conditional import Conditional
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.mad_gan import MadGan
from gansuite.inputs.label_smoothing import LabelSmoothing
from gansuite.inputs.packing import Packing
from gansuite.objectives.minimax import Minimax
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic_average import RelativisticAverage
from gansuite.spaces import TensorSpace
from gansuite.testing.toy import PointsSpec

from .remedies import PRIOR, Makers, draw_of, engine_of, make, moved_by


class Table(nn.Module):
    """A critic with one number for each of five points."""

    width = 5

    def __init__(self) -> None:
        super().__init__()
        self.scores = nn.Linear(5, 1)

    def features(self, x: Tensor, rng: Rng | None = None) -> Tensor:
        return one_hot(x[:, 0].long(), 5).double()

    def head(self, features: Tensor) -> Tensor:
        return self.scores(features).squeeze(1)


class Fixed(nn.Module):
    """A generator that makes the same points whatever it is given."""

    def __init__(self, points: list[int]) -> None:
        super().__init__()
        self.points = torch.tensor(points, dtype=torch.float64)[:, None]

    def forward(self, z: Tensor, condition: Tensor | None = None, rng: Rng | None = None) -> Tensor:
        return self.points


def law(points: list[int]) -> Tensor:
    return torch.bincount(torch.tensor(points), minlength=5).double() / len(points)


def test_the_best_critic_is_that_of_theorem_1() -> None:
    """D_real = p/(p + Σ p_i) and D_i = p_i/(p + Σ p_i), where generators overlap, alone, and where there is no data."""
    data = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3]
    first, second = [0, 0, 0, 1, 1, 1, 2, 2, 4, 4], [1, 1, 2, 2, 2, 2, 3, 3, 3, 4]
    makers = {"generator": ((), iter([Fixed(first), Fixed(second)]).__next__), "critic": ((), Table)}
    game = make(MadGan, Minimax(), generators=2, makers=makers).double()
    draw = draw_of(data=torch.tensor(data, dtype=torch.float64)[:, None], prior=torch.zeros(20, 3))
    search = torch.optim.LBFGS([p for p in game.parameters()], max_iter=500, tolerance_grad=1e-10)

    def closure() -> Tensor:
        search.zero_grad()
        value = game.cost_critic(draw).value
        value.backward()
        return value

    search.step(closure)
    every = torch.arange(5, dtype=torch.float64)[:, None]
    features = game.critic.features(every)
    classes = torch.cat([game.which(features), game.critic.head(features)[:, None]], 1).softmax(1)
    parts = torch.stack([law(first), law(second), law(data)], 1)
    torch.testing.assert_close(classes, parts / parts.sum(1, keepdim=True), rtol=0, atol=1e-4)


def test_costs_are_those_of_a_softmax_over_k_plus_one_classes() -> None:
    game, draw = make(MadGan, Minimax(), generators=4), draw_of(16)

    def logs(x: Tensor) -> Tensor:
        features = game.critic.features(x)
        return torch.cat([game.which(features), game.critic.head(features)[:, None]], 1).log_softmax(1)

    fakes = [generator(z) for generator, z in zip(game.generator, draw["prior"].chunk(4), strict=True)]
    critic = -logs(draw["data"])[:, 4].mean() - sum(logs(fake)[:, i].mean() for i, fake in enumerate(fakes))
    torch.testing.assert_close(game.cost_critic(draw).value, critic)
    generator = sum((1 - logs(fake)[:, 4].exp()).log().mean() for fake in fakes)
    torch.testing.assert_close(game.cost_generator(draw).value, generator)


def test_the_critic_moves_its_head_and_nobody_else_does() -> None:
    game = make(MadGan, NonSaturating())
    assert moved_by(game, "critic", draw_of()) == {"critic", "which"}
    assert moved_by(game, "generator", draw_of()) == {"generator"}
    first, second = (next(iter(each.parameters())) for each in list(game.generator)[:2])
    assert first.grad is not None and second.grad is not None and not torch.equal(first.grad, second.grad)


def test_the_model_is_an_even_mixture_of_the_generators_in_random_order() -> None:
    names = iter(range(4))
    makers = {"generator": ((), lambda: Named(next(names)))}
    game = make(MadGan, NonSaturating(), makers=makers)
    x = game.sample(42, Rng(0, "sample"))[:, 0]
    counts = torch.bincount(x.long(), minlength=4)
    assert len(x) == 42 and counts.min() >= 9 and counts.max() == 11
    assert not torch.equal(x, x.sort().values)
    lone = torch.cat([game.sample(1, Rng(seed, "sample"))[:, 0] for seed in range(200)])
    assert torch.bincount(lone.long(), minlength=4).min() > 25


class Named(nn.Module):
    """A generator whose samples are its own number, and the code that it was given."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def forward(self, z: Tensor, condition: Tensor | None = None, rng: Rng | None = None) -> Tensor:
        given = z.new_zeros(len(z)) if condition is None else condition.argmax(1)
        return torch.stack([z.new_full((len(z),), self.number), given], 1)


def test_each_sample_has_its_own_condition() -> None:
    names = iter(range(4))
    makers, spec = {"generator": ((), lambda: Named(next(names)))}, PointsSpec(labels=("a", "b", "c"))
    networks = Makers(MadGan.players, makers=makers, spec=spec)
    game = MadGan(networks, PRIOR, TensorSpace(), objective=NonSaturating(), conditioning=Conditional())
    wanted = torch.arange(30) % 3
    x = game.sample(30, Rng(0, "sample"), condition=one_hot(wanted, 3).float())
    assert torch.equal(x[:, 1].long(), wanted)
    assert len({(a, b) for a, b in x.tolist()}) == 12  # every generator makes every label


def test_packs_are_of_one_generator() -> None:
    names = iter(range(4))
    game = make(MadGan, NonSaturating(), inputs=[Packing(m=2)], makers={"generator": ((), lambda: Named(next(names)))})
    shown = game.cost_critic(draw_of(16)).out["fake"]
    assert shown.shape == (8, 4) and torch.equal(shown[:, 0], shown[:, 2])


def options(**given: object) -> dict[str, object]:
    return {"objective": NonSaturating(), "inputs": [], "conditioning": None, "generators": 4} | given


def test_what_cannot_be_shared_out_is_refused() -> None:
    MadGan.check(options(), 16)
    MadGan.check(options(inputs=[LabelSmoothing()]), 16)
    with pytest.raises(UserError, match="multiple of 8"):
        MadGan.check(options(inputs=[Packing(m=2)]), 20)
    with pytest.raises(UserError, match="separable"):
        MadGan.check(options(objective=RelativisticAverage()), 16)


def test_a_move_of_the_critic_lowers_its_cost_and_one_of_the_generators_raises_their_scores() -> None:
    game = make(MadGan, NonSaturating())
    engine, turns = engine_of(game)
    draw = engine.draw(turns["critic"])
    before = game.cost_critic(draw)
    engine.move(turns["critic"], engine.gradients(turns["critic"], draw))
    after = game.cost_critic(draw)
    assert after.value < before.value
    engine.move(turns["generator"], engine.gradients(turns["generator"], draw))
    assert game.cost_critic(draw).out["fake_score"].mean() > after.out["fake_score"].mean()
