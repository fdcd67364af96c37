"""Generators, critics and translators of pictures."""

from __future__ import annotations

from gansuite.networks.offered import offered
from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    *offered("unet", "resnet", "munit", "patch", "stargan", "dcgan"),
    Component(
        "translator",
        "spade",
        "gansuite.networks.spade:SpadeTranslator",
        "residual blocks whose normalisations read a label map",
        reference="park2019semantic",
    ),
    Component(
        "critic",
        "multi-scale-patch",
        "gansuite.networks.multi_scale_patch:MultiScalePatchCritic",
        "scores of patches of a picture and of smaller copies of it: several a sample",
        reference="wang2018high",
    ),
    Component(
        "generator",
        "progressive",
        "gansuite.networks.progressive:ProgressiveGenerator",
        "growing convolutions with pixel norm and equalised weights",
        reference="karras2018progressive",
    ),
    Component(
        "critic",
        "progressive",
        "gansuite.networks.progressive:ProgressiveCritic",
        "growing convolutions with minibatch deviation and equalised weights",
        reference="karras2018progressive",
    ),
    Component(
        "generator",
        "stylegan",
        "gansuite.networks.stylegan:StyleGANGenerator",
        "growing convolutions from a constant, whose layers read a mapped latent as their style",
        reference="karras2019style",
    ),
    Component(
        "generator",
        "sagan",
        "gansuite.networks.sagan:SAGANGenerator",
        "residual blocks with spectral norm and self-attention, normalisations by class",
        reference="zhang2019self",
    ),
    Component(
        "critic",
        "sagan",
        "gansuite.networks.sagan:SAGANCritic",
        "residual blocks with spectral norm and self-attention",
        reference="zhang2019self",
    ),
    Component(
        "generator",
        "biggan",
        "gansuite.networks.biggan:BigGANGenerator",
        "residual blocks that each read a part of the latent and a shared embedding of the class",
        reference="brock2019large",
    ),
    Component(
        "critic",
        "biggan",
        "gansuite.networks.biggan:BigGANCritic",
        "residual blocks with spectral norm and self-attention, orthogonal at first",
        reference="brock2019large",
    ),
)
