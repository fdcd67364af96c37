"""How well a classifier of an unlabelled domain names held-out samples, beside one that never saw that domain."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.errors import UserError
from gansuite.extractors.perceptrons import HIDDEN, STEPS, fit_classifiers
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.features import rounds
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.points import as_estimate, ratio, share, student
from gansuite.metrics.subject import Subject

MOST = 10_000  # sources that the plain classifier is trained on


class AdaptedAccuracy:
    """Share of held-out samples y of the unlabelled domain whose class the game's classifier names.

        1/n Σ_i [argmax_k T(k | y_i) = k_i]

    ``extras``: ``source_only``, the same of a perceptron of one hidden layer that was trained on the labelled sources
    alone, with its interval, and ``gain``, the difference sample by sample, with Student's. Without a gain the
    translator has taught nothing; below the sources' own accuracy the way from one domain to the other has cost some.

    Args:
        hidden: units of that perceptron.
        steps: most that it takes, in batches of 128 rows.

    Source: Bousmalis et al. 2017, tables 1 and 2: "source-only" beside the adapted classifier.
    """

    name = "adapted-accuracy"
    needs = "model"
    direction = "max"
    meaning = "Share of held-out samples of the unlabelled domain that the classifier names rightly."

    def __init__(self, *, hidden: Annotated[int, Gt(0)] = HIDDEN, steps: Annotated[int, Gt(0)] = STEPS) -> None:
        self.hidden, self.steps = hidden, steps

    def check(self, game: Any) -> None:
        """Refuse a game without a classifier of the unlabelled domain, before it is trained."""
        if game is not None and not hasattr(game, "classify"):
            raise UserError(f"metric {self.name}: the game {type(game).__name__} adapts no classifier; leave it out")

    @torch.no_grad()
    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Estimate:
        """The share with Wilson's interval.

        Raises:
            MetricError: no held-out sample has a label.
        """
        self.check(subject.game)
        x, label = held_out(subject)
        hits = numbers(predicted(subject, x) == label)
        former = None if untrained is None else numbers(predicted(untrained, x) == label)
        plain = numbers(self.source_only(subject, x, seed) == label)
        alone, gain = share(int(plain.sum()), len(plain)), student(hits - plain)
        return as_estimate(
            self,
            share(int(hits.sum()), len(hits)),
            "",
            len(hits),
            method="share; Wilson score",
            seed=seed,
            untrained=None if former is None else float(former.mean()),
            normalised=None if former is None else ratio(hits, former, 1.0),
            extras={
                "source_only": alone.value,
                "source_only_interval": [alone.low, alone.high],
                "gain": gain.value,
                "gain_interval": [gain.low, gain.high],
            },
        )

    def source_only(self, subject: Subject, x: Float[Tensor, "n d"], seed: int) -> Int64[Tensor, " n"]:
        """What a perceptron says of the samples that knows the labelled sources and nothing else."""
        dataset = subject.dataset
        index = torch.arange(min(dataset.count("train"), MOST), device=subject.device)
        batch = dataset.batch("train", index, None)
        with torch.enable_grad():
            classifier, _ = fit_classifiers(
                batch["source"].flatten(1),
                batch["source_label"],
                len(dataset.spec.source.labels),
                hidden=self.hidden,
                steps=self.steps,
                seed=seed,
            )
        return classifier(x.flatten(1))[0].argmax(1)


def held_out(subject: Subject) -> tuple[Tensor, Int64[Tensor, " n"]]:
    """Held-out samples that have a label, and these.

    Raises:
        MetricError: none has one.
    """
    index = subject.items(subject.n, subject.split).to(subject.device)
    batch = subject.dataset.batch(subject.split, index, None)
    known = batch["label"] >= 0 if "label" in batch else torch.zeros(len(index), dtype=torch.bool)
    if int(known.sum()) < 2:
        raise MetricError("adapted-accuracy: no held-out sample has a label to compare with; leave it out")
    return batch["data"][known], batch["label"][known]


def predicted(subject: Subject, x: Tensor) -> Int64[Tensor, " n"]:
    """The class that the game's classifier finds most probable for each sample."""
    game: Any = subject.game
    parts = [game.classify(x[rows.to(x.device)], subject.rng("classify", int(rows[0]))) for rows in rounds(len(x))]
    return torch.cat(parts)[: len(x)].argmax(1)


def numbers(hits: Tensor) -> np.ndarray:
    return hits.double().cpu().numpy()
