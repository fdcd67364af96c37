"""Tables through strict models, and the one line that tells what is wrong with a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args

from gansuite.errors import UserError
from gansuite.plugins.wording import did_you_mean, one_line, place_of, show

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

Model = TypeVar("Model")  # a pydantic model; its base is not imported here, to stay light


def validate(model: type[Model], table: Mapping[str, Any], place: str, also: Iterable[str] = ()) -> Model:
    """A table as a strict model.

    The way through JSON takes arrays for tuples and strings for paths and enumerations, and nothing else for what
    it is not: ``true`` and ``"32"`` are no integers.

    Raises:
        UserError: one line with the first mistake.
    """
    from pydantic import ValidationError

    try:
        text = json.dumps(table)
    except (TypeError, ValueError, RecursionError) as error:
        raise UserError(f"{place}: {one_line(error)}") from None
    try:
        return cast("type[BaseModel]", model).model_validate_json(text)  # pyright: ignore[reportReturnType]
    except ValidationError as error:
        raise UserError(mistake(error, cast("type[BaseModel]", model), table, place, also)) from None


def mistake(
    error: ValidationError, model: type[BaseModel], table: Mapping[str, Any], place: str, also: Iterable[str]
) -> str:
    """The first mistake of a table in one line; an unknown option comes before a missing one it may stand for."""
    errors = error.errors(include_url=False, include_context=False)
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    path, value = _path(first["loc"], table)
    if first["type"] == "extra_forbidden":
        *parent, key = path
        words = _keys(model, parent) if parent else [*model.model_fields, *also]
        return f"{place_of(place, parent) or 'the recipe'} has no option {show_key(key)}{did_you_mean(str(key), words)}"
    if first["type"] == "missing" and isinstance(first["loc"][-1], int):
        return f"{place_of(place, path)} = {show(value)}: there are too few values"
    if first["type"] == "missing":
        return f"{place_of(place, path) or 'the recipe'} needs the option {show_key(first['loc'][-1])}"
    # Branches of a union that fail at the same place are told together.
    same = dict.fromkeys(e["msg"] for e in errors if _path(e["loc"], table)[0] == path)
    guess = did_you_mean(value, _literals(first)) if isinstance(value, str) else ""
    return f"{place_of(place, path)} = {show(value)}: {one_line(' or '.join(same))}{guess}"


def _keys(model: Any, path: Iterable[str | int]) -> list[str]:
    """The keys of the table that a path leads to from a model."""
    for part in path:
        field = getattr(model, "model_fields", {}).get(part)
        inner = (field.annotation, *get_args(field.annotation)) if field else ()
        model = next((each for each in inner if hasattr(each, "model_fields")), None)
    return list(getattr(model, "model_fields", ()))


def show_key(key: str | int) -> str:
    """A key between quotes."""
    return "'" + show(str(key))[1:-1] + "'"


def _literals(error: Any) -> list[str]:
    if error["type"] != "literal_error":
        return []
    return [part for index, part in enumerate(error["msg"].split("'")) if index % 2]


def _path(location: Iterable[str | int], table: Any) -> tuple[list[str | int], Any]:
    """The part of pydantic's location that exists in the table (the rest names branches of unions), and its value."""
    path, value = [], table
    for part in location:
        if (isinstance(value, Mapping) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            path.append(part)
            value = value[part]  # pyright: ignore[reportArgumentType, reportCallIssue]
    return path, value
