"""How texts are given to networks of numbers."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS = (
    Component(
        "representation",
        "one-hot",
        "gansuite_text.representations.one_hot:OneHot",
        "a channel for each token: what the core's translation games can play on",
    ),
)
