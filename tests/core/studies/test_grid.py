"""From a grid to cells: products, scales, labels, identities, and mistakes told before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from gansuite.errors import UserError
from gansuite.studies.cell import Cell
from gansuite.studies.comparison.vary import parse_vary, split
from gansuite.studies.grid import Grid, cells_of, labels, read_grid, shortest

STUDY = """
[[grid]]
recipes = ["{ring}"]
seeds = 4
set = ["train.steps=7"]
[grid.factors]
"data.batch_size" = [4, 8]
training = {{ plain = [], r1 = ["game.penalties=[{{name='r1'}}]"] }}

[scale.smoke]
seeds = 1
set = ["train.steps=2"]
factors = {{ "data.batch_size" = [4] }}
[scale.small]
"""


def test_a_grid_is_the_product_of_its_factors_and_seeds(ring: str, tmp_path: Path):
    (tmp_path / "study.toml").write_text(STUDY.format(ring=ring))
    (grid,) = read_grid(tmp_path / "study.toml", "small")
    cells = cells_of(grid)
    assert len(cells) == 2 * 2 * 4
    assert [cell.seed for cell in cells[:5]] == [0, 1, 2, 3, 0]
    assert list(dict.fromkeys(cell.label for cell in cells)) == [
        "batch_size=4 training=plain",
        "batch_size=4 training=r1",
        "batch_size=8 training=plain",
        "batch_size=8 training=r1",
    ]
    last = cells[-1]
    assert last.factors == {"recipe": ring, "data.batch_size": 8, "training": "r1"}
    assert last.arguments["recipe"]["data"]["batch_size"] == 8
    assert last.arguments["recipe"]["game"]["penalties"][0]["name"] == "r1"
    assert (last.arguments["recipe"]["seed"], last.arguments["recipe"]["train"]["steps"]) == (3, 7)
    (smoke,) = read_grid(tmp_path / "study.toml", "smoke")
    few = [(cell.label, cell.arguments["recipe"]["train"]["steps"]) for cell in cells_of(smoke)]
    assert few == [("training=plain", 2), ("training=r1", 2)]


def test_a_task_gets_the_levels_as_arguments():
    cells = cells_of(Grid(task="math:prod", factors={"h": [0.1, 0.2], "name": ["a"]}))
    assert [cell.arguments for cell in cells] == [{"h": 0.1, "name": "a"}, {"h": 0.2, "name": "a"}]
    assert [cell.label for cell in cells] == ["h=0.1", "h=0.2"]
    assert cells_of(Grid(task="math:prod", seeds=2))[1].arguments == {"seed": 1}


def test_identity_is_the_work_and_not_its_name(ring: str, tmp_path: Path):
    (tmp_path / "twin.toml").write_text(
        f'extends = "{ring}"\nname = "other"\n[published]\nsource = "a paper"\nvalues = {{ kad = 0.1 }}\n'
    )
    one, twin = cells_of(Grid(recipes=[ring, "twin.toml"], seeds=1))
    assert one.identity == twin.identity
    assert (one.label, twin.label) == ("ring", "twin")
    seeds = cells_of(Grid(recipes=[ring], seeds=2))
    assert seeds[0].identity == one.identity != seeds[1].identity
    assert cells_of(Grid(recipes=[ring], set=["data.batch_size=5"]))[0].identity != one.identity


def test_labels_tell_rows_apart_in_few_words():
    assert shortest(["players.generator.width", "players.critic.width", "train.steps"]) == {
        "players.generator.width": "generator.width",
        "players.critic.width": "critic.width",
        "train.steps": "steps",
    }
    cells = [Cell("a:b", {}, "", {"recipe": f"{folder}/ring.toml", "x.n": 1}) for folder in ("one", "two")]
    assert labels(cells) == ["one/ring.toml", "two/ring.toml"]
    assert labels(cells[:1]) == ["ring"]


def test_values_to_vary_are_split_outside_brackets_and_quotes():
    assert split("64,128") == ["64", "128"]
    assert split("[1,2],[],'a,b',{a=1,b=2}") == ["[1,2]", "[]", "'a,b'", "{a=1,b=2}"]
    assert parse_vary("game.objective=hinge, r1") == (
        "game.objective",
        {"hinge": ["game.objective=hinge"], "r1": ["game.objective=r1"]},
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no_such = 1", "study.toml has no option 'no_such'"),
        ("[[grid]]\nseeds = 0\n[scale.smoke]", "seeds = 0: Input should be greater than 0"),
        ("[[grid]]\n[scale.smal]", "scale"),
        ("[[grid]]\n[scale.small]", '--scale "smoke": no such scale; there is small'),
        ("[[grid]]\nrecipes = ['none-such']\n[scale.smoke]", "no such recipe"),
        ("[[grid]]\nset = ['a.b=1']\n[scale.smoke]", "settings are for recipes"),
    ],
)
def test_mistakes_in_a_grid_are_told_in_one_line(ring: str, tmp_path: Path, text: str, told: str):
    (tmp_path / "study.toml").write_text(text)
    with pytest.raises(UserError) as caught:
        cells_of(read_grid(tmp_path / "study.toml", "smoke")[0])
    assert told in str(caught.value) and "\n" not in str(caught.value)
