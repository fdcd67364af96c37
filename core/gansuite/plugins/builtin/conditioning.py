"""How a condition steers a game."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "conditioning",
        "conditional",
        "gansuite.conditioning.conditional:Conditional",
        "both players read the label beside their input",
        reference="mirza2014conditional",
    ),
    Component(
        "conditioning",
        "auxiliary-classifier",
        "gansuite.conditioning.auxiliary_classifier:AuxiliaryClassifier",
        "the critic also tells the class, and both players want it told",
        reference="odena2017conditional",
        aliases=("acgan",),
    ),
    Component(
        "conditioning",
        "projection",
        "gansuite.conditioning.projection:Projection",
        "the label's embedding is projected on the critic's features",
        reference="miyato2018cgans",
    ),
    Component(
        "conditioning",
        "info-gan",
        "gansuite.conditioning.info_gan:InfoGan",
        "codes without labels that can be read back from the samples",
        reference="chen2016infogan",
    ),
)
