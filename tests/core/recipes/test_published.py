"""``[published]``: a paper's figures travel with the recipe, and not with its variants."""

from __future__ import annotations

from pathlib import Path

import pytest

from gansuite.errors import UserError
from gansuite.recipes import read

FIGURES = {"source": "A paper, table 1", "values": {"modes": [7.9, 0.1], "modes/reverse-kl": 0.07}}


def recipe() -> dict:
    return read("wavegan").as_dict()


def test_it_reads_back_equal(tmp_path: Path):
    found = read(recipe() | {"published": FIGURES})
    assert found.published is not None
    assert found.published.values == {"modes": (7.9, 0.1), "modes/reverse-kl": 0.07}
    (tmp_path / "recipe.toml").write_text(found.to_toml(), encoding="utf-8")
    assert read(tmp_path / "recipe.toml") == found
    assert read(found.as_dict()) == found
    assert read(recipe()).published is None


def test_a_variant_does_not_inherit_it(write):
    base = write("base.toml", read(recipe() | {"published": FIGURES}).to_toml())
    assert read(base).published is not None
    assert read(write("variant.toml", 'extends = "base.toml"\nseed = 3\n')).published is None
    own = write("own.toml", 'extends = "base.toml"\n[published]\nsource = "Another"\nvalues = { kad = 1 }\n')
    published = read(own).published
    assert published is not None
    assert (published.source, published.values) == ("Another", {"kad": 1.0})


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"source": "A"}, "[published] needs the option 'values'"),
        ({"source": "", "values": {}}, '[published] source = ""'),
        ({"source": "A", "values": {"modes": "many"}}, "[published] values.modes"),
        ({"source": "A", "values": {"modes": [1, -1]}}, "[published] values.modes"),
        ({"source": "A", "values": {}, "value": 1}, "[published] has no option 'value'; did you mean 'values'?"),
        ("A", 'published = "A": write a table [published]'),
    ],
    ids=range(6),
)
def test_mistakes_are_told_with_their_place(table, told: str):
    with pytest.raises(UserError) as caught:
        read(recipe() | {"published": table})
    assert told in str(caught.value)
