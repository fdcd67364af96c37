"""The graphs of a run: generated ones beside their nearest training graphs, held-out ones, and alarms."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import torch
from annotated_types import Ge, Gt
from markupsafe import Markup
from torch import Tensor

from gansuite.report import Section, View, template

from ..listing import listings
from ..metrics.isomorphism import classes
from ..spec import GraphSpec
from .pictures import STYLE, counted, legend, picture


class Shown(NamedTuple):
    """One graph on the page; ``copy`` where its nearest training graph is the same."""

    svg: Markup
    size: str
    near: Markup | None = None
    near_size: str = ""
    distance: float | None = None
    copy: bool = False


class SamplesPanel:
    """Generated graphs, the training graph nearest to each by the metric's features, and held-out graphs.

    Args:
        shown: how many generated graphs.
        held_out: how many held-out graphs for comparison.
    """

    def __init__(self, *, shown: Annotated[int, Gt(0)] = 12, held_out: Annotated[int, Ge(0)] = 6) -> None:
        self.shown, self.held_out = shown, held_out

    def __call__(self, view: View) -> Section:
        if "node_types" not in view.spec:  # walks of one graph have a section of their own
            return Section("", "")
        spec = GraphSpec.from_dict(view.spec)
        made = self.generated(view, spec) if "samples" in view.showcase else []
        html = template("gansuite_graph").render(
            made=made,
            real=self.real(view, spec),
            alarms=view.noted("alarms.json"),
            step=view.run.get("step"),
            style=Markup(STYLE),
            legend=Markup(legend(spec.node_types, spec.edge_types)),
        )
        return Section("Samples", html)

    def generated(self, view: View, spec: GraphSpec) -> list[Shown]:
        """Pictures of samples and their neighbours."""
        x = spec.tidied(torch.from_numpy(view.showcase["samples"]))[: self.shown]
        found = drawn(spec, x, "A generated graph")
        if "neighbours" not in view.showcase:
            return found
        near = torch.from_numpy(view.showcase["neighbours"])[: self.shown]
        numbers = classes(spec, torch.cat([x, near])).numbers
        copies = (numbers[: len(x)] == numbers[len(x) :]).tolist()
        distances = [float(each) for each in view.showcase.get("distances", [])] or [None] * len(x)
        rows = zip(found, drawn(spec, near, "The training graph nearest to it"), distances, copies, strict=False)
        return [
            each._replace(near=other.svg, near_size=other.size, distance=distance, copy=copy)
            for each, other, distance, copy in rows
        ]

    def real(self, view: View, spec: GraphSpec) -> list[Shown]:
        """Pictures of held-out graphs."""
        if "real" not in view.showcase:
            return []
        return drawn(spec, torch.from_numpy(view.showcase["real"])[: self.held_out], "A held-out graph")


def drawn(spec: GraphSpec, x: Tensor, words: str) -> list[Shown]:
    """A picture of each graph."""
    types = spec.node_types, spec.edge_types
    return [Shown(Markup(picture(g, *types, words)), counted(len(g.nodes), len(g.edges))) for g in listings(spec, x)]
