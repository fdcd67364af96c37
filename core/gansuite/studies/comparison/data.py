"""A comparison for scripts: what ``--json`` prints and ``table.json`` holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from gansuite.studies.comparison.rows import metrics_of, told
from gansuite.studies.comparison.scores import Scores
from gansuite.studies.comparison.seen import Seen
from gansuite.studies.statistics import LEVEL


def data_of(seen: Seen, seeds: int | None, budget: str) -> dict[str, Any]:
    """Plain values: the rows with every run's own line, its scores, and what was computed across the tasks."""
    names, directions = metrics_of(seen.rows)
    return {
        "seeds": seeds,
        "level": LEVEL,
        "budget": budget or None,
        "metrics": names,
        "directions": directions,
        "rows": [told(row, names) for row in seen.rows],
        "scores": None if seen.scores is None else scored(seen.scores),
        "across": [asdict(each) for each in seen.aggregates],
        "pairs": [asdict(each) | {"told_apart": each.told_apart} for each in seen.pairs],
        "why_not_across": seen.why_not or None,
    }


def scored(scores: Scores) -> dict[str, Any]:
    """The scores by task and method, in the order of the seeds."""
    return {
        "metrics": dict(scores.metrics),
        "runs": [
            {
                "task": task,
                "method": method,
                "seeds": list(scores.seeds[method, task]),
                "scores": scores.values[method, task].tolist(),
                "collapsed": scores.collapsed[method, task].tolist(),
                "errors": [float(each) if np.isfinite(each) else None for each in scores.errors[method, task]],
            }
            for method, task in scores.values
        ],
        "notes": list(scores.notes),
    }
