"""From a table of the recipe to a component's constructor: the signature is the schema.

The keyword-only parameters of a constructor are its options. Their annotations become a strict pydantic model,
so the recipe, the JSON Schema, ``gansuite describe`` and the error messages come from one place.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from gansuite.errors import UserError
from gansuite.plugins.component import KINDS, Ref
from gansuite.plugins.wording import did_you_mean, one_line, place_of, show

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from gansuite.plugins.registry import Entry, Registry


@dataclass(frozen=True)
class Bound:
    """A component with validated options, which the run completes with what it alone knows.

    ``options`` are what the constructor receives, with a ``Bound`` for each component among them; ``table`` is the
    same as plain TOML values with every default spelt out.
    """

    entry: Entry
    place: str = field(compare=False)
    options: Mapping[str, Any] = field(compare=False)
    table: Mapping[str, Any]

    def make(self, *given: Any) -> Any:
        """Build the component; components among its options are built first.

        Raises:
            UserError: the constructor refuses a combination of options by ValueError.
        """
        target = self.entry.load()
        options = {name: _made(value) for name, value in self.options.items()}
        try:
            return target(*given, **options)
        except ValueError as error:
            raise UserError(f"{self.place}: {one_line(error)}") from error

    def as_table(self) -> dict[str, Any]:
        """The table of the resolved recipe."""
        return dict(self.table)

    def walk(self) -> Iterator[Bound]:
        """This component and all among its options."""
        yield self
        for value in self.options.values():
            yield from _nested(value)


def _made(value: Any) -> Any:
    if isinstance(value, Bound):
        # A kind whose constructor waits for the run (an optimiser for its parameters) is handed on unbuilt.
        return value if KINDS[value.entry.component.kind].given else value.make()
    if isinstance(value, list | tuple):
        return type(value)(_made(item) for item in value)
    if isinstance(value, dict):
        return {name: _made(item) for name, item in value.items()}
    return value


def _nested(value: Any) -> Iterator[Bound]:
    if isinstance(value, Bound):
        yield from value.walk()
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _nested(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _nested(item)


def bind(
    registry: Registry,
    kind: str,
    table: Any,
    place: str,
    plugin: str | None,
    *,
    home: str | None = None,
    also: Iterable[str] = (),
) -> Bound:
    """Find the component a table names and validate its options.

    Args:
        registry: where components are found.
        kind: the kind that is expected at this place.
        table: a name, or a mapping with ``name`` and options.
        place: where the table stands in the recipe, as messages name it.
        plugin: the recipe's plugin, in which bare names are looked for besides the core; None: all plugins.
        home: the plugin in which they are looked for instead, where the name is a component's own default.
        also: keys that the caller has taken out of the table, as guesses for a mistyped one.

    Raises:
        UserError: with the place, for whatever is wrong with the table.
    """
    if isinstance(table, str):
        table = {"name": table}
    if not isinstance(table, Mapping):
        raise UserError(f"{place} = {show(table)}: name a {kind}, or write a table with its name")
    if "name" not in table:
        raise UserError(f"{place} names no {kind}: add name = \"...\"")
    name = table["name"]
    if not isinstance(name, str):
        raise UserError(f"{place_of(place, ['name'])} = {show(name)}: the name of a {kind} is a string")
    entry = registry.find(kind, name, home or plugin, f"{place_of(place, ['name'])} = {show(name)}")
    try:
        model = options_model(entry.load())
    except TypeError as error:
        raise UserError(f"{place}: {entry} of {entry.distribution} {entry.version}: {one_line(error)}") from error
    given = {key: value for key, value in table.items() if key != "name"}
    valid = validate(model, given, place, also=also)
    address = entry.component.name if entry.plugin in ("core", plugin) else entry.address
    options: dict[str, Any] = {}
    plain: dict[str, Any] = {"name": address}
    dumped = json.loads(valid.model_dump_json())
    for key, annotation in annotations(entry.load()).items():
        value = getattr(valid, key)
        if value is None:
            options[key] = None
            continue

        def nested(
            ref: Ref, value: Any, path: list[str | int], scope: str | None = None if key in given else entry.plugin
        ) -> Bound:
            return bind(registry, ref.kind, value, place_of(place, path), plugin, home=scope)

        options[key], plain[key] = _resolve(annotation, value, dumped[key], [key], nested)
    return Bound(entry, place, options, plain)


def _resolve(
    annotation: Any, value: Any, dumped: Any, path: list[str | int], nested: Callable[..., Bound]
) -> tuple[Any, Any]:
    """An option's value and its plain form, with a Bound wherever the annotation says Ref."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for mark in args[1:]:
            if isinstance(mark, Ref):
                bound = nested(mark, value, path)
                return bound, bound.as_table()
        return _resolve(args[0], value, dumped, path, nested)
    if not refers(annotation):
        return value, dumped
    if isinstance(value, list | tuple):
        inner = args[0]
        pairs = [_resolve(inner, v, d, [*path, i], nested) for i, (v, d) in enumerate(zip(value, dumped, strict=True))]
        return type(value)(built for built, _ in pairs), [plain for _, plain in pairs]
    if isinstance(value, dict) and origin in (dict, Mapping):
        items = {k: _resolve(args[1], v, dumped[k], [*path, k], nested) for k, v in value.items()}
        return {k: built for k, (built, _) in items.items()}, {k: plain for k, (_, plain) in items.items()}
    return _resolve(next(arg for arg in args if refers(arg)), value, dumped, path, nested)


def refers(annotation: Any) -> bool:
    """Whether a component is named anywhere in a type."""
    return isinstance(annotation, Ref) or any(refers(arg) for arg in get_args(annotation))


def annotations(target: Any) -> dict[str, Any]:
    """Option name to type of a constructor's keyword-only parameters.

    Annotations are evaluated one by one in the namespace of the module, so that types which are imported for
    type checkers only do no harm before the star.

    Raises:
        TypeError: an option has no type, or one that cannot be found, or there is a ``**`` parameter.
    """
    function = inspect.unwrap(target.__init__ if inspect.isclass(target) else target)
    namespace = getattr(function, "__globals__", None) or vars(sys.modules[target.__module__])
    found: dict[str, Any] = {}
    if inspect.isclass(target) and function is object.__init__:
        return found
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            raise TypeError(f"**{name} hides the options: name each one after the *")
        if parameter.kind is not parameter.KEYWORD_ONLY:
            continue
        annotation = parameter.annotation
        if annotation is parameter.empty:
            raise TypeError(f"the option {name!r} has no type")
        if isinstance(annotation, str):
            try:
                annotation = eval(annotation, dict(namespace))
            except Exception as error:
                raise TypeError(f"the type of the option {name!r} cannot be evaluated: {one_line(error)}") from error
        found[name] = annotation
    return found


def positional(target: Any) -> list[inspect.Parameter]:
    """The parameters before the star, which the run gives."""
    function = inspect.unwrap(target.__init__ if inspect.isclass(target) else target)
    parameters = list(inspect.signature(function).parameters.values())
    if inspect.isclass(target):
        parameters = [] if function is object.__init__ else parameters[1:]
    return [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)]


@cache
def options_model(target: Any) -> type[BaseModel]:
    """The strict pydantic model of a constructor's options.

    Raises:
        TypeError: the author of the component must mend its signature.
    """
    from pydantic import ConfigDict, create_model
    from pydantic.errors import PydanticUserError

    function = inspect.unwrap(target.__init__ if inspect.isclass(target) else target)
    fields: dict[str, Any] = {}
    for name, annotation in annotations(target).items():
        default = inspect.signature(function).parameters[name].default
        fields[name] = (_loosened(annotation), ... if default is inspect.Parameter.empty else default)
    # protected_namespaces: an option may be called model_dim.
    config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, protected_namespaces=(), frozen=True)
    try:
        return create_model(getattr(target, "__name__", "Options"), __config__=config, **fields)
    except (PydanticUserError, NameError) as error:
        raise TypeError(f"its options make no schema: {one_line(error)}") from error


def _loosened(annotation: Any) -> Any:
    """The annotation with a name or a table wherever it says Ref; what is in the table is validated by ``bind``."""
    from pydantic import WithJsonSchema

    if not refers(annotation):
        return annotation
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for mark in args[1:]:
            if isinstance(mark, Ref):
                return Annotated[str | dict[str, Any], WithJsonSchema({"x-gansuite-kind": mark.kind})]
        return Annotated[(_loosened(args[0]), *args[1:])]
    inner = tuple(_loosened(arg) for arg in args)
    if hasattr(annotation, "copy_with"):
        return annotation.copy_with(inner)
    return origin[inner] if isinstance(origin, type) and origin.__name__ != "UnionType" else _union(inner)


def _union(types: tuple[Any, ...]) -> Any:
    union = types[0]
    for other in types[1:]:
        union = union | other
    return union


def validate[Model: BaseModel](model: type[Model], table: Mapping[str, Any], place: str, also: Iterable[str] = ()) -> Model:
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
        return model.model_validate_json(text)
    except ValidationError as error:
        raise UserError(mistake(error, model, table, place, also)) from None


def mistake(error: ValidationError, model: type[BaseModel], table: Mapping[str, Any], place: str, also: Iterable[str]) -> str:
    """The first mistake of a table in one line; an unknown option comes before a missing one it may stand for."""
    errors = error.errors(include_url=False, include_context=False)
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    path, value = _path(first["loc"], table)
    if first["type"] == "extra_forbidden":
        parent, known = path[:-1], [*model.model_fields, *also]
        where = place_of(place, parent)
        words = known if not parent else ()
        return f"{where} has no option {show_key(path[-1])}{did_you_mean(str(path[-1]), words)}"
    if first["type"] == "missing":
        return f"{place_of(place, path)}: the option {show_key(first['loc'][-1])} is required"
    # Branches of a union that fail at the same place are told together.
    same = dict.fromkeys(e["msg"] for e in errors if _path(e["loc"], table)[0] == path)
    guess = did_you_mean(value, _literals(first)) if isinstance(value, str) else ""
    return f"{place_of(place, path)} = {show(value)}: {one_line(' or '.join(same))}{guess}"


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
        if isinstance(value, Mapping) and part in value or isinstance(value, list) and isinstance(part, int):
            path.append(part)
            value = value[part]  # pyright: ignore[reportArgumentType, reportCallIssue]
    return path, value
