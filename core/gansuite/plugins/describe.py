"""What a component is and which options it takes, told by its constructor."""

from __future__ import annotations

import inspect
import re
from typing import Any

from gansuite.errors import UserError
from gansuite.plugins.component import KINDS
from gansuite.plugins.entry import Entry
from gansuite.plugins.registry import registry
from gansuite.plugins.resources import recipe_file
from gansuite.plugins.signature import option_types, options_model
from gansuite.plugins.wording import did_you_mean, one_line, show

ARGUMENT = re.compile(r"^(\s*)(\w+)(?: \([^)]*\))?:\s*(.*)$")
SECTION = re.compile(r"\n(?:Args|Raises|Returns|References|Shapes?|Attributes):\s*\n")


def describe(name: str, kind: str | None = None) -> list[dict[str, Any]]:
    """All components that answer to ``wavegan`` or ``audio/wavegan``: a generator and a critic may share a name.

    Returns:
        For each: ``kind name plugin distribution version summary aliases target given duty reference bibtex missing
        remedy documentation options``.
        ``options`` is a list of ``name type required default documentation schema``; a recipe has its ``file`` too.

    Raises:
        UserError: nothing answers to the name.
    """
    entries = registry().named(name, kind)
    if not entries:
        words = {form for entry in registry().entries(kind) for form in (entry.component.name, entry.address)}
        raise UserError(f"there is no {kind or 'component'} {show(name)}{did_you_mean(name, words)}")
    return [describe_entry(entry) for entry in entries]


def describe_entry(entry: Entry) -> dict[str, Any]:
    """One component as a JSON-able object; without options where a package it needs is missing."""
    component = entry.component
    told: dict[str, Any] = {
        "kind": component.kind,
        "name": component.name,
        "plugin": entry.plugin,
        "distribution": entry.distribution,
        "version": entry.version,
        "summary": component.summary,
        "aliases": list(component.aliases),
        "target": component.target,
        "given": list(KINDS[component.kind].given),
        "duty": KINDS[component.kind].duty,
        "reference": component.reference,
        "bibtex": "\n\n".join(entry.reference().values()) or None,
        "missing": list(entry.missing()),
        "remedy": entry.remedy() if entry.missing() else None,
        "documentation": "",
        "options": [],
    }
    if component.kind == "recipe":
        return told | {"file": str(recipe_file(entry))}
    if not entry.missing():
        target = entry.load()
        told |= {"documentation": prose(target), "options": options_of(target)}
    return told


def options_of(target: Any) -> list[dict[str, Any]]:
    """The options of a constructor: name, type in words, default, bounds, and the line of its docstring.

    Raises:
        UserError: the author of the component must mend its signature.
    """
    try:
        schema = options_model(target).model_json_schema()
        names = list(option_types(target))
    except TypeError as error:
        raise UserError(f"{getattr(target, '__name__', target)}: {one_line(error)}") from error
    documented, definitions = arguments(target), schema.get("$defs", {})
    options = []
    for name in names:
        own = {key: value for key, value in schema["properties"][name].items() if key != "title"}
        options.append(
            {
                "name": name,
                "type": words(own, definitions),
                "required": name in schema.get("required", ()),
                "default": own.pop("default", None),
                "documentation": documented.get(name, ""),
                "schema": own,
            }
        )
    return options


def words(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """A JSON Schema in the words of a reader: ``integer > 0``, ``"pad" or "skip"``, ``list of penalty``."""
    if "$ref" in schema:
        return words(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "x-gansuite-kind" in schema:
        return schema["x-gansuite-kind"]
    if "enum" in schema or "const" in schema:
        return " or ".join(show(value) for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " or ".join(words(each, definitions) for each in schema["anyOf"] if each.get("type") != "null")
    if schema.get("type") == "array":
        parts = schema.get("prefixItems")
        if parts:
            return f"[{', '.join(words(part, definitions) for part in parts)}]"
        return f"list of {words(schema.get('items', {}), definitions)}"
    if schema.get("type") == "object":
        return (
            f"table of {words(schema['additionalProperties'], definitions)}"
            if isinstance(schema.get("additionalProperties"), dict)
            else "table"
        )
    signs = {"exclusiveMinimum": ">", "minimum": ">=", "exclusiveMaximum": "<", "maximum": "<="}
    bounds = " and ".join(f"{sign} {schema[key]:g}" for key, sign in signs.items() if key in schema)
    return f"{schema.get('type', 'any value')} {bounds}".strip()


def prose(target: Any) -> str:
    """The docstring up to its sections."""
    return SECTION.split(f"{inspect.getdoc(target) or ''}\n", maxsplit=1)[0].strip()


def arguments(target: Any) -> dict[str, str]:
    """Name to text of the ``Args:`` section in a Google docstring, of the class or its constructor, or above."""
    found: dict[str, str] = {}
    classes = target.__mro__[-2::-1] if inspect.isclass(target) else [target]
    for source in (text for each in classes for text in (each, getattr(each, "__init__", None))):
        lines = (inspect.getdoc(source) or "").splitlines()
        if "Args:" not in lines:
            continue
        current = None
        for line in lines[lines.index("Args:") + 1 :]:
            if line and not line.startswith(" "):
                break
            match = ARGUMENT.match(line)
            if match and len(match[1]) == 4:
                current = match[2]
                found[current] = match[3]
            elif current and line.strip():
                found[current] += " " + line.strip()
    return found
