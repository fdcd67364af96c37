"""What convolutional classifiers of a domain share: how they are trained, and what they give."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from gansuite.engine.rng import Rng, seed_of
from gansuite.extractors.learned_classifier import Labelled, LearnedClassifier
from gansuite.extractors.picture_network import PictureNetwork
from gansuite.extractors.training import PATIENCE, descend

ROWS = 256  # that go through the network at once outside of training


class PictureClassifier(LearnedClassifier):
    """A :class:`PictureNetwork` trained on varied pictures of the labelled items, its end chosen by the valid split.

    The base gives pictures as rows [n, channels · rows · columns]. Settings are ``steps``, ``items``, ``seed``, and
    what ``made`` reads.

    Class attributes:
        patience: looks at the valid split without a better one, every 20 steps, after which training ends.
    """

    patience: ClassVar[int] = PATIENCE

    @abstractmethod
    def made(self, classes: int) -> PictureNetwork:
        """A network with weights of its own seed."""

    @abstractmethod
    def varied(self, x: Float[Tensor, "n c rows columns"], rng: Rng) -> Float[Tensor, "n c rows columns"]:
        """Standardised pictures changed in ways that their class survives; ``rng`` draws on the host."""

    def fitted(self, train: Labelled, valid: Labelled, classes: int) -> tuple[nn.Module, int]:
        (x, y), (held, truth), seed = train, valid, self.settings["seed"]
        net, order = self.made(classes).to(x.device), seed_of(seed, "order")
        net.measure(x)
        rng = Rng(seed, self.kind, "masks")  # on the host: the same on every device

        def cost(rows: Tensor) -> Float[Tensor, ""]:
            rows = rows.to(x.device)
            return cross_entropy(net.judged(self.varied(net.pictures(x[rows]), rng)), y[rows])

        def look() -> float:
            return float(cross_entropy(self.logits(net, held), truth))

        parameters = list(net.parameters())
        budget = self.settings["steps"]
        steps = descend(parameters, cost, len(x), steps=budget, seed=order, held_out=look, patience=self.patience)
        return net.requires_grad_(False), steps

    def network(self, weights: Mapping[str, Tensor]) -> nn.Module:
        net = self.made(len(weights["last.weight"]))
        net.load_state_dict(dict(weights))
        return net.requires_grad_(False)

    def hidden(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n h"]:
        return torch.cat([net.units(net.pictures(rows)) for rows in x.split(ROWS)])

    def logits(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        return net.last(self.hidden(net, x))

    def table(self) -> dict[str, Any]:
        return {"name": f"{self.plugin}/{self.kind}", **self.settings, **self.output}


def stripe(place: Tensor, first: Tensor, width: int) -> Tensor:
    """Which places [p] lie in the stripe of each row, from ``first`` [n, 1] on: [n, p]."""
    return (place >= first) & (place < first + width)
