"""MolGAN: a game of graphs with a third player, who learns what a graph is worth (De Cao & Kipf 2018)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Le
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.errors import UserError
from gansuite.games.discrete import Discrete
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32

from ..spec import GraphSpec

Rounds = Annotated[int, Ge(0)]
COUPLING = {"uniqueness", "diversity"}
"""Rewards of a graph that depend on the others of its batch."""
COMPARED = {"novelty", "drug-candidate", "diversity"}
"""Rewards that look at the training graphs."""


class MolGan(Discrete):
    """The game ``discrete``, whose generator is also paid for properties that nobody can differentiate.

    With R(x) in [0, 1] the reward, V its estimate by a third player, y a relaxed graph and x a drawn one:

        value:      E (V(x_real) - R(x_real))² + E (V(x) - R(x))²,   x drawn from the generator, which it never moves
        generator:  λ L + (1 - λ) α L_R,   L_R = -E V(y),   L = E objective.generator(D(y)),   α = |L / L_R|, a constant

    V is judged on the graphs that rewards are of, and asked about relaxed ones: ``gap`` reports E V(y) - E V(argmax y),
    0 where the relaxation is hard. With a score function V is not needed and does not play: a sample earns
    λ r(D(x)) + (1 - λ) R(x). In the first ``warm_up`` rounds of the game λ is 1.

    Args:
        rewards: names of properties, whose product is R; none: the game ``discrete``, and V does not play.
        share: λ, the part of the critic.
        balanced: whether α is |L / L_R|; else 1.
        warm_up: rounds without rewards for the generator; V learns them all the while.

    Raises:
        UserError: the data are walks; a property is unknown or cannot be told; or the estimator is a control variate,
            whose samples are neither drawn nor relaxed.

    Source: section 3.3; α and the warm-up are in the published code alone. Rewards: see ``molecules.rewards``.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "critic": "critic", "value": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("likelihood", "critic", "value", "generator")
    provides: ClassVar[Mapping[str, frozenset[str]]] = {**Discrete.provides, "value": frozenset({"real", "fake"})}

    value: Any

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "wasserstein",
        estimator: Annotated[Any, Ref("estimator")] = "straight-through-gumbel",
        rewards: list[str] = [],  # noqa: B006 - never mutated
        share: Annotated[float, Ge(0), Le(1)] = 0.5,
        balanced: bool = True,
        warm_up: Rounds = 0,
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, objective=objective, estimator=estimator, **options)
        self.share, self.balanced, self.warm_up = share, balanced, warm_up
        self.rewards, self.worth = rewards, worth_of(networks.spec, rewards)
        self.couples_batch = self.couples_batch or bool(COUPLING & set(rewards))

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        if options["rewards"] and "factorised" in options["estimator"].needs:
            raise UserError(
                "estimator: molgan is paid for relaxed graphs or for drawn ones; take straight-through-gumbel"
            )

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        super().make_networks(networks, shown, latent)
        self.value = networks.make("value")

    @property
    def asked(self) -> bool:
        """Whether the generator asks V, and V plays."""
        return self.worth is not None and self.relaxed

    def stages(self, steps: int) -> Sequence[tuple[str, int, tuple[str, ...]]]:
        *before, (name, rounds, turns) = super().stages(steps)
        return [*before, (name, rounds, ("critic", "value", "generator") if self.asked else turns)]

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data", "prior") if turn == "value" else super().draws(turn)

    def furnish(self, dataset: Any) -> None:
        super().furnish(dataset)
        self.worth = worth_of(dataset.spec, self.rewards, dataset, next(self.parameters()).device)

    def weight(self, draw: Draw) -> float:
        """λ in this round."""
        begun = draw.round - sum(self.pretraining.values())
        return 1.0 if self.worth is None or begun < self.warm_up else self.share

    def values(self, x: Tensor) -> Float[Tensor, " n"]:
        """V(x), in [0, 1]."""
        return at_least_fp32(self.value(x)).sigmoid()

    # The turns.

    def cost_value(self, draw: Draw) -> Cost:
        """E (V(x_real) - R(x_real))² + E (V(x) - R(x))²."""
        real, fake = draw["data"], self.judged(draw)
        x = torch.cat([real, fake])
        worth = torch.cat([self.worth_of(real), self.worth_of(fake)])
        error = (self.values(x) - worth).square()
        own, others = error.split([len(real), len(fake)])
        parts = {"worth": worth[len(real) :].mean()}
        return Cost(own.mean() + others.mean(), {"real": real, "fake": fake}, parts)

    def generator_cost(self, draw: Draw, critic: str = "critic") -> Cost:
        cost, weight = super().generator_cost(draw, critic), self.weight(draw)
        if not self.asked or weight == 1.0:
            return cost
        y = self.generated(draw)
        earned = -self.values(y).mean()
        with torch.no_grad():
            gap = -earned - self.values(self.hard(y)).mean()
        alpha = (draw.gather(cost.value[None]).mean() / draw.gather(earned[None]).mean()).abs().detach()
        value = weight * cost.value + (1 - weight) * (alpha if self.balanced else 1.0) * earned
        parts = {"adversarial": cost.value, "reward": earned, "alpha": alpha, "gap": gap}
        return cost._replace(value=value, parts={**cost.parts, **parts})

    def earned(self, x: Tensor, mask: Tensor, z: Tensor, codes: Tensor | None, draw: Draw) -> Tensor:
        """λ r(D(x)) + (1 - λ) R(x), for score functions."""
        earned, weight = super().earned(x, mask, z, codes, draw), self.weight(draw)
        if weight == 1.0:
            return earned
        worth = self.worth_of(x)
        return weight * earned + (1 - weight) * (worth if earned.dim() == 1 else worth.unsqueeze(1))

    @torch.no_grad()
    def judged(self, draw: Draw) -> Int64[Tensor, "n c"]:
        """Graphs drawn from the generator: of what it is to be made relaxed, nothing is shared."""
        codes = self.codes(draw)
        return draw.once("drawn", lambda: self.generator.sample(self.read(draw, codes), codes, draw.rng("drawn")))

    def worth_of(self, x: Int64[Tensor, "n c"]) -> Float[Tensor, " n"]:
        """R(x)."""
        return self.worth(x).to(x.device)


def worth_of(spec: Any, names: Sequence[str], dataset: Any = None, device: Any = None) -> Any:
    """The product of the named properties, without those of the training graphs where there are none to compare with.

    None without names.
    """
    if not names or not isinstance(spec, GraphSpec):  # walks are refused by the networks, in better words
        return None
    from ..molecules.identity import training_identities
    from ..molecules.rewards import Rewards

    if dataset is None:
        return Rewards(spec, [name for name in names if name not in COMPARED])
    if not COMPARED & set(names):
        return Rewards(spec, names)
    rows = None
    if "diversity" in names:
        rows = dataset.batch("train", torch.arange(dataset.count("train"), device=device), None)["data"]
    return Rewards(spec, names, training_identities(spec, dataset, device), training=rows)
