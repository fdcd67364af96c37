"""From a table of the recipe to a component's constructor: the signature is the schema.

The keyword-only parameters of a constructor are its options. Their annotations become a strict pydantic model,
so the recipe, the JSON Schema, ``gansuite describe`` and the error messages come from one place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from gansuite.errors import UserError
from gansuite.plugins.component import KINDS, Ref
from gansuite.plugins.signature import option_types, options_model, refers
from gansuite.plugins.validation import validate
from gansuite.plugins.wording import a, one_line, place_of, show

if TYPE_CHECKING:
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
            UserError: the constructor refuses its options, by ValueError or UserError; the place is put before.
        """
        try:
            return self.entry.load()(*given, **self.parts())
        except (ValueError, UserError) as error:
            raise UserError(f"{self.place}: {one_line(error)}") from error

    def parts(self) -> dict[str, Any]:
        """The options as the constructor receives them, with the components among them built."""
        return {name: _made(value) for name, value in self.options.items()}

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
    spot = place
    if isinstance(table, str):
        table = {"name": table}
    else:
        spot = place_of(place, ["name"])
    if not isinstance(table, Mapping):
        raise UserError(f"{place} = {show(table)}: name {a(kind)}, or write a table with its name")
    if "name" not in table:
        raise UserError(f'{place} names no {kind}: add name = "..."')
    name = table["name"]
    if not isinstance(name, str):
        raise UserError(f"{spot} = {show(name)}: the name of {a(kind)} is a string")
    entry = registry.find(kind, name, home or plugin, f"{spot} = {show(name)}")
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
    for key, annotation in option_types(entry.load()).items():
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
