"""A perceptron of the data set's own classes, as an extractor: its hidden units, or the probabilities that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.extractors.learned_classifier import Labelled, LearnedClassifier
from gansuite.extractors.perceptrons import Perceptrons, fit_classifiers
from gansuite.plugins.component import Ref


class Classifier(LearnedClassifier):
    """A perceptron of one hidden layer over standardised base features, trained on the labelled training items.

    AdamW within a fixed budget; see :class:`LearnedClassifier` for what it knows and what its ``summary`` tells.

    Args:
        spec: the domain.
        base: whose features it sees; none: those of the domain's own extractor.
        output: the hidden units as ``features`` [n, hidden], or the ``probabilities`` [n, classes].
        hidden: units.
        steps: the budget, in batches of 128 items.
        items: most that it is trained on.
        seed: of weights, order and choice of items.
    """

    kind: ClassVar[str] = "classifier"

    def __init__(
        self,
        spec: Any,
        *,
        base: Annotated[Any, Ref("extractor")] | None = None,
        output: Literal["features", "probabilities"] = "features",
        hidden: Annotated[int, Gt(0)] = 64,
        steps: Annotated[int, Gt(0)] = 1000,
        items: Annotated[int, Gt(0)] = 20_000,
        seed: Annotated[int, Ge(0)] = 0,
    ) -> None:
        super().__init__(spec, base, {"hidden": hidden, "steps": steps, "items": items, "seed": seed}, output)

    def fitted(self, train: Labelled, valid: Labelled, classes: int) -> tuple[Perceptrons, int]:
        settings = {name: self.settings[name] for name in ("hidden", "steps", "seed")}
        return fit_classifiers(*train, classes, held_out=valid, **settings)

    def network(self, weights: Mapping[str, Tensor]) -> nn.Module:
        return Perceptrons.of(weights)

    def hidden(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n h"]:
        return net.hidden(x)[:, 0]

    def logits(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        return net(x)[0]
