"""The JSON Schema of a recipe, for editors: every table, and the options of every installed component.

Draft 7, which the common TOML language servers read. Point one at it by the first line of a recipe,
``#:schema gansuite.schema.json``.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from gansuite.errors import UserError
from gansuite.plugins.component import KINDS
from gansuite.plugins.describe import arguments
from gansuite.plugins.entry import Entry
from gansuite.plugins.registry import registry
from gansuite.plugins.signature import options_model
from gansuite.recipes.tables import (
    DataTable,
    DynamicsTable,
    Evaluation,
    Head,
    MetricTable,
    PlayerTable,
    Published,
    Train,
)

DRAFT = "http://json-schema.org/draft-07/schema#"
# Kinds of component that a table beside [players] holds, and the settings of the run in the same table.
NETWORKS = ("generator", "critic", "encoder", "translator")


def schema() -> dict[str, Any]:
    """The schema of a recipe with the components that are installed now."""
    definitions: dict[str, Any] = {}
    for kind in KINDS:
        if kind != "recipe":
            definitions[kind] = choice(kind, definitions, {})
    head = part(Head, definitions)
    optimizer, schedule = {"$ref": "#/$defs/optimizer"}, {"$ref": "#/$defs/schedule"}
    player = {"optimizer": optimizer, "schedule": schedule, **part(PlayerTable, definitions)["properties"]}
    metric = part(MetricTable, definitions)["properties"] | {"extractor": {"$ref": "#/$defs/extractor"}}
    network = {"anyOf": [choice(kind, definitions, player) for kind in NETWORKS]}
    return {
        "$schema": DRAFT,
        "title": "gansuite recipe",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "extends": {"type": "string", "description": "recipe that this one is laid over: a file or a name"},
            **head["properties"],
            "data": choice("dataset", definitions, part(DataTable, definitions)["properties"]),
            "representation": {"$ref": "#/$defs/representation"},
            "prior": {"$ref": "#/$defs/prior"},
            "players": {"type": "object", "additionalProperties": network},
            "game": {"$ref": "#/$defs/game"},
            "dynamics": choice("dynamics", definitions, part(DynamicsTable, definitions)["properties"]),
            "train": part(Train, definitions),
            "evaluation": part(Evaluation, definitions),
            "metrics": {"type": "array", "items": choice("metric", definitions, metric)},
            "writer": {"$ref": "#/$defs/writer"},
            "observers": {"type": "array", "items": {"$ref": "#/$defs/observer"}},
            "published": part(Published, definitions),
        },
        "$defs": definitions,
    }


def choice(kind: str, definitions: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """A name, or a table with the options of one component of a kind and the run's ``settings``."""
    entries = registry().entries(kind)
    names = [name for entry in entries for name in names_of(entry)]
    tables = [table_of(entry, definitions, settings) for entry in entries]
    # In a recipe that extends another, a table may leave the name to the one below it.
    nameless = {"type": "object", "not": {"required": ["name"]}}
    return {"anyOf": [{"type": "string", "enum": sorted(set(names))} if names else False, *tables, nameless]}


def names_of(entry: Entry) -> list[str]:
    """Every way to name a component."""
    return [
        form for name in (entry.component.name, *entry.component.aliases) for form in (name, f"{entry.plugin}/{name}")
    ]


def table_of(entry: Entry, definitions: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """The table of one component; open where its options cannot be known, for want of a package it needs."""
    name = {"enum": names_of(entry), "description": entry.component.summary}
    table: dict[str, Any] = {"type": "object", "title": entry.address, "required": ["name"]}
    try:
        own = part(options_model(entry.load()), definitions)
    except (UserError, TypeError):
        return table | {"properties": {"name": name, **settings}}
    for option, text in arguments(entry.load()).items():
        if option in own["properties"]:
            own["properties"][option]["description"] = text
    table["properties"] = {"name": name, **own["properties"], **settings}
    table["required"] = ["name", *own.get("required", ())]
    return table | {"additionalProperties": False}


def part(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a pydantic model in draft 7, its own definitions moved to the recipe's."""
    own = model.model_json_schema()
    prefix = f"{model.__module__}.{model.__qualname__}."
    for name, definition in own.pop("$defs", {}).items():
        definitions[prefix + name] = draft7(definition, prefix)
    return draft7(own, prefix) | {"properties": draft7(own.get("properties", {}), prefix)}


def draft7(node: Any, prefix: str) -> Any:
    """Arrays of fixed length as draft 7 spells them, references to definitions and to kinds resolved."""
    if isinstance(node, list):
        return [draft7(item, prefix) for item in node]
    if not isinstance(node, dict):
        return node
    if "x-gansuite-kind" in node:
        rest = {key: value for key, value in node.items() if key not in ("x-gansuite-kind", "title")}
        return rest | {"$ref": f"#/$defs/{node['x-gansuite-kind']}"}
    new = {key: draft7(value, prefix) for key, value in node.items() if key != "title" or isinstance(value, dict)}
    if "prefixItems" in new:
        new["items"] = new.pop("prefixItems")
        new["additionalItems"] = False
    if isinstance(new.get("$ref"), str) and new["$ref"].startswith("#/$defs/"):
        new["$ref"] = f"#/$defs/{prefix}{new['$ref'].removeprefix('#/$defs/')}"
    return new
