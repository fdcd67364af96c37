"""NetGAN: a Wasserstein game of random walks, whose critic never sees a one-hot row (Bojchevski et al. 2018)."""

from __future__ import annotations

from typing import Annotated, Any

from jaxtyping import Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.adversarial import couples_batch
from gansuite.games.discrete import Discrete
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space

from ..networks.corner_rows import Corners


class NetGan(Discrete):
    """The game ``discrete``, played on numbers wherever no gradient must cross a choice.

        critic:    E D(x̃) - E D(x) + λ E (‖∇D(x̂)‖ - 1)²;   generator: -E D(x̃)

    With an estimator whose samples are corners of the simplex

    - the critic's move is given x̃ as numbers, drawn by inversion and without a graph: the same law, since a
      straight-through sample has the law of the softmax whatever its temperature;
    - the generator's move hands the critic ``Corners``: rows are looked up forwards, and backwards the gradient
      goes to the relaxed choice as if the product had been taken.

    Estimators, objectives and all other options are those of ``discrete``; with estimators that are not hard, and
    where something else looks at the generated walks, it is that game.

    Source: section 3.2 of the paper.
    """

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "wasserstein",
        penalties: list[Annotated[Any, Ref("penalty")]] = ["walk-gradient-penalty"],  # noqa: B006 - never mutated
        estimator: Annotated[Any, Ref("estimator")] = "straight-through-gumbel",
        **options: Any,
    ) -> None:
        super().__init__(
            networks, prior, space, objective=objective, penalties=penalties, estimator=estimator, **options
        )
        self.draws_numbers = getattr(self.estimator, "corners", False)
        if self.draws_numbers:  # both sides are numbers on the critic's move: one call
            self.one_call = {"critic": self.shuffles or not couples_batch(self.critic)}
        looked_at = len(self.inputs) or any(penalty.turn == "generator" for penalty in self.terms())
        reads = all(getattr(network, "reads_corners", False) for network in (self.generator, self.critic))
        self.corners = bool(self.draws_numbers and reads and not (looked_at or self.softens or self.meets_real))

    def critic_cost(self, draw: Draw, critic: str = "critic") -> Cost:
        if self.draws_numbers and draw.memo is None:  # in a shared pass both turns see the generator's samples
            drawn = {"drawn": self.drawn(draw, self.generator)}
            draw = Draw({**draw, **drawn}, draw.rng, draw.gather, draw.index, draw.round)
        return super().critic_cost(draw, critic)

    def generated(self, draw: Draw) -> Any:
        if "drawn" in draw:
            return draw["drawn"]
        if not self.corners or draw.memo is not None:
            return super().generated(draw)
        codes, temperature = self.codes(draw), self.temperature(draw)

        def choose(logits: Tensor, rng: Rng | None) -> Any:
            y = self.estimator.choose(logits, rng, temperature)
            return Corners(y, y.detach().argmax(-1))

        return self.generator(self.read(draw, codes), codes, draw.rng("generator"), choose)

    def fake(self, draw: Draw, critic: str = "critic") -> Any:
        made = self.generated(draw)
        return made if isinstance(made, Corners) else self.soft(made)

    def hard(self, x: Any) -> Int64[Tensor, "n c"]:
        return x.chosen if isinstance(x, Corners) else super().hard(x)
