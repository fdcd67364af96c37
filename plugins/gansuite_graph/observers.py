"""Alarms that a run of graphs is watched by: collapse, memory, graphs without edges, graphs of one size."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.engine.observer import Observer
from gansuite.engine.rng import seed_of
from gansuite.folders import write_text

from .metrics.isomorphism import among
from .metrics.refinement import hashes
from .spec import GraphSpec

if TYPE_CHECKING:
    from gansuite.runs import Run

LOOKED_AT = 500
SURE = 4.0
"""Standard errors beyond which a share is called different: false alarms are rarer than 1 in 10,000 looks."""
EFFORT = 2_000
"""Of the search for an isomorphism: less than a metric takes, for it is done while the run waits."""
FILE = "alarms.json"


@dataclass(frozen=True)
class Look:
    """Shares of n graphs.

    Args:
        repeated: that are isomorphic to an earlier one.
        copies: that are isomorphic to a training graph; None where that was not asked.
        empty: that have no edge.
        sizes: different numbers of nodes among them.
        n: graphs.
    """

    repeated: float
    copies: float | None
    empty: float
    sizes: int
    n: int

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self)


def look(spec: GraphSpec, x: Int64[Tensor, "n c"], train: tuple[Tensor, Tensor] | None, effort: int = EFFORT) -> Look:
    """The shares of these graphs; ``train`` are the training graphs and their hashes."""
    x = spec.tidied(x)
    graphs, numbers = train or (x[:0], None)
    known, own = among(spec, graphs, x, numbers, effort)
    repeated = 1 - float(own.first().double().mean())
    copies = None if train is None else float(known.double().mean())
    empty = float((x[:, spec.nodes :] == 0).all(1).double().mean())
    sizes = len((x[:, : spec.nodes] != 0).sum(1).unique())
    return Look(repeated, copies, empty, sizes, len(x))


def alarms(made: Look, real: Look) -> list[str]:
    """What is worse than in as many real graphs, in words; nothing where that can be chance."""
    told = []
    for name, words in (
        ("repeated", "repeat an earlier one: the generator has collapsed"),
        ("copies", "stand in the training set: it is repeated by heart"),
        ("empty", "have no edge"),
    ):
        ours, theirs = getattr(made, name), getattr(real, name)
        if ours is None or theirs is None:
            continue
        pooled = (ours * made.n + theirs * real.n + 1) / (made.n + real.n + 2)
        error = math.sqrt(pooled * (1 - pooled) * (1 / made.n + 1 / real.n))
        if ours - theirs > SURE * error:
            told.append(f"{ours:.0%} of {made.n} generated graphs {words}; of {real.n} real ones, {theirs:.1%}.")
    if made.sizes == 1 < real.sizes:
        told.append(f"All {made.n} generated graphs have one number of nodes; real ones have {real.sizes}.")
    return told


class Watch(Observer):
    """At each set of samples: what becomes of 500 graphs, beside as many held-out ones; alarms in a file."""

    def __init__(self) -> None:
        self.train: tuple[Tensor, Tensor] | None = None
        self.real: Look | None = None

    def sampled(self, run: Run, step: int, samples: Any, folder: Path) -> None:
        spec, data = run.dataset.spec, run.dataset
        split = next(s for s in ("test", "valid", "train") if data.count(s))
        n = min(LOOKED_AT, data.count(split))  # repetition depends on n: as many of both
        if self.train is None or self.real is None:
            rows = [self.graphs(run, "train", index) for index in torch.arange(data.count("train")).split(4096)]
            train = torch.cat(rows)
            self.train = train, hashes(spec, train)
            held_out = None if split == "train" else self.train
            self.real = look(spec, self.graphs(run, split, torch.arange(n)), held_out)
        x = run.sample(n, seed_of(run.recipe.seed, "alarms"))
        made = look(spec, x, self.train)
        terms = {"graphs/repeated": made.repeated, "graphs/copies": made.copies or 0.0, "graphs/empty": made.empty}
        run.write_terms(terms)
        found = {
            "step": step,
            "generated": made.as_dict(),
            "real": self.real.as_dict(),
            "alarms": alarms(made, self.real),
        }
        write_text(run.folder / FILE, json.dumps(found, indent=1) + "\n")

    def graphs(self, run: Run, split: str, index: Tensor) -> Int64[Tensor, "n c"]:
        """Real graphs."""
        return run.dataset.batch(split, index.to(run.engine.device), None)["data"]


def observers(run: Any) -> list[Observer]:
    """What follows a run of whole graphs; nothing for other domains."""
    return [Watch()] if isinstance(run.dataset.spec, GraphSpec) else []
