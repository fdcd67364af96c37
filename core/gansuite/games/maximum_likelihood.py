"""Maximum likelihood: the model that every adversarial one is to be measured beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from gansuite.errors import UserError
from gansuite.games.choices import Choices
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space


class MaximumLikelihood(Choices):
    """A generator alone, with the cost -E log p(x), in nats a choice.

    Args:
        conditioning: how labels reach the generator, ``conditional`` for all of them; absent: not at all.

    Source: Goodfellow et al., Deep Learning (2016), section 5.5; for texts Bengio et al. (2003).
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "generator"}
    turns: ClassVar[tuple[str, ...]] = ("generator",)
    provides: ClassVar[Mapping[str, frozenset[str]]] = {"generator": frozenset({"real"})}
    judges_samples: ClassVar[bool] = False

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        conditioning: Annotated[Any, Ref("conditioning")] | None = None,
    ) -> None:
        super().__init__(space)
        self.prior, self.conditioning = prior, conditioning
        if conditioning is not None:
            only_labels(conditioning)
            conditioning.bind(networks.spec)
        self.generator = networks.make("generator", prior=prior if conditioning is None else conditioning.latent(prior))

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data", "prior")

    def cost_generator(self, draw: Draw) -> Cost:
        """-E log p(x)."""
        codes, z = None, draw["prior"]
        if self.conditioning is not None:
            codes = self.conditioning.codes(draw, len(z))
            z = self.conditioning.join(z, codes)
        return self.likelihood_cost(draw, z, codes)

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        super().after(turn, draw, out)
        if self.conditioning is not None:
            self.conditioning.after(draw)


def only_labels(conditioning: Any) -> None:
    """Refuse conditionings that are more than a label for the generator, where there is no critic.

    Raises:
        UserError: with what would do instead.
    """
    if conditioning.reads_features or not conditioning.reads_labels:
        raise UserError('conditioning: this one needs a critic, and the game has none; take "conditional"')
