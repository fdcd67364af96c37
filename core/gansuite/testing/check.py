"""Whether a plugin keeps its promises: what a run would stumble over, found beforehand."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType
from typing import Any

from gansuite.errors import UserError
from gansuite.plugins.component import KINDS
from gansuite.plugins.entry import Entry
from gansuite.plugins.options import bind
from gansuite.plugins.registry import Registry
from gansuite.plugins.resources import recipe_file
from gansuite.plugins.signature import option_types, options_model, positional
from gansuite.plugins.wording import a, one_line
from gansuite.testing.isolation import isolated_plugins

HEAVY = ("torch", "numpy", "pydantic", "rich", "transformers", "librosa", "matplotlib", "scipy", "torchaudio")
# Keys that the run takes out of a component's table before its options are read.
TAKEN = {
    "dataset": ("name", "batch_size"),
    "generator": ("name", "optimizer", "schedule"),
    "critic": ("name", "optimizer", "schedule"),
    "encoder": ("name", "optimizer", "schedule"),
    "dynamics": ("name", "moves"),
    "metric": ("name", "every", "n", "extractor"),
}


def check_plugin(module: ModuleType) -> list[str]:
    """What is wrong with a plugin's module, one line each; empty if nothing is.

    Names and kinds, hooks, targets that can be imported, constructors that keep the star rule, options with types
    and valid defaults, references that are found, and an import that loads nothing heavy (in a fresh process).

    Example:
        ``def test_plugin(): assert check_plugin(gansuite_ecg.plugin) == []``
    """
    problems = import_problems(module.__name__)
    name = module.__name__.partition(".")[0].removeprefix("gansuite_")
    with isolated_plugins(**{name: module}) as registry:
        plugin = registry.plugins[-1]
        if plugin.status != "ok":
            return [*problems, plugin.reason]
        for entry in registry.entries():
            if entry.plugin == plugin.name:
                place = f"{entry.component.kind} {entry.component.name}"
                problems += [f"{place}: {text}" for text in entry_problems(registry, entry)]
    return problems


def import_problems(name: str) -> list[str]:
    """Heavy packages that importing the module loads."""
    code = f"import sys, {name}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        return [f"importing {name} in a fresh process: {one_line(done.stderr.strip().rpartition(chr(10))[2])}"]
    return [f"importing {name} loads {package}: name it in a target only" for package in done.stdout.split()]


def entry_problems(registry: Registry, entry: Entry) -> list[str]:
    """What is wrong with one component; one whose packages are missing cannot be looked into."""
    problems = []
    if entry.component.reference is not None and not entry.reference():
        problems.append(f"the reference {entry.component.reference!r} stands in no references.bib")
    if not entry.component.summary.strip() or "\n" in entry.component.summary:
        problems.append("the summary is not one line")
    if entry.component.kind == "recipe":
        try:
            recipe_file(entry)
        except UserError as error:
            problems.append(one_line(error))
        return problems
    if entry.missing():
        return problems
    try:
        target = entry.load()
        options_model(target)
        problems += star_problems(entry, target)
        problems += default_problems(registry, entry, target)
    except (UserError, TypeError, ValueError) as error:
        problems.append(one_line(error))
    return problems


def star_problems(entry: Entry, target: Any) -> list[str]:
    """Positional parameters other than the run gives, and options whose names the run takes for itself."""
    kind = entry.component.kind
    given, parameters = KINDS[kind].given, positional(target)
    required = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
    problems = []
    taken = len(given) if any(p.kind is p.VAR_POSITIONAL for p in parameters) else len(parameters)
    if not len(required) <= len(given) <= taken:
        names = ", ".join(p.name for p in parameters)
        problems.append(f"{a(kind)} is given ({', '.join(given)}) before the *, not ({names})")
    for name in option_types(target):
        if name in TAKEN.get(kind, ("name",)):
            problems.append(f"the option {name!r} is a key of the run's own in the table of {a(kind)}")
    return problems


def default_problems(registry: Registry, entry: Entry, target: Any) -> list[str]:
    """Defaults that the recipe could not have given."""
    model = options_model(target)
    if any(field.is_required() for field in model.model_fields.values()):
        return []  # bound with its required options, defaults are checked by whoever uses them
    first = bind(registry, entry.component.kind, entry.address, f"the defaults of {entry.address}:", None)
    bind(registry, entry.component.kind, first.as_table() | {"name": entry.address}, "its defaults:", None)
    return []
