"""What all translations share: a source domain beside the data's, and samples of it to show what was learnt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Game
from gansuite.games.networks import Networks
from gansuite.spaces import Space, at_least_fp32

GALLERY = 256


class Translation(Game):
    """A game on batches with a ``source`` beside the ``data``; its samples are translations of held-out sources.

    ``generator`` is the translator from the source domain to the data's.
    """

    sampled: ClassVar[tuple[str, ...]] = ("generator",)
    gallery: Tensor

    def __init__(self, networks: Networks, prior: Any, space: Space, penalties: Sequence[Any]) -> None:
        super().__init__(space, penalties)
        self.prior = prior
        source = getattr(networks.spec, "source", None)
        if source is None:
            raise UserError("[data] has no source domain to translate from; choose a dataset of pairs of domains")
        self.register_buffer("gallery", torch.zeros(GALLERY, *source.shape))

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data",)

    def furnish(self, dataset: Dataset) -> None:
        """Keep held-out sources to translate, so that sampling needs no data."""
        split = next(split for split in ("test", "valid", "train") if dataset.count(split))
        rows = torch.arange(GALLERY, device=self.gallery.device) % dataset.count(split)
        self.gallery.copy_(dataset.batch(split, rows, None)["source"])

    def sources(self, n: int, rng: Rng, condition: Any) -> Tensor:
        """What is translated into ``n`` samples: the given sources, or held-out ones by chance."""
        return self.gallery[rng.integers(0, GALLERY, n)] if condition is None else condition

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        """Translations of ``condition`` (n source samples), or of held-out sources."""
        return self.generator(self.sources(n, rng, condition), None, rng)


def apart(x: Float[Tensor, "n ..."], y: Float[Tensor, "n ..."]) -> Float[Tensor, " n"]:
    """Mean absolute difference of each sample from its counterpart, ‖x - y‖₁ per coordinate."""
    return at_least_fp32(x - y).abs().flatten(1).mean(1)
