"""Recipes over recipes: ``extends`` and ``--set``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from gansuite.errors import UserError
from gansuite.plugins.wording import one_line, show
from gansuite.recipes.toml import check_values

# Settings of the run that stand in a component's table; they outlive the component that they stood beside.
RUN_KEYS = ("batch_size", "optimizer", "schedule", "moves", "every", "n", "extractor")
WORD = re.compile(r"[^\s\[\]{}\"',][^\n\"]*")


def merge(base: Mapping[str, Any], over: Mapping[str, Any], *, top: bool = True) -> dict[str, Any]:
    """``over`` laid on ``base``, table by table; arrays are replaced as a whole.

    A table that names another component drops the options of the former one.
    """
    merged = dict(base)
    if not top and "name" in base and over.get("name", base["name"]) != base["name"]:
        merged = {key: value for key, value in base.items() if key in RUN_KEYS}
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(old, str) and isinstance(value, Mapping):
            old = {"name": old}  # objective = "hinge" is short for objective = { name = "hinge" }
        merged[key] = merge(old, value, top=False) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def override(tables: Mapping[str, Any], settings: Iterable[str]) -> dict[str, Any]:
    """Tables with ``a.b[0].c=VALUE`` settings applied in their order, names of components first.

    Raises:
        UserError: a setting has no ``=``, its path leads nowhere, or its value is no TOML.
    """
    parsed = [parse_setting(setting) for setting in settings]
    result = dict(tables)
    for path, value, text in sorted(parsed, key=lambda item: item[0][-1] != "name" or len(item[0]) == 1):
        result = _set(result, path, value, text, top=True)
    return result


def parse_setting(setting: str) -> tuple[list[str], Any, str]:
    """Path, value and text of ``a.b[0].c=VALUE``; a word that is no TOML value is a string."""
    text = one_line(f"--set {setting}")
    left, equals, right = setting.partition("=")
    path = re.sub(r"\[(\d+)\]", r".\1", left.strip()).split(".")
    if not equals or not all(re.fullmatch(r"[\w-]+", part) for part in path):
        raise UserError(f"{text}: write it as table.option=VALUE, such as --set train.steps=20")
    right = right.strip()
    try:
        parsed = tomllib.loads(f"value = {right}")
    except (ValueError, RecursionError) as error:
        if not WORD.fullmatch(right):
            raise UserError(f"{text}: the value is no TOML: {one_line(error)}") from None
        parsed = {"value": right}
    if set(parsed) != {"value"}:
        raise UserError(f"{text}: one value for one option")
    check_values(parsed["value"], text)
    return path, parsed["value"], text


def _set(tree: Any, path: list[str], value: Any, text: str, *, top: bool) -> Any:
    head, *rest = path
    if isinstance(tree, list):
        if not head.isdecimal() or int(head) >= len(tree):
            raise UserError(f"{text}: {show(head)} is none of its {len(tree)} entries, which count from 0")
        copy = list(tree)
        copy[int(head)] = _set(tree[int(head)], rest, value, text, top=False) if rest else value
        return copy
    if isinstance(tree, str) and not top:
        tree = {"name": tree}
    if not isinstance(tree, Mapping):
        raise UserError(f"{text}: {show(head)} stands in no table")
    new = _set(tree.get(head, {}), rest, value, text, top=False) if rest else value
    if rest or isinstance(new, Mapping):
        return {**tree, head: new}
    return merge(tree, {head: new}, top=top)
