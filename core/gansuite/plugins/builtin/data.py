"""Data sets of the core: made of others, for translation."""

from __future__ import annotations

from gansuite.plugins.component import Component

HOME = "gansuite.data.domains"

COMPONENTS: tuple[Component, ...] = (
    Component("dataset", "changed", f"{HOME}.changed:Changed", "a data set and what a change makes of it"),
    Component(
        "dataset", "two-datasets", f"{HOME}.two_datasets:TwoDatasets", "one data set to be translated to another one"
    ),
    Component(
        "dataset", "label-domains", f"{HOME}.label_domains:LabelDomains", "some classes to be translated to others"
    ),
    Component(
        "dataset", "variants", f"{HOME}.variants:Variants", "one data set in several domains, each made by a change"
    ),
)
