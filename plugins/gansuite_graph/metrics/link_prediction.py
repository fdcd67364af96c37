"""How well a model of walks tells edges that were held out from pairs that are no edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import torch
from annotated_types import Ge
from jaxtyping import Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate, Interval
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.points import LEVEL, as_estimate
from gansuite.metrics.subject import Subject

from ..csr import Csr
from ..data.one_graph import matrix
from .assembling import OfNetwork, walker
from .ranking import Ranking, bootstrapped


class LinkPrediction(OfNetwork):
    """ROC AUC and average precision of held-out edges against as many pairs without one: parts ``auc`` and ``ap``.

    The score of a pair is how often the model's walks step over it, in either direction, or what the game's
    ``link_scores(pairs)`` says. Chance has 0.5, and nothing real says how much can be had: the value is not
    normalised. The interval is the percentile bootstrap over edges and over pairs. ``extras`` has what needs no
    model: the number of common neighbours, and the product of the degrees.

    Args:
        transitions: steps of walks.
        scores: ``transitions``, ``model`` for the game's own scores, or ``auto``: those if it has any.
        resamples: of the bootstrap.
        chunk: walks drawn at a time.

    Source: Bojchevski et al., NetGAN (2018), section 4.3; Liben-Nowell & Kleinberg (2007) for what needs no model.
    """

    name = "link-prediction"
    direction = "max"
    meaning = "How well the model tells edges that it never saw from pairs that are none; 0.5 is chance."

    def __init__(
        self,
        *,
        transitions: Annotated[int, Ge(1)] = 500_000,
        scores: Literal["auto", "transitions", "model"] = "auto",
        resamples: Annotated[int, Ge(100)] = 1000,
        chunk: Annotated[int, Ge(1)] = 2048,
    ) -> None:
        self.transitions, self.scores, self.resamples, self.chunk = transitions, scores, resamples, chunk

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """Both estimates.

        Raises:
            MetricError: no edge is held out for the split, or the game has no scores that were asked for.
        """
        graph = walker(subject).graph
        edges, others = subject.dataset.held_out(subject.split)  # pyright: ignore[reportAttributeAccessIssue]
        if not edges.shape[1]:
            raise MetricError(f"{self.name}: no edge is held out for {subject.split}; see held_out of the data set")
        pairs, m = torch.cat([edges, others], 1), edges.shape[1]
        own, how = self.scored(subject, pairs)
        ranking = Ranking(own[:m], own[m:])
        draws = bootstrapped(ranking, self.resamples, seed)
        before = None
        if untrained is not None:
            fresh = self.scored(untrained, pairs)[0]
            before = Ranking(fresh[:m], fresh[m:]).values
        plain = {name: each.values for name, each in baselines(graph.to("cpu"), pairs.cpu()).items()}
        found = []
        for i, part in enumerate(("auc", "ap")):
            each = as_estimate(
                self,
                interval(ranking.values[i], draws[:, i]),
                part,
                m,
                method="percentile bootstrap over pairs",
                seed=seed,
                untrained=None if before is None else before[i],
                ideal=1.0,
                extras={"scores": how, "split": subject.split, "pairs": 2 * m}
                | {name: values[i] for name, values in plain.items()},
            )
            found.append(each)
        return found

    def scored(self, subject: Subject, pairs: Int64[Tensor, "2 k"]) -> tuple[np.ndarray, str]:
        """The score of each pair, and what it is."""
        own: Any = getattr(subject.game, "link_scores", None)
        if self.scores == "model" and own is None:
            raise MetricError(f"{self.name}: the game {type(subject.game).__name__} scores no pairs; take transitions")
        if own is not None and self.scores != "transitions":
            with torch.no_grad():
                return own(pairs).double().cpu().numpy(), "of the model"
        counts = self.drawn(subject).over(pairs.cpu())
        return counts.double().numpy(), f"{self.transitions} transitions"


def baselines(graph: Csr, pairs: Int64[Tensor, "2 k"]) -> dict[str, Ranking]:
    """Rankings that the training graph gives by itself; the first half of the pairs are edges."""
    a = matrix(graph)
    u, v = pairs.numpy()
    common = np.asarray(a[u].multiply(a[v]).sum(1), dtype=np.float64).ravel()
    d, m = graph.degrees.double().numpy(), pairs.shape[1] // 2
    scores = {"common neighbours": common, "product of degrees": d[u] * d[v]}
    return {name: Ranking(each[:m], each[m:]) for name, each in scores.items()}


def interval(value: float, draws: np.ndarray) -> Interval:
    """A value with the percentiles of its resamples."""
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, min(float(low), value), max(float(high), value))
