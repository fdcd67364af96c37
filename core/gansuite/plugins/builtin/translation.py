"""Games whose generator starts from a sample of another domain."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "game",
        "cyclegan",
        "gansuite.games.translation.cyclegan:CycleGan",
        "two translators, each the inverse of the other, from unpaired samples",
        reference="zhu2017unpaired",
    ),
)
