"""A model that is fitted in one go: the baselines that a trained one is to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Game
from gansuite.games.networks import Networks
from gansuite.spaces import Space


class Fitted(Game):
    """A generator alone, whose ``fit(dataset)`` finds its parameters when the run begins: counts, shares, memories.

    There is no turn, so nothing is drawn, differentiated or moved, and a run is one round long whatever [train] steps
    says. Samples, metrics, checkpoints and the report are those of any other game. The untrained model, which metrics
    are normalised by, is the generator before it was fitted.

    Raises:
        UserError: the generator is one that has to be trained.

    Source: Goodfellow et al., Deep Learning (2016), section 5.5, where the maximum has a closed form.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "generator"}
    turns: ClassVar[tuple[str, ...]] = ()
    provides: ClassVar[Mapping[str, frozenset[str]]] = {}
    judges_samples: ClassVar[bool] = False
    maps_latents: ClassVar[bool] = False
    generator: Any

    def __init__(self, networks: Networks, prior: Any, space: Space) -> None:
        super().__init__(space)
        self.prior = prior
        self.generator = networks.make("generator").requires_grad_(False)
        if not hasattr(self.generator, "fit"):
            raise UserError("[players.generator] this one is trained, not fitted; play another game than fitted")

    def stages(self, steps: int) -> Sequence[tuple[str, int, tuple[str, ...]]]:
        return [("fitted", 1, ())]

    def furnish(self, dataset: Any) -> None:
        self.generator.fit(dataset)

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        return self.generator.sample(self.prior.sample(n, rng), None, rng)

    def log_prob(self, x: Any) -> Float[Tensor, " n"] | None:
        """log p(x), where the generator has one."""
        return self.generator.log_prob(x) if hasattr(self.generator, "log_prob") else None

    def choices(self, x: Any) -> Float[Tensor, " n"] | None:
        """How many choices each sample is made of."""
        return self.generator.mask(x).sum(1).float() if hasattr(self.generator, "mask") else None
