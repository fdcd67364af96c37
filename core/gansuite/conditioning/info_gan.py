"""InfoGAN (Chen et al. 2016, eq. 3-6)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import one_hot

from gansuite.conditioning.auxiliary_classifier import cross_entropy, refuse_packs
from gansuite.conditioning.conditioning import Conditioning
from gansuite.engine.rng import Rng
from gansuite.games.game import Draw
from gansuite.objectives.objective import Objective

NATS_OF_A_NORMAL = 0.5 * math.log(2 * math.pi)


class InfoGan(Conditioning):
    """Codes c without labels, kept readable in the samples: min_{G,Q} max_D V(D, G) - λ L_I(G, Q).

    L_I = E_{c, x ~ G(z, c)} log Q(c|x) + H(c) ≤ I(c; G(z, c)) ≤ H(c), with Q a linear head on the critic's features:
    a soft-max for each categorical code, a normal of deviation 1 for each continuous one. Each side pays -λ L_I on
    its turn, Q and the features moving with the critic.

    A code is uniform: categories, each one-hot, then continuous numbers in [-1, 1). A condition to sample with names
    a value of the first categorical code, "0", "1", ...; the other codes are then 0 (for a categorical one: its
    first value).

    Args:
        categories: number of values of each categorical code.
        continuous: number of continuous codes.
        weight: λ of the categorical codes; 1 in the paper.
        continuous_weight: λ of the continuous codes, smaller, to match the scale of the game's own cost.
    """

    reads_features: ClassVar[bool] = True
    reads_labels: ClassVar[bool] = False

    def __init__(
        self,
        *,
        categories: list[Annotated[int, Gt(1)]] = [10],  # noqa: B006 - never mutated
        continuous: Annotated[int, Ge(0)] = 0,
        weight: Annotated[float, Gt(0)] = 1.0,
        continuous_weight: Annotated[float, Gt(0)] = 0.1,
    ) -> None:
        super().__init__()
        if not categories and not continuous:
            raise ValueError("info-gan without a code: give categories = [10], or continuous = 1")
        self.categories, self.continuous = tuple(categories), continuous
        self.weight, self.continuous_weight = weight, continuous_weight
        self.labels = tuple(str(i) for i in range(self.categories[0])) if categories else ()

    @property
    def device(self) -> torch.device:
        return self.read.weight.device

    @property
    def size(self) -> int:
        return sum(self.categories) + self.continuous

    def bind(self, spec: Any) -> None:
        """Codes are drawn: the domain has no part in them."""

    def check(self, objective: Objective, group: int) -> None:
        refuse_packs(group, "info-gan reads the code of one sample")

    def equip(self, critic: Any, group: int) -> None:
        self.read = nn.Linear(critic.width, self.size)

    def codes(self, draw: Draw, n: int) -> Float[Tensor, "n k"]:
        return self.chance(n, draw.rng("codes"))

    def chance(self, n: int, rng: Rng) -> Float[Tensor, "n k"]:
        parts = [one_hot(rng.integers(0, k, n), k).float() for k in self.categories]
        return torch.cat([*parts, rng.uniform(n, self.continuous, low=-1.0)], 1)

    def spread(self, n: int, rng: Rng) -> tuple[Float[Tensor, "n k"], list[str]]:
        """Codes by chance, but for the first categorical one, whose values come in order, and that value of each."""
        codes = self.chance(n, rng)
        if not self.labels:
            return codes, []
        numbers = torch.arange(n, device=codes.device) * len(self.labels) // n
        codes[:, : len(self.labels)] = one_hot(numbers, len(self.labels)).to(codes)
        return codes, [self.labels[i] for i in numbers.tolist()]

    def traversals(self, code: Float[Tensor, "1 k"], steps: int, span: float) -> list[Float[Tensor, "m k"]]:
        """A row for each categorical code, with all of its values, and one for each number, from -span to span.

        In training a number lies in [-1, 1); the paper shows what lies beyond.
        """
        rows, first = [], 0
        for k in self.categories:
            row = code.repeat(k, 1)
            row[:, first : first + k] = torch.eye(k).to(code)
            rows.append(row)
            first += k
        for place in range(first, first + self.continuous):
            row = code.repeat(steps + 1, 1)
            row[:, place] = torch.linspace(-span, span, steps + 1).to(code)
            rows.append(row)
        return rows

    def one_hot(self, label: Tensor) -> Float[Tensor, "n k"]:
        """The code with this value of the first category."""
        firsts = [one_hot(torch.zeros_like(label), k) for k in self.categories[1:]]
        rest = label.new_zeros(len(label), self.continuous)
        return torch.cat([one_hot(label, self.categories[0]), *firsts, rest], 1).float()

    def information(self, features: Float[Tensor, "n w"], codes: Float[Tensor, "n k"]) -> Float[Tensor, " c"]:
        """The bound E log Q(c|x) + H(c) of each code in nats, categorical ones first."""
        told, meant = (x.split([*self.categories, self.continuous], 1) for x in (self.read(features), codes))
        categorical = [math.log(k) - cross_entropy(q, c) for k, q, c in zip(self.categories, told, meant, strict=False)]
        error = 0.5 * (told[-1] - meant[-1]).square().mean(0)
        return torch.cat([*(each.view(1) for each in categorical), (math.log(2) - NATS_OF_A_NORMAL) - error])

    def cost(self, features: Float[Tensor, "n w"], codes: Float[Tensor, "n k"]) -> Mapping[str, Tensor]:
        """-λ L_I."""
        categorical, continuous = self.information(features, codes).split([len(self.categories), self.continuous])
        return {"information": -(self.weight * categorical.sum() + self.continuous_weight * continuous.sum())}

    def critic_cost(
        self, real: Float[Tensor, "n w"], fake: Float[Tensor, "n w"], codes: Float[Tensor, "n k"]
    ) -> Mapping[str, Tensor]:
        return self.cost(fake, codes)

    def generator_cost(self, fake: Float[Tensor, "n w"], codes: Float[Tensor, "n k"]) -> Mapping[str, Tensor]:
        return self.cost(fake, codes)
