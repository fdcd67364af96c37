"""What is written is what is read."""

from __future__ import annotations

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from gansuite.recipes.toml import write_toml

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | text
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3), max_leaves=12
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(text, values, max_size=4))
def test_any_tables_come_back(tables):
    assert tomllib.loads(write_toml(tables)) == tables


def test_layout():
    tables = {
        "b": {"c": {"d": 1}, "e": {}},
        "a": 1.0,
        "list": [{"x": 1}, {"y": {"z": "q\x7f"}}],
        "mixed": [1, {"k": 2}],
    }
    lines = write_toml(tables).splitlines()
    assert lines[:2] == ["a = 1.0", "mixed = [1, { k = 2 }]"]
    assert lines[2:] == [
        *("", "[b.c]", "d = 1", "", "[b.e]"),
        *("", "[[list]]", "x = 1", "", "[[list]]", "", "[list.y]", 'z = "q\\u007f"'),
    ]
