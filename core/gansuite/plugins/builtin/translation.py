"""Games whose generator starts from a sample of another domain."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "game",
        "pix2pix",
        "gansuite.games.translation.pix2pix:Pix2Pix",
        "a translator learns from pairs, with a critic of pairs",
        reference="isola2017image",
    ),
    Component(
        "game",
        "cyclegan",
        "gansuite.games.translation.cyclegan:CycleGan",
        "two translators, each the inverse of the other, from unpaired samples",
        reference="zhu2017unpaired",
    ),
    Component(
        "game",
        "unit",
        "gansuite.games.translation.unit:Unit",
        "two variational autoencoders that share their latent, from unpaired samples",
        reference="liu2017unsupervised",
    ),
    Component(
        "game",
        "munit",
        "gansuite.games.translation.munit:Munit",
        "content that two domains share and styles that each adds: one sample has many translations",
        reference="huang2018multimodal",
    ),
    Component(
        "game",
        "stargan",
        "gansuite.games.translation.stargan:StarGan",
        "one translator between many domains, told by their labels",
        reference="choi2018stargan",
    ),
    Component(
        "game",
        "domain-transfer",
        "gansuite.games.translation.domain_transfer:DomainTransfer",
        "a translator learns from pairs, judged for realism and for belonging to its source",
        reference="yoo2016pixel",
    ),
    Component(
        "game",
        "domain-adaptation",
        "gansuite.games.translation.domain_adaptation:DomainAdaptation",
        "a classifier for an unlabelled domain learns from labelled samples that are translated to it",
        reference="bousmalis2017unsupervised",
    ),
)
