"""The networks of a recipe's players, made on demand by the game that plays with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from gansuite.engine.rng import seed_of


class Networks:
    """Makes networks, each from a seed of its own: k copies of one, or one for another domain than the data's.

    A game asks ``make("critic")`` for what the recipe says, and overrides by name what a network is given: a critic
    of packed samples is ``make("critic", spec=spec.widened(2 * channels))``, the second of k generators
    ``make("generator", copy=1)``.

    Args:
        spec: the domain of the data.
        prior: the latent distribution.
        makers: for each player the names of what its network is given, and the function that makes it.
        seed: of the recipe.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        makers: Mapping[str, tuple[Sequence[str], Callable[..., nn.Module]]],
        seed: int = 0,
    ) -> None:
        self.spec, self.prior, self.makers, self.seed = spec, prior, makers, seed

    def make(self, player: str, *, copy: int = 0, **given: Any) -> nn.Module:
        """A fresh network of ``[players.<player>]``; copies differ in their seed only."""
        names, make = self.makers[player]
        known = {"spec": self.spec, "prior": self.prior, "source": getattr(self.spec, "source", None)} | given
        stream = ("initialise", player, copy) if copy else ("initialise", player)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed_of(self.seed, *stream))
            return make(*(known[name] for name in names))

    @classmethod
    def fixed(
        cls, modules: Mapping[str, nn.Module | Sequence[nn.Module]], spec: Any = None, prior: Any = None
    ) -> Networks:
        """Networks that exist already, whatever they are asked to be given; a list holds the copies."""
        return _Fixed(spec, prior, modules)


class _Fixed(Networks):
    def __init__(self, spec: Any, prior: Any, modules: Mapping[str, Any]) -> None:
        super().__init__(spec, prior, {})
        self.modules = modules

    def make(self, player: str, *, copy: int = 0, **given: Any) -> nn.Module:
        found = self.modules[player]
        return found if isinstance(found, nn.Module) else found[copy]
