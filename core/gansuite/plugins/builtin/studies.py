"""Studies of the core."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "study",
        "estimators",
        "gansuite.studies.estimators.study:Estimators",
        "bias, variance and cost of gradient estimators at one state, against exact enumeration",
        reference="kool2019buy",
    ),
    Component(
        "study",
        "dynamics",
        "gansuite.studies.dynamics.study:Dynamics",
        "which training rules converge near an equilibrium: eigenvalues of the very update that trains",
        reference="mescheder2018which",
    ),
    Component(
        "study",
        "evaluation",
        "gansuite.studies.evaluation.study:Evaluation",
        "what every metric sees of known defects of the data, from which strength on, at what cost",
        reference="xu2018empirical",
    ),
    Component(
        "study",
        "cross-domain",
        "gansuite.studies.cross_domain.study:CrossDomain",
        "training technique or implicit prior: which decides how well GANs model sounds, texts, graphs, pictures",
        reference="odena2019open",
    ),
)
