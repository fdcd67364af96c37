"""``render``: a run's folder to one HTML file that needs nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from gansuite import __version__
from gansuite.report import evaluation, facts, words
from gansuite.report.curves import estimate_curve, term_curve
from gansuite.report.section_template import environment_of
from gansuite.report.view import Section, View

Panel = Callable[[View], Section]


def render(folder: Path, panels: Sequence[Panel] | None = None) -> Path:
    """Write ``report.html`` into a run's folder and return its path.

    ``panels`` are the domain's own sections; by default those that the run's plugin registers. The page is
    written aside and renamed, so a reader never meets half of it.
    """
    view = View.load(Path(folder))
    notes = list(view.notes)
    sections = [_section(panel, view) for panel in (registered(view, notes) if panels is None else panels)]
    estimates = [
        (name, rows, Markup(estimate_curve(rows)))  # our own SVG: no text of the run is in it
        for name, rows in view.estimates.items()
    ]
    terms = [(name, rows, Markup(term_curve(rows))) for name, rows in view.terms.items()]
    cards = evaluation.cards(view)
    temperatures = curve_section(view, notes)
    template = environment().get_template("report.html")
    page = template.render(
        view=view,
        run=view.run,
        notes=notes,
        headline=facts.headline(view),
        facts=facts.facts(view),
        status=facts.status(view),
        commands=facts.commands(view),
        versions=facts.versions(view),
        sections=sections,
        estimates=estimates,
        terms=terms,
        cards=[(card, [(title, Markup(figure)) for title, figure in card.figures]) for card in cards],
        findings=facts.findings(view),
        temperatures=[(title, Markup(figure)) for title, figure in temperatures],  # drawn here from its numbers
        gansuite=__version__,
    )
    path = view.folder / "report.html"
    aside = path.with_name(f".report.{os.getpid()}.html")
    aside.write_text(page, encoding="utf-8")
    aside.replace(path)
    return path


def curve_section(view: View, notes: list[str]) -> list[tuple[str, str]]:
    """The pictures of quality against diversity, where somebody has asked for them."""
    from gansuite.curves.picture import section

    try:
        return section(view.curve) if view.curve else []
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        notes.append(f"curve.json is not what gansuite writes: {type(error).__name__} {error}.")
        return []


def registered(view: View, notes: list[str]) -> list[Panel]:
    """The panels of the run's plugin with their default options; what cannot be had is told in ``notes``."""
    from gansuite.plugins.registry import registry

    plugin = view.run.get("plugin") or view.recipe.get("plugin")
    panels: list[Panel] = []
    for entry in registry().entries("panel"):
        if entry.plugin != plugin:
            continue
        try:
            panels.append(registry().bind("panel", entry.component.name, "the report", plugin).make())
        except Exception as error:  # a panel that cannot be made must not cost the run its report
            notes.append(f"The panel {plugin}/{entry.component.name} is left out: {error}")
    if plugin and not panels:
        notes.append(f"The plugin {plugin!r} offers no panel here, so no samples are shown.")
    return panels


@lru_cache(1)
def environment() -> Environment:
    """Jinja with everything escaped, and our filters."""
    environment = environment_of("gansuite.report")
    environment.filters |= {
        "number": words.number,
        "interval": words.interval,
        "duration": words.duration,
        "moment": words.moment,
        "short": words.short,
        "size": evaluation.size,
        "toml": toml,
        "anchor": lambda text: "".join(letter if letter.isalnum() else "-" for letter in text.lower()),
    }
    environment.globals |= {  # where 0 and 1 lie on every small scale, in per cent
        name: round(100 * (x - evaluation.LEFT) / (evaluation.RIGHT - evaluation.LEFT), 2)
        for name, x in (("zero", 0), ("one", 1))
    }
    environment.tests["plain"] = lambda value: not any(isinstance(each, (dict, list)) for each in value)
    environment.tests["flat"] = lambda value: not any(isinstance(each, (dict, list)) for each in value.values())
    return environment


def toml(text: str) -> Markup:
    """TOML with its comments, table headers and keys marked up, everything escaped."""
    lines = []
    for line in text.rstrip().splitlines():
        stripped = line.lstrip()
        if stripped.startswith("#"):
            lines.append(Markup("<i>{}</i>").format(line))
        elif stripped.startswith("["):
            lines.append(Markup("<b>{}</b>").format(line))
        elif "=" in line and stripped[:1].isalpha():
            key, value = line.split("=", 1)
            lines.append(Markup("<span>{}</span>={}").format(key, value))
        else:
            lines.append(Markup("{}").format(line))
    return Markup("\n").join(lines)


def _section(panel: Any, view: View) -> Section:
    try:
        return panel(view)
    except Exception as error:  # likewise: the rest of the page is still worth having
        name = type(panel).__name__
        return Section(
            name, Markup("<p class='note'>This section failed: {}: {}</p>").format(type(error).__name__, error)
        )
