"""The contracts hold for what the core ships, and fail for what would break a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.objectives.objective import Objective
from gansuite.plugins.registry import registry
from gansuite.priors.normal import Normal
from gansuite.testing.contracts import CriticContract, GeneratorContract, ObjectiveContract, PriorContract
from gansuite.testing.toy import Critic, Generator, PointsSpec

SPEC = PointsSpec()


class TestToyGenerator(GeneratorContract):
    spec, prior = SPEC, Normal(SPEC, size=4)

    def make(self) -> nn.Module:
        return Generator(self.spec, self.prior)


class TestToyCritic(CriticContract):
    spec = SPEC

    def make(self) -> nn.Module:
        return Critic(self.spec)


def clauses(contract: type) -> list[str]:
    return [name for name in vars(contract) if name.startswith("test_")]


def held(contract: type, make: Callable[..., Any], **attributes: Any) -> Any:
    return type("Held", (contract,), {"make": lambda self: make(), **attributes})()


@pytest.mark.parametrize("clause", clauses(ObjectiveContract))
@pytest.mark.parametrize("entry", registry().entries("objective"), ids=lambda entry: entry.address)
def test_objectives(entry, clause):
    bound = registry().bind("objective", entry.address, "[game] objective")
    getattr(held(ObjectiveContract, bound.make), clause)()


@pytest.mark.parametrize("name", ["uniform", "normal"])
def test_priors(name):
    held(PriorContract, lambda: registry().bind("prior", name, "[prior]").make(SPEC)).test_latents()


class Backwards(Objective):
    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        return real - fake

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        return -fake


class Reduced(Backwards):
    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        return (fake - real).mean()


class SecretlyJoint(Backwards):
    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        return fake - real + real.mean()


class Noisy(Critic):
    def forward(self, x: Tensor, condition: Any = None, rng: Any = None) -> Any:
        return super().forward(x + torch.randn_like(x))


class Column(nn.Module):
    """Scores [n, 1]: the mistake that broadcasts silently."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Linear(2, 1)

    def forward(self, x: Tensor, condition: Any = None, rng: Any = None) -> Tensor:
        return self.net(x)


class Idle(Critic):
    def __init__(self, spec: Any) -> None:
        super().__init__(spec)
        self.idle = nn.Parameter(torch.zeros(1))


@pytest.mark.parametrize(
    ("contract", "clause", "make"),
    [
        (ObjectiveContract, "test_who_gains_by_which_score", Backwards),
        (ObjectiveContract, "test_one_cost_an_example", Reduced),
        (ObjectiveContract, "test_an_example_alone_unless_the_batch_is_coupled", SecretlyJoint),
        (CriticContract, "test_one_score_a_sample", lambda: Noisy(SPEC)),
        (CriticContract, "test_one_score_a_sample", Column),
        (CriticContract, "test_gradients", lambda: Idle(SPEC)),
    ],
    ids=range(6),
)
def test_what_breaks_a_contract_is_found(contract, clause, make):
    with pytest.raises(AssertionError):
        getattr(held(contract, make, spec=SPEC), clause)()
