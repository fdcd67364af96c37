"""What the page says about a run, drawn from its ``View``: plain values, no HTML."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from gansuite.report.curves import finite
from gansuite.report.evaluation import parsed
from gansuite.report.view import View
from gansuite.report.words import duration, moment, number


@dataclass(frozen=True)
class Headline:
    """The run's one number: a normalised metric, its interval, and where they lie on the scale from 0 to 1."""

    metric: str
    step: int
    value: float
    low: float
    high: float
    level: float
    words: str
    zero: float
    one: float
    at: float
    start: float
    end: float


def headline(view: View) -> Headline | None:
    """The last normalised estimate of the first metric of the recipe that has one."""
    estimates = view.estimates
    tables = [table for table in view.recipe.get("metrics", ()) if isinstance(table, Mapping)]
    wanted = [str(table.get("name")).rpartition("/")[2] for table in tables]
    for name in [*(name for base in wanted for name in estimates if parsed(name)[0] == base), *estimates]:
        for row in reversed(estimates[name]):
            scaled = row.get("normalised") or {}
            if all(finite(scaled.get(key)) for key in ("value", "low", "high")):
                level = row["level"] if finite(row.get("level")) else 0.95
                value, low, high = (float(scaled[key]) for key in ("value", "low", "high"))
                return _headline(name, row["step"], float(level), value, low, high)
    return None


def _headline(name: str, step: int, level: float, value: float, low: float, high: float) -> Headline:
    # The scale shows 0 and 1 always, and more where the interval reaches further.
    left, right = min(-0.06, low - 0.03), max(1.06, high + 0.03)

    def place(x: float) -> float:
        return round(100 * (x - left) / (right - left), 2)

    return Headline(
        name,
        step,
        value,
        low,
        high,
        level,
        reading(value, low, high),
        place(0.0),
        place(1.0),
        place(value),
        place(low),
        place(high),
    )


def reading(value: float, low: float, high: float) -> str:
    """A normalised value in words that claim no more than its interval allows."""
    if low <= 0 and high >= 1:
        return "Too few samples to tell held-out real data from the untrained generator."
    if low <= 0:
        return "Not told apart from held-out real data with this many samples."
    if low > 1:
        return "Further from the real data than the untrained generator."
    if high >= 1:
        return "Not told apart from the untrained generator with this many samples."
    return f"{100 * (1 - value):.0f} % of the way from the untrained generator to held-out real data."


def status(view: View) -> str:
    """Where the run stands, in one word or two."""
    return str(view.run.get("status") or "unknown state")


def facts(view: View) -> list[tuple[str, str]]:
    """Pairs of a label and a value for the head of the page; what is unknown is left out."""
    run, recipe = view.run, view.recipe
    data, step = recipe.get("data", {}), run.get("step")
    steps = run.get("steps") or recipe.get("train", {}).get("steps")
    parameters = run.get("parameters") or {}
    threads = run.get("threads")
    device = str(run.get("device") or "")
    pairs = [
        ("Data", str(data.get("name") or "")),
        ("Steps", "" if step is None else f"{number(step)} of {number(steps)}"),
        ("Time", duration(run["seconds"]) if finite(run.get("seconds")) else ""),
        ("Device", f"{device}, {threads} thread{'s' * (threads != 1)}" if device and threads else device),
        ("Parameters", "\n".join(f"{name} {number(count)}" for name, count in parameters.items())),
        ("Seed", str(run.get("seed", recipe.get("seed", "")))),
        ("Started", moment(run.get("started")) if run.get("started") else ""),
        ("Finished", moment(run.get("finished")) if run.get("finished") else ""),
    ]
    return [(label, value) for label, value in pairs if value]


TITLES = {
    "collapse": "Mode collapse",
    "duplicates": "Repeated samples",
    "memorisation": "Memorisation",
    "copies": "Copies of training samples",
    "saturated": "Critic saturated",
    "overfit": "Critic overfit",
    "narrow-latent": "Latent too small",
    "not-finite": "Samples not finite",
    "few-samples": "Too few samples",
    "caution": "A metric to be read with care",
    "not-measured": "Not measured",
}


@dataclass(frozen=True)
class Found:
    """A finding of the diagnostics as the page shows it."""

    title: str
    level: str
    words: str
    numbers: str


def findings(view: View) -> list[Found]:
    """What ``diagnostics.json`` holds, warnings first."""
    found = []
    for each in view.findings or ():
        name = str(each.get("name"))
        numbers = each.get("numbers")
        pairs = numbers.items() if isinstance(numbers, Mapping) else ()
        found.append(
            Found(
                TITLES.get(name, name.replace("-", " ").capitalize()),
                "warning" if each.get("level") == "warning" else "note",
                str(each.get("words") or ""),
                ", ".join(f"{key} {number(value)}" for key, value in pairs),
            )
        )
    return sorted(found, key=lambda each: each.level != "warning")


def commands(view: View) -> list[tuple[str, str]]:
    """What to type next, from the folder above ``runs/``: pairs of a purpose and a command."""
    folder = view.folder.resolve()
    # Not the whole path: a report that is passed on should not tell where it was made.
    run = shlex.quote(f"{folder.parent.name}/{folder.name}")
    return [
        ("Go on from the last checkpoint", f"gansuite run --resume {run}"),
        ("Draw more samples", f"gansuite sample {run} -n 16 --seed 1 --out more"),
        ("Measure again", f"gansuite evaluate {run}"),
        ("Cite what was used", f"gansuite cite {run}"),
    ]


def versions(view: View) -> dict[str, str]:
    """Distributions and their versions, gansuite first."""
    found = {str(name): str(version) for name, version in (view.run.get("versions") or {}).items()}
    own = view.run.get("gansuite") or found.get("gansuite")
    return ({"gansuite": str(own)} if own else {}) | found
