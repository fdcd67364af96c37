"""A graph as a drawing, a walk as the row of its nodes."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

import torch
from numpy.typing import NDArray

from gansuite.report import Exhibit, Presenter
from gansuite_graph.listing import listings
from gansuite_graph.panels.pictures import STYLE, counted, legend, picture
from gansuite_graph.spec import GraphSpec, WalkSpec


class GraphPresenter(Presenter):
    """Graphs [n, c], or walks of one graph [n, length]."""

    style: ClassVar[str] = STYLE

    def __init__(self, spec: GraphSpec | WalkSpec) -> None:
        self.spec = spec

    def __call__(self, samples: NDArray[Any]) -> list[Exhibit]:
        if isinstance(self.spec, WalkSpec):
            walks = [" – ".join(str(int(node)) for node in walk) for walk in samples]
            return [Exhibit(f"<p>{escape(walk)}</p>", f"walk of {len(samples[0])} nodes") for walk in walks]
        x = torch.from_numpy(samples)
        graphs = listings(self.spec, self.spec.tidied(x.argmax(2) if x.is_floating_point() else x))
        types = self.spec.node_types, self.spec.edge_types
        return [
            Exhibit(f"{picture(each, *types)}{legend(*types)}", counted(len(each.nodes), len(each.edges)))
            for each in graphs
        ]
