"""What the documentation does not say twice: recipe, components, commands and API, generated from the code.

Five directives: ``gansuite-tables``, ``gansuite-components``, ``gansuite-methods``, ``gansuite-commands`` and
``gansuite-api``. Each is a function that returns Markdown, so that a test can hold it against the registry without
building anything.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

import click
from docutils import nodes
from latex2mathml.converter import convert
from pydantic import BaseModel
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import gansuite
from gansuite.cli.program import COMMANDS
from gansuite.plugins.component import KINDS
from gansuite.plugins.describe import arguments, describe_entry, prose, words
from gansuite.plugins.registry import registry
from gansuite.plugins.wording import show
from gansuite.recipes import tables

TABLES: dict[str, tuple[type[BaseModel], str]] = {
    "above the first table": (tables.Head, ""),
    "`[data]`": (tables.DataTable, "and the name and options of a [dataset](components.md#dataset)"),
    "`[players.NAME]`": (
        tables.PlayerTable,
        "and the name and options of a network, its `optimizer` and its `schedule`",
    ),
    "`[dynamics]`": (tables.DynamicsTable, "and the name and options of [dynamics](components.md#dynamics)"),
    "`[train]`": (tables.Train, ""),
    "`[train] ema`": (tables.Ema, ""),
    "`[evaluation]`": (tables.Evaluation, ""),
    "`[published]`": (tables.Published, ""),
    "`[[metrics]]`": (
        tables.MetricTable,
        "and the name and options of a [metric](components.md#metric), and `extractor`, if it is not the domain's own",
    ),
}


def tables_markdown() -> str:
    """The tables of a recipe that belong to no component."""
    parts = []
    for title, (model, also) in TABLES.items():
        schema = model.model_json_schema()
        rows = []
        for name, own in schema["properties"].items():
            default = "required" if name in schema.get("required", ()) else value(own.get("default"))
            rows.append((f"`{name}`", typed(words(own, schema.get("$defs", {}))), default, own.get("description", "")))
        parts += [f"### {title}", table(("key", "type", "default", "what it is"), rows), f"{also}." if also else ""]
    return "\n\n".join(parts)


def components_markdown() -> str:
    """Every component that gansuite itself offers, by kind, with its options."""
    entries = [entry for entry in registry().entries() if entry.distribution == "gansuite"]
    parts = []
    for kind, found in groupby(entries, lambda entry: entry.component.kind):
        given = ", ".join(f"`{name}`" for name in KINDS[kind].given)
        parts += [f"## {kind}", f"{sentence(KINDS[kind].duty)} {f'The run gives it {given}.' if given else ''}"]
        for entry in found:
            told = describe_entry(entry)
            name = told["name"] if told["plugin"] == "core" else f"{told['plugin']}/{told['name']}"
            cited = f" {{cite:p}}`{told['reference']}`" if told["bibtex"] else ""
            needs = f" Needs `{entry.remedy()}`." if entry.component.requires else ""
            parts += [f"### `{name}`", f"{sentence(told['summary'])}{cited}{needs}"]
            if told["documentation"]:
                parts.append(markdown(told["documentation"]))
            rows = [
                (
                    f"`{option['name']}`",
                    typed(option["type"]),
                    "required" if option["required"] else value(option["default"]),
                    markdown(option["documentation"]),
                )
                for option in told["options"]
            ]
            if rows:
                parts.append(table(("option", "type", "default", "what it is"), rows))
    return "\n\n".join(parts)


METHODS = ("objective", "penalty", "input", "conditioning", "growth", "game", "estimator", "dynamics", "layer")


def methods_markdown() -> str:
    """Every method of the core by kind, each linked to its page."""
    parts = []
    for kind in METHODS:
        parts.append(f"## {kind}\n\n{sentence(KINDS[kind].duty)}")
        found = [entry.component for entry in registry().entries(kind) if entry.plugin == "core"]
        parts.append("\n".join(f"- [`{each.name}`]({each.name}.md): {each.summary}" for each in found))
    return "\n\n".join(parts)


def commands_markdown() -> str:
    """Every command with its arguments and options, from click."""
    parts = []
    for name, summary in COMMANDS.items():
        command: click.Command = importlib.import_module(f"gansuite.cli.{name}").command
        context = click.Context(command, info_name=f"gansuite {name}")
        usage = " ".join(command.collect_usage_pieces(context))
        parts += [
            f"## `gansuite {name}`",
            f"```\ngansuite {name} {usage}\n```",
            inspect.cleandoc(command.help or summary),
        ]
        rows = []
        for parameter in command.get_params(context):
            record = parameter.get_help_record(context)
            if record and record[1] and parameter.name != "help":
                rows.append((f"`{record[0]}`", record[1]))
        parts.append(table(("option", "what it does"), rows))
    return "\n\n".join(parts)


def api_markdown() -> str:
    """What ``import gansuite`` gives."""
    parts = []
    for name in sorted(set(gansuite.__all__) - {"__version__"}):
        function = getattr(gansuite, name)
        parts += [f"## `{name}`", f"```python\n{signature(name, function)}\n```", markdown(prose(function))]
        rows = [(f"`{argument}`", markdown(text)) for argument, text in arguments(function).items()]
        if rows:
            parts.append(table(("argument", "what it is"), rows))
    return "\n\n".join(parts)


def signature(name: str, function: Callable[..., Any]) -> str:
    """How a function is called, one argument a line where there are many."""
    found = inspect.signature(function)
    words = [re.sub(r": '([^']*)'", r": \1", str(parameter)) for parameter in found.parameters.values()]
    first = next((i for i, p in enumerate(found.parameters.values()) if p.kind is p.KEYWORD_ONLY), None)
    if first is not None:
        words.insert(first, "*")
    joined = ", ".join(words)
    inside = joined if len(joined) < 60 else "\n    " + ",\n    ".join(words) + ",\n"
    return f"gansuite.{name}({inside}) -> {found.return_annotation}"


def sentence(text: str) -> str:
    """A summary as a sentence; names keep their capitals."""
    return f"{text[:1].upper()}{text[1:]}."


def typed(text: str) -> str:
    """A type in words, without the upper bounds that only keep numbers sane."""
    return f"`{re.sub(r'(?: and)? <= [0-9.]+e[+][0-9]+', '', text)}`"


def value(default: Any) -> str:
    """A default as TOML."""
    return "" if default is None else f"`{show(default)}`"


def markdown(text: str) -> str:
    """A docstring as Markdown: roles lose their names, double backquotes one of each pair."""
    return re.sub(r"``([^`]+)``", r"`\1`", re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; empty without rows."""
    rows = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) if rows else ""


class Generated(SphinxDirective):
    """Parses what a function returns in the place of the directive."""

    has_content = False
    make: Callable[[], str]

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes(type(self).make(), allow_section_headings=True)


def visit_math(translator: Any, node: nodes.math | nodes.math_block) -> None:
    """A formula as MathML: it needs neither a script nor the network."""
    block = isinstance(node, nodes.math_block)
    translator.body.append(convert(node.astext(), display="block" if block else "inline"))
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    for name in ("tables", "components", "methods", "commands", "api"):
        make = staticmethod(globals()[f"{name}_markdown"])
        app.add_directive(f"gansuite-{name}", type(name.capitalize(), (Generated,), {"make": make}))
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math, None))
    return {"parallel_read_safe": True, "version": gansuite.__version__}
