"""The penalty in the projected space against the core's on one-hot walks: values, gradients, both kinds of sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw, Game
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite_graph.networks.walk_critic import WalkCritic
from gansuite_graph.penalties.projected_gradient import WalkGradientPenalty
from gansuite_graph.spec import WalkSpec

N, T = 30, 6
SPEC = WalkSpec(N, T, 40)


class Judged(Game):
    """A game of a critic alone."""

    turns = ("critic",)

    def __init__(self, critic: nn.Module) -> None:
        super().__init__(SPEC.space)
        self.critic = critic


def judge(sharper: float) -> WalkCritic:
    torch.manual_seed(0)
    critic = WalkCritic(SPEC, hidden=8, embedding=5)
    with torch.no_grad():
        for parameter in critic.parameters():
            parameter.mul_(sharper)
    return critic


def walks(seed: int) -> Tensor:
    return torch.randint(0, N, (9, T), generator=torch.Generator().manual_seed(seed))


def drawn() -> Draw:
    return Draw({}, lambda name: Rng(0, "one stream for both"))


def charged(penalty: Any, critic: WalkCritic, real: Tensor, fake: Tensor) -> list[Tensor]:
    """The value of a penalty and its gradients by the critic's parameters."""
    score: Callable[..., Tensor] = lambda x, rng=None: critic(x)  # noqa: E731
    value = penalty(Judged(critic), drawn(), {"real": real, "fake": fake, "score": score})
    parameters = [p for p in critic.parameters() if p is not critic.out.bias]
    return [value, *torch.autograd.grad(value, parameters)]


@pytest.mark.parametrize("sides", ["two", "one"])
@pytest.mark.parametrize("sharper", [1.0, 4.0])
@pytest.mark.parametrize("kind", ["numbers", "relaxed"])
@pytest.mark.parametrize("double", [False, True])
def test_it_is_the_gradient_penalty_of_one_hot_walks(sides: Any, sharper: float, kind: str, double: bool):
    critic = judge(sharper).double() if double else judge(sharper)
    dtype = torch.float64 if double else torch.float32
    real, fake = walks(1), walks(2)
    soft = torch.randn(9, T, N, generator=torch.Generator().manual_seed(3)).softmax(-1)
    corner = lambda x: torch.nn.functional.one_hot(x, N).to(dtype)  # noqa: E731
    shown = fake if kind == "numbers" else soft.to(dtype)
    # With one side a flat critic pays nothing: the target is put below its slopes.
    target = 1.0 if sides == "two" else 0.01
    own = charged(WalkGradientPenalty(sides=sides, target=target), critic, real, shown)
    plain = charged(
        GradientPenalty(sides=sides, target=target), critic, corner(real), corner(fake) if kind == "numbers" else shown
    )
    for mine, theirs in zip(own, plain, strict=True):
        scale = theirs.abs().max()
        assert scale > 0
        assert (mine - theirs).abs().max() < (1e-12 if double else 1e-5) * max(scale, 1e-3)


def test_there_is_one_norm_for_each_walk():
    critic = judge(3.0)
    out = {"real": walks(1), "fake": walks(2), "score": lambda x, rng=None: critic(x)}
    slopes = WalkGradientPenalty().slopes(Judged(critic), drawn(), out)
    assert slopes.shape == (9,)
    share = Rng(0, "one stream for both").uniform(9).view(-1, 1, 1)
    corner = lambda x: torch.nn.functional.one_hot(x, N).float()  # noqa: E731
    x = torch.lerp(corner(out["fake"]), corner(out["real"]), share).requires_grad_()
    (gradient,) = torch.autograd.grad(critic(x).sum(), x)
    assert torch.allclose(slopes, gradient.flatten(1).norm(dim=1), rtol=1e-5, atol=0)


def test_generated_walks_get_no_gradient_and_a_flat_critic_a_finite_one():
    critic = judge(1.0)
    soft = torch.rand(9, T, N).softmax(-1).requires_grad_()
    out = {"real": walks(1), "fake": soft, "score": lambda x, rng=None: critic(x)}
    WalkGradientPenalty()(Judged(critic), drawn(), out).backward()
    assert soft.grad is None
    with torch.no_grad():
        critic.out.weight.zero_()
    critic.zero_grad()
    WalkGradientPenalty()(Judged(critic), drawn(), out).backward()
    assert all(p.grad is None or torch.isfinite(p.grad).all() for p in critic.parameters())
    critic.requires_grad_(False)
    assert WalkGradientPenalty()(Judged(critic), drawn(), out).item() == pytest.approx(1.0), "slopes of 0, target of 1"


def test_a_critic_that_reads_walks_otherwise_is_refused():
    with pytest.raises(UserError, match="take gradient-penalty"):
        WalkGradientPenalty().bind(Judged(nn.Linear(2, 1)))
    WalkGradientPenalty().bind(Judged(judge(1.0)))
