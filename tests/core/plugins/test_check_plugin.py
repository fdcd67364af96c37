"""The help for plugin authors, on our own plugins and on bad ones."""

from __future__ import annotations

import sys
import types
from typing import Annotated, Any

import pytest
from annotated_types import Gt

import gansuite_audio.plugin
from gansuite.plugins import Component, Ref, hookimpl
from gansuite.plugins.registry import registry
from gansuite.testing import check_plugin, isolated_plugins


def positional(*, size: int = 3) -> None: ...


def reserved(spec: Any, *, optimizer: int = 3) -> None: ...


def untyped(spec: Any, *, size=3) -> None: ...


def default(spec: Any, *, size: Annotated[Any, Ref("objective")] = "no-such-objective") -> None: ...


def fine(spec: Any, *, size: Annotated[int, Gt(0)] = 3) -> None: ...


def module(*components: Component) -> types.ModuleType:
    made = types.ModuleType("gansuite_made")
    made.gansuite_components = hookimpl(lambda: components)  # pyright: ignore[reportAttributeAccessIssue]
    made.gansuite_components.__name__ = "gansuite_components"
    return made


def test_our_own_plugin_keeps_its_promises():
    assert check_plugin(gansuite_audio.plugin) == []


@pytest.mark.parametrize(
    ("component", "told"),
    [
        (Component("critic", "a", f"{__name__}:positional", "s"), "a critic is given (spec) before the *, not ()"),
        (Component("prior", "a", f"{__name__}:absent", "s"), "AttributeError"),
        (Component("prior", "a", "no.such.module:x", "s"), "ModuleNotFoundError"),
        (Component("critic", "a", f"{__name__}:reserved", "s"), "'optimizer' is a key of the run's own"),
        (Component("prior", "a", f"{__name__}:untyped", "s"), "the option 'size' has no type"),
        (Component("prior", "a", f"{__name__}:default", "s"), "no such objective"),
        (Component("prior", "a", f"{__name__}:fine", "s", reference="nobody1900"), "'nobody1900' stands in no"),
        (Component("prior", "a", f"{__name__}:fine", ""), "the summary is not one line"),
        (Component("recipe", "a", "gansuite:absent.toml", "s"), "it ships no file absent.toml"),
    ],
    ids=range(9),
)
def test_every_fault_is_found(monkeypatch, component, told):
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])
    problems = [line for line in check_plugin(module(component)) if not line.startswith("importing")]
    assert len(problems) == 1
    assert told in problems[0]


def test_heavy_imports_are_found(tmp_path, monkeypatch):
    (tmp_path / "gansuite_heavy.py").write_text("import numpy\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    import gansuite_heavy  # pyright: ignore[reportMissingImports]

    assert check_plugin(gansuite_heavy) == ["importing gansuite_heavy loads numpy: name it in a target only"]


def test_isolation_ends():
    before = registry()
    with isolated_plugins(made=module(Component("prior", "a", f"{__name__}:fine", "s"))) as inside:
        assert [plugin.name for plugin in registry().plugins] == ["core", "made"]
        assert registry() is inside
        assert inside.bind("prior", "made/a", "[prior]").options == {"size": 3}
    assert registry() is before
