"""How networks grow while they are trained."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "growth",
        "progressive",
        "gansuite.growth.progressive:Progressive",
        "one level of detail after another, each faded in",
        reference="karras2018progressive",
    ),
)
