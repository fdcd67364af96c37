"""The model that has learnt its training graphs by heart: the ceiling of every distance, and the floor of novelty."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Int64
from torch import Tensor, nn

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng

from .fitted_graphs import FittedGraphs, drawn, some_of


class Memorizer(FittedGraphs):
    """p(x) = the share of x among the training graphs.

    What it scores is what the metric says of the training set against the split that is judged by; whoever is closer
    fits the sample and not the law. Nothing that it draws is novel. Before it is fitted it remembers noise.

    Args:
        keep: training graphs that are kept, at equal distances where there are more; all find room in a checkpoint.
    """

    kept: Tensor

    def __init__(self, spec: Any, prior: Any, *, keep: Annotated[int, Gt(0)] = 1024) -> None:
        super().__init__(spec, prior)
        noise = (torch.rand(keep, *self.spec.shape, self.alternatives) * self.spec.allowed()).argmax(2)
        noise[:, : self.spec.nodes].clamp_min_(1)
        self.register_buffer("kept", noise)
        self.share = nn.Parameter(torch.full((keep,), 1 / keep), requires_grad=False)

    @torch.no_grad()
    def fit(self, dataset: Dataset) -> None:
        graphs = some_of(dataset, len(self.kept))
        self.kept[: len(graphs)] = graphs
        self.share.zero_()[: len(graphs)] = 1 / len(graphs)

    def drawn(self, n: int, rng: Rng) -> Int64[Tensor, "n c"]:
        return self.spec.tidied(self.kept[drawn(self.share.expand(n, -1), rng)])
