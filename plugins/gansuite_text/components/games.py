"""Games that only texts need."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS = (
    Component(
        "game",
        "leakgan",
        "gansuite_text.games.leakgan:LeakGan",
        "a manager hears the critic's features and sets goals, a worker writes towards them",
        reference="guo2018long",
    ),
    Component(
        "game",
        "maskgan",
        "gansuite_text.games.maskgan:MaskGan",
        "blanks of a text are filled, and every token that was put is judged",
        reference="fedus2018maskgan",
    ),
    Component(
        "game",
        "arae",
        "gansuite_text.games.arae:Arae",
        "a GAN of the codes of an autoencoder of texts",
        reference="zhao2018adversarially",
    ),
    Component(
        "game",
        "tilgan",
        "gansuite_text.games.tilgan:Tilgan",
        "a GAN of a transformer's codes, whose decoder learns from generated ones",
        reference="diao2021tilgan",
    ),
)
