"""From tables to constructors: what is accepted, what is refused, and how it is told."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from annotated_types import Ge, Gt, Le

from gansuite.errors import UserError
from gansuite.plugins import Component, Ref, hookimpl
from gansuite.plugins.options import Bound
from gansuite.plugins.signature import options_model
from gansuite.testing import isolated_plugins

if TYPE_CHECKING:
    from nowhere import Unknown  # pyright: ignore[reportMissingImports]


class Window(enum.Enum):
    HANN = "hann"
    FLAT = "flat"


class Everything:
    """A prior with an option of every type."""

    def __init__(
        self,
        spec: Unknown,
        *,
        count: Annotated[int, Gt(0)] = 1,
        rate: Annotated[float, Ge(0), Le(1)] = 0.5,
        pair: tuple[float, float] = (0.5, 0.9),
        words: list[str] | None = None,
        mode: Literal["pad", "skip"] = "pad",
        path: Path = Path("here"),
        window: Window = Window.HANN,
        share: dict[str, float] | None = None,
        either: int | str = 0,
        flag: bool = False,
    ) -> None:
        self.given = (spec,)
        self.options = dict(
            count=count,
            rate=rate,
            pair=pair,
            words=words,
            mode=mode,
            path=path,
            window=window,
            share=share,
            either=either,
            flag=flag,
        )


class Needs:
    """A prior with an option that has no default."""

    def __init__(self, spec: Any, *, channels: int) -> None:
        if channels == 13:
            raise ValueError("13 channels\nbring bad luck")
        self.channels = channels


class Leaf:
    """A penalty."""

    def __init__(self, *, weight: Annotated[float, Ge(0)] = 1.0) -> None:
        self.weight = weight


class Tree:
    """A penalty of penalties, with an optimiser that must wait for its parameters."""

    def __init__(
        self,
        *,
        main: Annotated[Any, Ref("penalty")] = "leaf",
        others: list[Annotated[Any, Ref("penalty")]] = [],  # noqa: B006
        named: dict[str, Annotated[Any, Ref("penalty")]] = {},  # noqa: B006
        maybe: Annotated[Any, Ref("penalty")] | None = None,
        optimizer: Annotated[Any, Ref("optimizer")] = "sgd",
    ) -> None:
        self.main, self.others, self.named, self.maybe, self.optimizer = main, others, named, maybe, optimizer


def untyped(spec, *, size=3):
    return size


def hidden(spec, **options: int):
    return options


def lost(spec, *, size: Unknown = 3):
    return size


def shadowing(spec, *, json: int = 3):
    return json


class Toy:
    @hookimpl
    def gansuite_components(self):
        def here(kind: str, name: str, **rest: Any) -> Component:
            return Component(kind, name, f"{__name__}:{name}", "for tests", **rest)

        yield Component("prior", "everything", f"{__name__}:Everything", "for tests", aliases=("all",))
        yield Component("prior", "needs", f"{__name__}:Needs", "for tests")
        yield Component("penalty", "leaf", f"{__name__}:Leaf", "for tests")
        yield Component("penalty", "tree", f"{__name__}:Tree", "for tests")
        yield Component("prior", "absent", f"{__name__}:Leaf", "for tests", ("no_such_package",), extra="toy")
        yield Component("prior", "gone", f"{__name__}:Gone", "for tests")
        for name in ("untyped", "hidden", "lost", "shadowing"):
            yield here("prior", name)


@pytest.fixture
def registry(monkeypatch):
    import sys

    # importmode=importlib may leave test modules out of sys.modules; targets are found there.
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or pytest.fail("test module not importable"))
    with isolated_plugins(toy=Toy()) as registry:
        yield registry


def refusal(registry, table, kind="prior", place="[prior]") -> str:
    with pytest.raises(UserError) as caught:
        registry.bind(kind, table, place, "toy")
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_toml_values_become_python_values(registry):
    table = {
        "name": "all",
        "count": 3,
        "rate": 1,
        "pair": [0, 0.25],
        "words": ["a", "b"],
        "mode": "skip",
        "path": "a/b",
        "window": "flat",
        "share": {"train": 0.5},
        "either": "x",
        "flag": True,
    }
    made = registry.bind("prior", table, "[prior]", "toy").make("spec")
    assert made.given == ("spec",)
    expected = table | {"pair": (0.0, 0.25), "path": Path("a/b"), "window": Window.FLAT}
    assert made.options == {key: value for key, value in expected.items() if key != "name"}
    assert isinstance(made.options["rate"], float)


def test_table_spells_out_defaults_and_binds_to_an_equal_bound(registry):
    bound = registry.bind("prior", "everything", "[prior]", "toy")
    assert bound.as_table() == {
        "name": "everything",
        "count": 1,
        "rate": 0.5,
        "pair": [0.5, 0.9],
        "mode": "pad",
        "path": "here",
        "window": "hann",
        "either": 0,
        "flag": False,
    }
    assert registry.bind("prior", bound.as_table(), "[prior]", "toy") == bound
    assert bound.make(None).options["pair"] == (0.5, 0.9)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"cuont": 2}, "[prior] has no option 'cuont'; did you mean 'count'?"),
        ({"count": True}, "[prior] count = true: Input should be a valid integer"),
        ({"count": "32"}, '[prior] count = "32": Input should be a valid integer'),
        ({"count": 3.0}, "[prior] count = 3.0: Input should be a valid integer"),
        ({"count": -1}, "[prior] count = -1: Input should be greater than 0"),
        ({"rate": float("inf")}, "[prior] rate = Infinity: Input should be a finite number"),
        ({"rate": float("nan")}, "[prior] rate = NaN: Input should be a finite number"),
        ({"rate": 2}, "[prior] rate = 2: Input should be less than or equal to 1"),
        ({"pair": [1.0]}, "[prior] pair = [1.0]: there are too few values"),
        ({"pair": [1.0, "a"]}, '[prior] pair[1] = "a": Input should be a valid number'),
        ({"mode": "pda"}, "[prior] mode = \"pda\": Input should be 'pad' or 'skip'; did you mean 'pad'?"),
        ({"share": {"train": "x"}}, '[prior] share.train = "x": Input should be a valid number'),
        (
            {"either": [1]},
            "[prior] either = [1]: Input should be a valid integer or Input should be a valid string",
        ),
        ({"flag": 1}, "[prior] flag = 1: Input should be a valid boolean"),
        ({"window": "square"}, "[prior] window = \"square\": Input should be 'hann' or 'flat'"),
    ],
)
def test_mistakes_name_the_place_and_the_nearest_word(registry, options, told):
    assert refusal(registry, {"name": "everything"} | options) == told


def test_missing_names_and_options(registry):
    assert refusal(registry, {"name": "needs"}) == "[prior] needs the option 'channels'"
    assert refusal(registry, {"name": "needs", "chanels": 3}) == (
        "[prior] has no option 'chanels'; did you mean 'channels'?"
    )
    assert refusal(registry, {"count": 1}) == '[prior] names no prior: add name = "..."'
    assert refusal(registry, 3).startswith("[prior] = 3: name a prior")
    assert refusal(registry, "evrything") == "[prior] = \"evrything\": no such prior; did you mean 'everything'?"
    assert refusal(registry, {"name": "evrything"}).startswith('[prior] name = "evrything": no such prior')
    assert refusal(registry, {"name": 3}) == "[prior] name = 3: the name of a prior is a string"


def test_missing_package_and_missing_target(registry):
    assert refusal(registry, "absent") == (
        "prior 'toy/absent' needs no_such_package, which is not installed: pip install 'gansuite-toy[toy]'"
    )
    assert "prior 'toy/gone' of gansuite-toy 0 is broken: AttributeError" in refusal(registry, "gone")


def test_components_among_the_options_are_built_first(registry):
    table = {
        "name": "tree",
        "main": {"name": "leaf", "weight": 2},
        "others": ["leaf", {"name": "tree", "main": {"name": "toy/leaf", "weight": 5}}],
        "named": {"a": "leaf"},
        "optimizer": {"name": "sgd", "lr": 0.1},
    }
    bound = registry.bind("penalty", table, "[game] penalties[0]", "toy")
    assert [each.entry.component.name for each in bound.walk()] == [
        "tree", "leaf", "leaf", "tree", "leaf", "sgd", "leaf", "sgd",
    ]  # fmt: skip
    tree = bound.make()
    assert (tree.main.weight, tree.others[0].weight, tree.others[1].main.weight) == (2.0, 1.0, 5.0)
    assert tree.named["a"].weight == 1.0
    assert tree.maybe is None
    # The optimiser waits for its parameters.
    assert isinstance(tree.optimizer, Bound)
    assert tree.optimizer.options["lr"] == 0.1
    assert registry.bind("penalty", bound.as_table(), "[x]", "toy") == bound


def test_the_place_follows_into_nested_tables(registry):
    table = {"name": "tree", "others": ["leaf", {"name": "tree", "main": {"name": "leaf", "weight": -1}}]}
    told = refusal(registry, table, "penalty", "[game] penalties[0]")
    assert told == "[game] penalties[0].others[1].main.weight = -1: Input should be greater than or equal to 0"
    told = refusal(registry, {"name": "tree", "others": ["laef"]}, "penalty", "[game]")
    assert told == "[game] others[0] = \"laef\": no such penalty; did you mean 'leaf'?"
    assert "main = 3" in refusal(registry, {"name": "tree", "main": 3}, "penalty", "[game]")


def test_what_a_constructor_refuses_is_told_with_its_place(registry):
    with pytest.raises(UserError, match=r"^\[prior\]: 13 channels bring bad luck$"):
        registry.bind("prior", {"name": "needs", "channels": 13}, "[prior]", "toy").make(None)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("untyped", "the option 'size' has no type"),
        ("hidden", "**options hides the options"),
        ("lost", "the type of the option 'size' cannot be evaluated"),
        ("shadowing", "shadows"),
    ],
)
def test_signatures_that_are_no_schema_are_the_authors_mistake(registry, name, told):
    with pytest.raises(TypeError) as caught:
        options_model(globals()[name])
    assert told in str(caught.value)
    assert told in refusal(registry, name)


def test_address_carries_the_plugin_where_the_recipe_would_need_it(registry):
    assert registry.bind("penalty", "toy/leaf", "[x]", "toy").as_table()["name"] == "leaf"
    assert registry.bind("penalty", "toy/leaf", "[x]", "core").as_table()["name"] == "toy/leaf"
    assert registry.bind("penalty", "toy/tree", "[x]", "core").as_table()["main"]["name"] == "toy/leaf"
    assert registry.bind("penalty", "r1", "[x]", "toy").as_table()["name"] == "r1"
