"""Mixed batches and symmetric critics: BGAN and M-BGAN (Lucas, Tallec, Verbeek & Ollivier 2018)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, ClassVar

from torch import Tensor

from gansuite.errors import UserError
from gansuite.games.adversarial import group_of
from gansuite.games.game import Cost, Draw, Game, couples_batch
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.inputs.input import Input
from gansuite.plugins import Ref
from gansuite.spaces import Space


class BatchGan(Gan):
    """The critic is shown batches in which real and generated samples are mixed, and tells the share of real ones.

        p ~ U(0, 1),  b_i ~ Bern(p),  row i = x_i where b_i = 1, G(z_i) where b_i = 0
        critic: E objective.critic_share(D(rows), p);  generator: E objective.generator_share(D(rows), p)

    The generator's gradient comes through its rows of the mixed batch. ``objective = { name = "mixed-batch", reduce =
    "batch" }`` is BGAN, ``reduce = "sample"`` M-BGAN. The critic should see the rows as a set: for a critic that
    judges each alone, M-BGAN is a GAN with smoothed labels.

    Args:
        objective: costs of a mixed batch with a given share of real samples.

    Source: section 3.
    """

    prices_parts: ClassVar[bool] = False
    judges_samples: ClassVar[bool] = False
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        "critic": frozenset({"real", "fake", "score", "features"}),
        "generator": frozenset({"latent", "fake", "score", "features", "generator"}),
    }

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "mixed-batch",
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, objective=objective, **options)
        if not couples_batch(self.critic):
            warnings.warn(
                "[players.critic] judges each sample alone, and batch-gan asks for the share of real ones in a batch; "
                "choose one that couples it, such as deep-set",
                stacklevel=2,
            )

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        if options["objective"].form != "shares":
            raise UserError("batch-gan plays for the share of real samples: set objective = 'mixed-batch'")
        if options["conditioning"] is not None and options["conditioning"].reads_features:
            raise UserError("this conditioning asks for real and generated rows apart; choose conditional")
        for each in options["inputs"]:
            if not mixable(each):
                name = type(each).__name__
                raise UserError(f"inputs: {name} changes the costs of two sides, a mixed batch has one; leave it out")
        if batch_size % group_of(options["inputs"]):
            raise UserError(f"packing does not divide [data] batch_size = {batch_size}")

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data", "prior")

    def cost_critic(self, draw: Draw) -> Cost:
        """E objective.critic_share(D(rows), p)."""
        scores, share, out = self.mixed(draw)
        return Cost(self.objective.critic_share(scores, share).mean(), out)

    def cost_generator(self, draw: Draw) -> Cost:
        """E objective.generator_share(D(rows), p)."""
        scores, share, out = self.mixed(draw)
        made = {"latent": draw["prior"], "fake": self.generated(draw)}
        made["generator"] = partial(self.generate, codes=self.codes(draw))
        return Cost(self.objective.generator_share(scores, share).mean(), out | made)

    def mixed(self, draw: Draw) -> tuple[Tensor, Tensor, dict[str, Any]]:
        """The scores of a mixed batch (of all ranks where they share a cost), its p, and what penalties are given."""
        codes = self.shown_codes(draw)
        real, fake = self.shown(self.real(draw), True, draw), self.shown(self.fake(draw), False, draw)
        share = draw.gather(draw.rng("share").uniform(1))[0]
        chosen = draw.rng("rows").uniform(self.space.size(real)) < share
        seen = self.see(self.space.mix(real, fake, chosen), draw.rng("cost"), codes)
        (scores,) = self.gathered(draw, seen.scores)
        return scores, share.to(scores.dtype), {"real": real, "fake": fake} | self.views(codes)

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        Game.after(self, turn, draw, out)  # there are no two sides to remember
        if self.side(turn) == "critic" and self.conditioning is not None:
            self.conditioning.after(draw)


def mixable(each: Input) -> bool:
    """Whether an input changes samples alone: not the costs of the two sides, which a mixed batch has not."""
    kept = ("sides", "wrap", "after")
    return not each.shuffles and all(getattr(type(each), name) is getattr(Input, name) for name in kept)
