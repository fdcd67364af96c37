"""What a run of walks is watched by (steps that no edge allows, a graph learnt by heart), noted for the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from gansuite.engine.observer import Observer
from gansuite.engine.rng import Rng, seed_of
from gansuite.folders import write_text

from ..csr import Csr
from ..metrics.graph_numbers import graph_numbers
from ..spec import WalkSpec
from .assembly import Transitions, assembled, stepped

if TYPE_CHECKING:
    from gansuite.runs import Run

FILE = "network.json"
STEPS = (20_000, 10, 200_000)
"""Steps looked at: ten for each edge, within these bounds."""
OFF_EDGES = 0.5
"""Share of steps over pairs without an edge, above which walks are not of this graph."""
LEARNT = 0.95
"""Share of edges in common, above which the graph is a copy."""
DRAWN = 200
"""Nodes up to which the report draws the graph."""


class Watch(Observer):
    """At each set of samples: a graph is put together from fresh walks and held against the real one.

    It is noted in ``network.json``, with alarms where more than half of the steps follow no edge, or where 95 % of the
    edges learnt from are in the graph and hardly an edge besides.
    """

    def sampled(self, run: Run, step: int, samples: Any, folder: Path) -> None:
        spec, graph = run.dataset.spec, run.dataset.graph.to("cpu")
        low, each, high = STEPS
        walks = -(-min(max(low, each * graph.edges), high) // (spec.length - 1))
        seed = seed_of(run.recipe.seed, "network")
        steps = stepped(lambda n, first: run.sample(n, seed_of(seed, first), chunk=n), walks, spec.nodes, 1024)
        edges = assembled(steps, spec.edges, Rng(seed, "assembly"))
        found = account(graph, steps, Csr.of_edges(edges, spec.nodes))
        run.write_terms({f"walks/{name}": found[name] for name in ("on-edges", "overlap")})
        pictures = {}
        if spec.nodes <= DRAWN:
            pictures = {"drawn": {"real": graph.edge_index().T.tolist(), "generated": edges.T.tolist()}}
        write_text(run.folder / FILE, json.dumps({"step": step, "walks": walks} | found | pictures) + "\n")


def account(graph: Csr, steps: Transitions, made: Csr) -> dict[str, Any]:
    """Shares, statistics, degrees and alarms of a graph put together from walks, beside the real one."""
    real = graph.edge_index()
    on = int(steps.over(real).sum()) / max(steps.steps, 1)
    overlap = float((Transitions.of(made.edge_index().T, graph.nodes).over(real) > 0).double().mean())
    alarms = []
    if on < 1 - OFF_EDGES:
        alarms.append(f"{1 - on:.0%} of the steps follow no edge of the graph: the walks are not of it (yet).")
    if overlap > LEARNT:
        alarms.append(f"{overlap:.0%} of the edges learnt from stand in the graph put together: it is learnt by heart.")
    both = {"real": graph, "generated": made}
    return {
        "on-edges": on,
        "overlap": overlap,
        "nodes": graph.nodes,
        "edges": {name: each.edges for name, each in both.items()},
        "statistics": {name: graph_numbers(each) for name, each in both.items()},
        "degrees": {name: torch.bincount(each.degrees).tolist() for name, each in both.items()},
        "alarms": alarms,
    }


def observers(run: Any) -> list[Observer]:
    """What follows a run of walks of one graph; nothing for other domains."""
    walks = isinstance(run.dataset.spec, WalkSpec) and isinstance(getattr(run.dataset, "graph", None), Csr)
    return [Watch()] if walks else []
