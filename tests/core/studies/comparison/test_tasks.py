"""What is a task and what is a method, and what is refused before anything is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from gansuite.errors import UserError
from gansuite.studies.comparison.study import Comparison


def recipe(path: str, ring: str, **tables: str) -> str:
    """A recipe over the ring with other tables."""
    Path(path).parent.mkdir(exist_ok=True, parents=True)
    Path(path).write_text(f'extends = "{ring}"\n' + "".join(f"[{name}]\n{text}\n" for name, text in tables.items()))
    return path


def places(*recipes: str, vary: tuple[str, ...] = ()) -> dict[str, tuple[str, str]]:
    found = Comparison(recipes, 2, vary).places
    return {label: (place.task, place.method) for label, place in found.items()}


@pytest.fixture
def wide(ring: str) -> str:
    """Another task of the same domain."""
    return recipe("wide.toml", ring, data="count = 256")


def test_recipes_of_one_data_set_are_methods_of_one_task(ring: str):
    twin = recipe("twin.toml", ring, game='objective = "wasserstein"')
    assert places(ring, twin) == {"ring": ("toyring", "ring"), "twin": ("toyring", "twin")}


def test_varied_options_are_methods_on_every_task(ring: str, wide: str):
    assert places(ring, wide, vary=("game.objective=hinge,wasserstein",)) == {
        "ring objective=hinge": ("ring", "objective=hinge"),
        "ring objective=wasserstein": ("ring", "objective=wasserstein"),
        "wide objective=hinge": ("wide", "objective=hinge"),
        "wide objective=wasserstein": ("wide", "objective=wasserstein"),
    }


def test_a_recipe_of_the_same_name_is_the_same_method_on_another_task(ring: str):
    names = [f"{task}/{method}.toml" for task in ("near", "far") for method in ("plain", "other")]
    for name in names:
        recipe(name, ring, data=f"count = {256 if 'far' in name else 512}")
    found = places(*names)
    assert {method for _, method in found.values()} == {"plain", "other"}
    assert len({task for task, _ in found.values()}) == 2
    assert {task for task, _ in found.values()} == {"ring count=512", "ring count=256"}


def test_varied_data_are_tasks_and_the_batch_size_is_not(ring: str):
    assert places(ring, vary=("data.count=512,256", "game.objective=hinge,wasserstein"))[
        "count=512 objective=hinge"
    ] == ("ring count=512", "objective=hinge")
    assert places(ring, vary=("data.batch_size=2,4",)) == {
        "batch_size=2": ("toyring", "batch_size=2"),
        "batch_size=4": ("toyring", "batch_size=4"),
    }


def test_equal_data_under_another_file_are_one_task(ring: str):
    twin = recipe("twin.toml", ring, data="count = 512\nbatch_size = 2")
    assert {task for task, _ in places(ring, twin).values()} == {"toyring"}


def test_no_common_metric_is_refused_before_any_run(ring: str):
    recipe("wide.toml", ring, data="count = 256")
    Path("wide.toml").write_text("metrics = [{name = 'frechet', n = 32}]\n" + Path("wide.toml").read_text())
    asked = Comparison([ring, "wide.toml"], 2, ["game.objective=hinge,wasserstein"])
    with pytest.raises(UserError) as told:
        asked.cells()
    assert str(told.value) == (
        "the tasks have no metric in common (ring: kad; wide: frechet); name the one of each that scores its runs, as"
        " --metric kad --metric frechet, or give the recipes one"
    )
    both = ["kad", "frechet"]
    assert Comparison([ring, "wide.toml"], 2, ["game.objective=hinge,wasserstein"], metrics=both).cells()
    with pytest.raises(UserError, match=r"--metric kad: not all recipes of wide measure it; .*\(ring: kad; wide: fre"):
        Comparison([ring, "wide.toml"], 2, ["game.objective=hinge,wasserstein"], metrics=["kad"]).cells()


def test_tasks_without_a_common_method_need_no_common_metric(ring: str):
    recipe("wide.toml", ring, data="count = 256")
    Path("wide.toml").write_text("metrics = [{name = 'frechet', n = 32}]\n" + Path("wide.toml").read_text())
    assert Comparison([ring, "wide.toml"], 2).cells()


def test_a_number_of_a_metric_is_known_by_the_metric(ring: str):
    assert Comparison([ring], 1, metrics=["kad@raw"]).cells()
    with pytest.raises(UserError, match="--metric kid: not all recipes of toyring measure it"):
        Comparison([ring], 1, metrics=["kid"]).cells()
