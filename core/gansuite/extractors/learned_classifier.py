"""What classifiers of the data set's own classes share as extractors: their items, their test, and what they give."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.data.dataset import Dataset
from gansuite.errors import UserError
from gansuite.extractors.learned import Learned, Parts
from gansuite.metrics.features import rounds
from gansuite.metrics.statistics.modes import wilson

Labelled = tuple[Tensor, Tensor]
"""The base's features of some items, [n, d], and their classes, int64 [n]."""


class LearnedClassifier(Learned):
    """A network trained on the labelled training items: its hidden units, or the probabilities that it gives.

    Its end is chosen on the valid split; ``summary`` holds the accuracy on the test split with Wilson's 95 % interval.
    It knows this data set's classes and nothing else: numbers taken with it compare with those of the same network
    (the same fingerprint), never with those of Inception or of another laboratory's.

    Args:
        spec: the domain.
        base: whose features it sees; None: those of the domain's own extractor.
        settings: options that the weights depend on; ``items`` and ``seed`` among them.
        output: ``features`` [n, hidden], or ``probabilities`` [n, classes].
    """

    def __init__(self, spec: Any, base: Any, settings: Mapping[str, Any], output: str) -> None:
        super().__init__(spec, base, settings, output=output)
        self.gives = output
        self.names = tuple(getattr(spec, "labels", ()))

    @abstractmethod
    def fitted(self, train: Labelled, valid: Labelled, classes: int) -> tuple[nn.Module, int]:
        """The network trained to name one of ``classes``, its end chosen on ``valid``, and the steps it took."""

    @abstractmethod
    def hidden(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n h"]:
        """The units before the last layer."""

    @abstractmethod
    def logits(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        """What the last layer gives."""

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
        net, steps = self.fitted((x["train"], y["train"]), (x["valid"], y["valid"]), classes)
        right = (self.logits(net, x["test"]).argmax(1) == y["test"]).sum().cpu()
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

    def read(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        return self.hidden(net, x) if self.gives == "features" else self.logits(net, x).softmax(1)


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
