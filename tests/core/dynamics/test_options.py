"""Options of dynamics that do not fit are told in one line when the recipe is read."""

from __future__ import annotations

import pytest

from gansuite.errors import UserError
from gansuite.plugins.builtin.dynamics import COMPONENTS
from gansuite.recipes import read

NAMES = [component.name for component in COMPONENTS]


def refusal(table: str) -> str:
    with pytest.raises(UserError) as caught:
        read("wavegan", [f"dynamics={table}"])
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_is_read_with_its_defaults(name: str) -> None:
    recipe = read("wavegan", [f"dynamics={{name='{name}'}}"])
    assert recipe.dynamics.rule.entry.component.name == name
    assert recipe.dynamics.rule.make() is not None


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("{name='unrolled', leader='genrator'}", ["leader", "genrator", "did you mean 'generator'?"]),
        ("{name='unrolled', follower='critics'}", ["follower", "did you mean 'critic'?"]),
        ("{name='unrolled', leader='critic'}", ["leader and follower", "critic"]),
        ("{name='unrolled', steps=0}", ["steps"]),
        ("{name='unrolled', draws='old'}", ["draws"]),
        ("{name='averaged', rule={name='unrolled', leader='genrator'}}", ["did you mean 'generator'?"]),
        ("{name='averaged', rule='hinge'}", ["rule", "hinge"]),
        ("{name='averaged', half_life=0.0}", ["half_life"]),
        ("{name='generator-first', first='gen'}", ["first", "there is critic generator"]),
        ("{name='consensus', strength=-1.0}", ["strength"]),
        ("{name='stale', delay=-1}", ["delay"]),
        ("{name='snapshots', queue=0}", ["queue"]),
        ("{name='snapshots', order='random'}", ["order"]),
        ("{name='gated', low=0.9}", ["low", "high"]),
        ("{name='gated', critic='criticc'}", ["critic", "did you mean 'critic'?"]),
        ("{name='gated', critic='generator', generator='critic'}", ["does not tell the scores"]),
    ],
)
def test_what_does_not_fit_is_told(table: str, words: list[str]) -> None:
    text = refusal(table)
    assert text.startswith("[dynamics]")
    assert all(word in text for word in words), text
