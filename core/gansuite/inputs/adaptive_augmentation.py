"""Adaptive discriminator augmentation (Karras, Aittala, Hellsten, Laine, Lehtinen & Aila 2020, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import torch
from annotated_types import Gt, Lt
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw
from gansuite.inputs.augmentations import AUGMENTATIONS, Augmentation, usual
from gansuite.inputs.input import Input
from gansuite.objectives.objective import Objective
from gansuite.plugins.wording import did_you_mean
from gansuite.spaces import Space


class AdaptiveAugmentation(Input):
    """The critic only ever sees augmented samples, real and generated: each operation changes a row with probability p.

    After each move of the critic, p ← clip(p + (n/ramp) sign(r - target), 0, most), with n real samples in the batch
    and r = E sign(D(x) - undecided): r near 1 says that the critic has learnt the training set by heart.

    The operations are invertible on laws as long as p < 1, so the generator learns the law of the plain samples. A
    domain may bring its own: a specification's attribute ``augmentations`` maps names to functions (x, rng) -> x that
    move each row by a random element of a group.

    Args:
        target: the overfitting r that p is steered to.
        ramp: real samples in which p could go from 0 to 1.
        most: the largest p; nearer to 1 changes begin to leak.
        undecided: the score at which the critic holds both kinds equally likely; ½ for least-squares.
        operations: names out of those of the domain and of the core's sign, shift, flip, rotation, scaling and
            jitter; by default the domain's own, or rotation and scaling for points, shift and sign for other tensors.

    Raises:
        UserError: an objective whose scores have no sign, or operations that are not known for the data.
    """

    p: Tensor

    def __init__(
        self,
        *,
        target: Annotated[float, Gt(0), Lt(1)] = 0.6,
        ramp: Annotated[int, Gt(0)] = 500_000,
        most: Annotated[float, Gt(0), Lt(1)] = 0.8,
        undecided: float = 0.0,
        operations: list[str] | None = None,
    ) -> None:
        super().__init__()
        self.target, self.ramp, self.most, self.undecided = target, ramp, most, undecided
        self.names, self.operations = operations, dict[str, Augmentation]()
        self.register_buffer("p", torch.zeros(()))

    def wrap(self, objective: Objective) -> Objective:
        if objective.critic_sees != "scores" or objective.energy or compares(objective):
            raise UserError(
                "inputs: adaptive-augmentation reads the sign of the critic's scores, which has no meaning under this "
                "objective; choose non-saturating or hinge, or leave it out"
            )
        return objective

    def widen(self, spec: Any) -> Any:
        known = usual(spec)
        if not getattr(spec.space, "continuous", True):
            if not hasattr(spec, "augmentations"):
                raise UserError("inputs: adaptive-augmentation knows no operations on tokens; leave it out")
        elif self.names is not None:
            known = {**AUGMENTATIONS, **known}
        for name in self.names or ():
            if name not in known:
                raise UserError(f"inputs: there is no operation {name!r} for this data{did_you_mean(name, known)}")
        self.operations = {name: known[name] for name in (known if self.names is None else self.names)}
        return spec

    def samples(self, x: Any, real: bool, space: Space, rng: Rng, round: int) -> Any:
        for operation in self.operations.values():
            changed = rng.uniform(space.size(x)) < self.p
            x = space.mix(operation(x, rng), x, changed)
        return x

    def after(self, draw: Draw, out: Mapping[str, Any]) -> None:
        signs = draw.gather((out["real_score"] - self.undecided).sign())
        step = (signs.mean() - self.target).sign() * (len(signs) / self.ramp)
        self.p.add_(step).clamp_(0, self.most)


def compares(objective: Objective) -> bool:
    """Whether adding a constant to all scores changes nothing, as where only their differences count."""
    real, fake = torch.tensor([-0.5, 1.5]), torch.tensor([1.0, 0.25])
    return torch.allclose(objective.critic(real, fake), objective.critic(real + 1, fake + 1))
