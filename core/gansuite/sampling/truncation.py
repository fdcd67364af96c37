"""Truncated sampling: less variety for better samples."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor

from gansuite.build import Model
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.truncation import truncated


class TruncatedPrior:
    """A prior whose latents are drawn within ``tau`` of its middle; all else is the prior's own."""

    def __init__(self, prior: Any, tau: float) -> None:
        self.prior, self.tau = prior, tau

    def __getattr__(self, name: str) -> Any:
        if name in ("prior", "tau"):  # not there yet, while it is being copied
            raise AttributeError(name)
        return getattr(self.prior, name)

    def sample(self, n: int, rng: Rng) -> Tensor:
        return truncated(self.prior, n, rng, self.tau)


@contextmanager
def truncation(model: Model, tau: float | None, drawn: bool = True) -> Iterator[None]:
    """While it lasts, the model's samples are truncated: None changes nothing.

    A generator that knows how (``truncate(tau)``, a context: StyleGAN draws its styles towards their mean) does it
    itself; of any other the prior's tails are cut (BigGAN).

    Args:
        model: as it is.
        tau: smaller is less various.
        drawn: whether latents are to be drawn from the prior at all.

    Raises:
        UserError: neither can be.

    Source: Brock et al. (2019), section 3.1; Karras et al. (2019), appendix B.
    """
    if tau is None:
        yield
        return
    game: Any = model.game
    if not tau >= 0:
        raise UserError(f"--truncation {tau}: give a number above 0, as in --truncation 0.7")
    own = getattr(getattr(game, "generator", None), "truncate", None)
    if own is not None:
        with own(tau):
            yield
        return
    if not getattr(getattr(game, "prior", None), "size", 0) or not getattr(game, "maps_latents", False):
        raise UserError(f"--truncation {tau}: this model draws no latents that could be cut; leave it out")
    if not drawn:
        raise UserError(
            f"--truncation {tau}: cuts the prior, which a search or a traversal leaves; leave one of them out"
        )
    former, game.prior = game.prior, TruncatedPrior(game.prior, tau)
    try:
        game.prior.sample(1, Rng(0, "truncation", device=next(game.parameters()).device))  # refused before, not after
        yield
    finally:
        game.prior = former
