"""A classifier of the data set's own classes, as an extractor: its hidden units, or the probabilities that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.data.dataset import Dataset
from gansuite.errors import UserError
from gansuite.extractors.learned import Learned, Parts
from gansuite.extractors.perceptrons import Perceptrons, fit_classifiers
from gansuite.metrics.features import rounds
from gansuite.metrics.statistics.modes import wilson
from gansuite.plugins.component import Ref


class Classifier(Learned):
    """A perceptron of one hidden layer over standardised base features, trained on the labelled training items.

    AdamW within a fixed budget, its end chosen on the valid split; ``summary`` holds the accuracy on the test split
    with Wilson's 95 % interval. It knows this data set's classes and nothing else: numbers taken with it compare with
    those of the same classifier (the same fingerprint), never with those of Inception or of another laboratory's.

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
        settings = {"hidden": hidden, "steps": steps, "items": items, "seed": seed}
        super().__init__(spec, base, settings, output=output)
        self.gives = output
        self.names = tuple(getattr(spec, "labels", ()))

    def train_on(self, dataset: Dataset, parts: Parts, device: torch.device) -> tuple[nn.Module, dict[str, Any]]:
        labelled = {name: known(*part, labels_of(dataset, *part, device)) for name, part in parts.items()}
        y = {name: labels for name, (_, _, labels) in labelled.items()}
        if len(y["train"].unique()) < 2:
            found = "one class only" if len(y["train"]) else "no labels"
            raise UserError(
                f"extractor {self.name}: the training split has {found}; set the data set's labels, or take "
                "the extractor encoder, which needs none"
            )
        for name in ("valid", "test"):
            if not len(y[name]):
                raise UserError(f"extractor {self.name}: no item of the {name} split has a label; give it some")
        x = {name: self.features_of(dataset, (split, index), device) for name, (split, index, _) in labelled.items()}
        classes = max(len(self.names), 1 + max(int(each.max()) for each in y.values()))
        settings = {name: self.settings[name] for name in ("hidden", "steps", "seed")}
        net, steps = fit_classifiers(x["train"], y["train"], classes, held_out=(x["valid"], y["valid"]), **settings)
        right = (net(x["test"])[0].argmax(1) == y["test"]).sum().cpu()
        n = len(y["test"])
        low, high = wilson(right.view(1), n)
        return net, {
            "accuracy": int(right) / n,
            "low": float(low) / n,
            "high": float(high) / n,
            "n": n,
            "held_out": parts["test"][0],
            "classes": classes,
            "trained_on": len(y["train"]),
            "steps": steps,
        }

    def network(self, weights: Mapping[str, Tensor]) -> nn.Module:
        return Perceptrons.of(weights)

    def read(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        return net.hidden(x)[:, 0] if self.gives == "features" else net(x)[0].softmax(1)


def labels_of(dataset: Dataset, split: str, index: Int64[Tensor, " n"], device: torch.device) -> Int64[Tensor, " n"]:
    """The labels of some items, on ``device``; -1 where there are none."""
    found = []
    for positions in rounds(len(index)):
        label = dataset.batch(split, index[positions].to(device), None).get("label")
        found.append(torch.full(positions.shape, -1, device=device) if label is None else label.to(device))
    return torch.cat(found)[: len(index)] if found else torch.empty(0, dtype=torch.int64, device=device)


def known(
    split: str, index: Int64[Tensor, " n"], labels: Int64[Tensor, " n"]
) -> tuple[str, Int64[Tensor, " k"], Int64[Tensor, " k"]]:
    """The items that have a label."""
    there = labels >= 0
    return split, index[there.cpu()], labels[there]
