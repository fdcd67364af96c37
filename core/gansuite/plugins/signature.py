"""A constructor's signature as a strict schema of its options."""

from __future__ import annotations

import inspect
import sys
import warnings
from functools import cache
from types import GenericAlias, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from gansuite.plugins.component import Ref
from gansuite.plugins.wording import one_line

if TYPE_CHECKING:
    from pydantic import BaseModel


def refers(annotation: Any) -> bool:
    """Whether a component is named anywhere in a type."""
    return isinstance(annotation, Ref) or any(refers(arg) for arg in get_args(annotation))


def constructors(target: Any) -> list[Any]:
    """The function that makes a component; where it ends in ``**`` and is a subclass's, those of the classes above too.

    Raises:
        TypeError: nothing above names the options that ``**`` stands for.
    """
    if not inspect.isclass(target):
        functions = [inspect.unwrap(target)]
    else:
        functions = [inspect.unwrap(vars(each)["__init__"]) for each in target.__mro__[:-1] if "__init__" in vars(each)]
    found: list[Any] = []
    name = ""
    for function in functions:
        found.append(function)
        name = next((p.name for p in inspect.signature(function).parameters.values() if p.kind is p.VAR_KEYWORD), "")
        if not name:
            break
    if name:
        raise TypeError(f"**{name} hides the options: name each one after the *")
    return found


def options_of(target: Any) -> dict[str, tuple[inspect.Parameter, dict[str, Any]]]:
    """A constructor's keyword-only parameters, inherited ones last, each with the namespace that it is written in."""
    found: dict[str, tuple[inspect.Parameter, dict[str, Any]]] = {}
    for function in constructors(target):
        namespace = getattr(function, "__globals__", None) or vars(sys.modules[target.__module__])
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.kind is parameter.KEYWORD_ONLY:
                found.setdefault(name, (parameter, namespace))
    return found


def option_types(target: Any) -> dict[str, Any]:
    """Option name to type of a constructor's keyword-only parameters.

    Annotations are evaluated one by one in the namespace of the module, so that types which are imported for
    type checkers only do no harm before the star.

    Raises:
        TypeError: an option has no type, or one that cannot be found, or ``**`` hides the options.
    """
    found: dict[str, Any] = {}
    for name, (parameter, namespace) in options_of(target).items():
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

    parameters, fields = options_of(target), dict[str, Any]()
    for name, annotation in option_types(target).items():
        default = parameters[name][0].default
        fields[name] = (loosened(annotation), ... if default is inspect.Parameter.empty else default)
    # protected_namespaces: an option may be called model_dim.
    config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, protected_namespaces=(), frozen=True)
    try:
        with warnings.catch_warnings(action="error"):  # an option that hides an attribute of the model
            return create_model(getattr(target, "__name__", "Options"), __config__=config, **fields)
    except (PydanticUserError, NameError, UserWarning) as error:
        raise TypeError(f"its options make no schema: {one_line(error)}") from error


def loosened(annotation: Any) -> Any:
    """The annotation with a name or a table wherever it says Ref; what is in the table is validated by ``bind``."""
    from pydantic import WithJsonSchema

    if not refers(annotation):
        return annotation
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for mark in args[1:]:
            if isinstance(mark, Ref):
                return Annotated[str | dict[str, Any], WithJsonSchema({"x-gansuite-kind": mark.kind})]
        return Annotated[(loosened(args[0]), *args[1:])]
    inner = tuple(loosened(arg) for arg in args)
    if origin in (Union, UnionType):
        return Union[inner]  # noqa: UP007 - the members are known at run time only
    return GenericAlias(origin, inner)
