"""GAN-train and GAN-test: what generated samples teach a classifier, and what one of real samples makes of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import seed_of
from gansuite.extractors.perceptrons import HIDDEN, STEPS, Perceptrons, fit_classifiers
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import BLOCKS
from gansuite.metrics.metric import MetricError
from gansuite.metrics.statistics.accuracies import halves, leaving_out, score_interval
from gansuite.metrics.two_sample import Features, Known, Part, Side, TwoSample

Labels = Tensor | np.ndarray


def gan_train(
    real: Features,
    real_labels: Labels,
    fake: Features,
    fake_labels: Labels,
    *,
    floor: Features | None = None,
    floor_labels: Labels | None = None,
    untrained: Features | None = None,
    untrained_labels: Labels | None = None,
    hidden: int = HIDDEN,
    steps: int = STEPS,
    seed: int = 0,
) -> Estimate:
    """GAN-train: accuracy on real samples of a classifier that was trained on generated ones.

    Low where the samples of a class are unlike the real ones, or lack their diversity. The classifier is a perceptron
    of one hidden layer on features standardised by its own training rows, AdamW within a fixed budget.

    The interval is Wilson's score with the error of the test rows, of the training rows and of the initial weights:
    the first by the block jackknife, the others from ten further networks, each trained on a random half of the rows
    (whose variance is that of the whole's, by the delete-half jackknife). Those ten also choose when to stop, on the
    halves that they have not seen.

    Args:
        real: features of real samples, [n, d].
        real_labels: their classes, integers [n].
        fake: features of generated samples, [n, d].
        fake_labels: the classes that the generator was asked for, [n].
        floor: features of other real samples, [n, d]: training on them is the baseline, ``Estimate.floor``.
        floor_labels: their classes, [n].
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        untrained_labels: the classes that it was asked for, [n].
        hidden: units of the classifier.
        steps: most that it takes, in batches of 128 rows.
        seed: of weights, halves, order and blocks.

    Raises:
        MetricError: a set without labels or with unknown ones, one class only, unequal or too small n, unequal d,
            features that are not finite, or real ones that are all alike.

    Source: Shmelkov, Schmid & Alahari 2018, section 3; the variance: Shao & Wu, Annals of Statistics 17 (1989).
    """
    labels = {"real": real_labels, "fake": fake_labels, "floor": floor_labels, "untrained": untrained_labels}
    metric = GanTrain(hidden=hidden, steps=steps)
    return metric(real, fake, labels=labels, floor=floor, untrained=untrained, seed=seed)[0]


def gan_test(
    real: Features,
    real_labels: Labels,
    fake: Features,
    fake_labels: Labels,
    *,
    floor: Features | None = None,
    floor_labels: Labels | None = None,
    untrained: Features | None = None,
    untrained_labels: Labels | None = None,
    hidden: int = HIDDEN,
    steps: int = STEPS,
    seed: int = 0,
) -> Estimate:
    """GAN-test: accuracy on generated samples of a classifier that was trained on real ones.

    Best at the floor, the accuracy on other real samples. Below it, samples are unlike the class they were asked for;
    above it, they are easier than real ones: typical cases alone, or copies of ``real``. It cannot see that a class
    lacks diversity. Arguments, classifier, interval and errors as in ``gan_train``.

    Source: Shmelkov, Schmid & Alahari 2018, section 3.
    """
    labels = {"real": real_labels, "fake": fake_labels, "floor": floor_labels, "untrained": untrained_labels}
    metric = GanTest(hidden=hidden, steps=steps)
    return metric(real, fake, labels=labels, floor=floor, untrained=untrained, seed=seed)[0]


class LabelTransfer(TwoSample):
    """Accuracy of a classifier on one set that was trained on another; the label travels as the last feature.

    Args:
        hidden: units of the classifier.
        steps: most that it takes, in batches of 128 rows.
    """

    needs = "labels"
    centre = False
    minimum = 2 * BLOCKS
    method = "Wilson's score; block jackknife of test rows, ten networks on halves of the training rows"

    def __init__(self, *, hidden: Annotated[int, Gt(0)] = HIDDEN, steps: Annotated[int, Gt(0)] = STEPS) -> None:
        self.hidden, self.steps = hidden, steps

    def __call__(
        self,
        real: Features,
        fake: Features,
        *,
        labels: Mapping[str, Labels | None] | None = None,
        floor: Features | None = None,
        untrained: Features | None = None,
        seed: int = 0,
        known: Known | None = None,
    ) -> list[Estimate]:
        given = {"real": real, "fake": fake, "floor": floor, "untrained": untrained}
        sets = {name: self.labelled(name, x, (labels or {}).get(name)) for name, x in given.items() if x is not None}
        if bool((sets["real"][:, :-1] == sets["real"][:1, :-1]).all()):
            raise MetricError(f"{self.name}: the real features are all alike: take another extractor")
        found = super().__call__(sets.pop("real"), sets.pop("fake"), seed=seed, known=known, **sets)
        return [replace(each, **score_interval(each)) for each in found]

    def prepare(
        self, real: Features, floor: Features, seed: int = 0, labels: Mapping[str, Labels | None] | None = None
    ) -> Known:
        """What is kept of real samples; nothing yet where their labels are not given."""
        if not labels:
            return Known()
        rows, others = (self.labelled(name, x, labels.get(name)) for name, x in (("real", real), ("floor", floor)))
        return super().prepare(rows, others, seed)

    def labelled(self, name: str, x: Features, labels: Labels | None) -> Float[Tensor, "n d1"]:
        """Features with the label as one more."""
        if labels is None:
            raise MetricError(f"{self.name}: the {name} samples come without labels: give one for each")
        x = torch.as_tensor(x).detach()
        y = torch.as_tensor(labels, device=x.device)
        if x.dim() != 2 or y.shape != x.shape[:1] or y.is_floating_point():
            shape = f"{list(y.shape)} {str(y.dtype).removeprefix('torch.')}"
            raise MetricError(
                f"{self.name}: {name} labels are {shape}: give an integer for each row of [n, d] features"
            )
        if bool((y < 0).any()):
            raise MetricError(f"{self.name}: some {name} labels are below 0, which means unknown: leave these rows out")
        if len(y.unique()) < 2:
            raise MetricError(f"{self.name}: all {name} labels are {y[:1].tolist()}: a classifier needs two classes")
        return torch.cat([x.double() if x.device.type != "mps" else x, y[:, None].to(x)], 1)

    def trained(self, rows: Float[Tensor, "n d1"], seed: int) -> Side:
        """Eleven networks, on all rows and on ten halves, and the labels that their outputs stand for."""
        x, y = rows[:, :-1], rows[:, -1].long()
        classes, place = y.unique(return_inverse=True)
        net, _ = fit_classifiers(
            x,
            place,
            len(classes),
            seen=halves(len(x), BLOCKS // 2, seed_of(seed, "halves")).to(x.device),
            hidden=self.hidden,
            steps=self.steps,
            seed=seed_of(seed, "classifier"),
        )
        return {"classes": classes, **net.state_dict()}

    def accuracies(self, networks: Side, rows: Float[Tensor, "n d1"], labels: Int64[Tensor, " n"] | None) -> np.ndarray:
        """Accuracy of the first network on all rows and without each block, with the others' spread put in."""
        weights = {name: each.to(rows.device) for name, each in networks.items() if name != "classes"}
        best = Perceptrons.of(weights)(rows[:, :-1]).argmax(2)
        right = (networks["classes"].to(best)[best] == rows[:, -1].long()).double().cpu()
        return leaving_out(right, labels).numpy()[:, None]

    @abstractmethod
    def asked(self, side: Side) -> Int64[Tensor, " n"]:
        """The labels of the real samples."""

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        counts = torch.bincount(self.asked(side))
        return {"classes": int((counts > 0).sum()), "chance": float(counts.max() / counts.sum())}


class GanTrain(LabelTransfer):
    """Accuracy on real samples of a classifier trained on generated ones; see ``gan_train``.

    Args:
        hidden: units of the classifier.
        steps: most that it takes, in batches of 128 rows.
    """

    name = "gan-train"
    direction = "max"
    meaning = "How much of the real classes a classifier learns from generated samples alone."
    parts = (Part(direction="max"),)

    def side(self, real: Float[Tensor, "n d1"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        return {"real": real}

    def table(
        self, side: Side, other: Float[Tensor, "n d1"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        return self.accuracies(self.trained(other, seed), side["real"].to(other), labels)

    def asked(self, side: Side) -> Int64[Tensor, " n"]:
        return side["real"][:, -1].long().cpu()


class GanTest(LabelTransfer):
    """Accuracy on generated samples of a classifier trained on real ones; see ``gan_test``.

    Args:
        hidden: units of the classifier.
        steps: most that it takes, in batches of 128 rows.
    """

    name = "gan-test"
    direction = "target"
    meaning = "How often a classifier of real samples finds in a generated one the class that was asked for."
    parts = (Part(direction="target"),)

    def side(self, real: Float[Tensor, "n d1"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        return {"labels": real[:, -1].long(), **self.trained(real, seed)}

    def table(
        self, side: Side, other: Float[Tensor, "n d1"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        networks = {name: each for name, each in side.items() if name != "labels"}
        return self.accuracies(networks, other, labels)

    def asked(self, side: Side) -> Int64[Tensor, " n"]:
        return side["labels"].cpu()
