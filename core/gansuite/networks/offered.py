"""Descriptors of the networks on grids, for the plugins whose samples lie on one. Imports nothing heavy."""

from __future__ import annotations

from gansuite.plugins import Component

GRIDS: tuple[Component, ...] = (
    Component(
        "generator",
        "dcgan",
        "gansuite.networks.dcgan:DCGANGenerator",
        "transposed convolutions of 4 taps with batch normalisation",
        reference="radford2016unsupervised",
    ),
    Component(
        "critic",
        "dcgan",
        "gansuite.networks.dcgan:DCGANCritic",
        "strided convolutions of 4 taps with batch normalisation",
        reference="radford2016unsupervised",
    ),
    Component(
        "generator",
        "infogan",
        "gansuite.networks.infogan:InfoGANGenerator",
        "two linear layers and two transposed convolutions: the one architecture of a comparison",
        reference="chen2016infogan",
    ),
    Component(
        "critic",
        "infogan",
        "gansuite.networks.infogan:InfoGANCritic",
        "two convolutions and two linear layers",
        reference="chen2016infogan",
    ),
    Component(
        "critic",
        "infogan-autoencoder",
        "gansuite.networks.infogan:InfoGANAutoencoder",
        "an energy: the error of a convolutional autoencoder",
        reference="berthelot2017began",
    ),
    Component(
        "encoder",
        "infogan",
        "gansuite.networks.infogan:InfoGANEncoder",
        "two convolutions and two linear layers",
        reference="chen2016infogan",
    ),
    Component(
        "translator",
        "unet",
        "gansuite.networks.unet:UNet",
        "halvings and doublings with a way across at every size",
        reference="isola2017image",
    ),
    Component(
        "translator",
        "resnet",
        "gansuite.networks.resnet:ResNet",
        "residual blocks on a coarser grid, steered by a label where one is wanted",
        reference="zhu2017unpaired",
    ),
    Component(
        "encoder",
        "munit",
        "gansuite.networks.coders:ConvolutionalEncoder",
        "convolutions to a map of content, and to a style",
        reference="huang2018multimodal",
    ),
    Component(
        "generator",
        "munit",
        "gansuite.networks.coders:ConvolutionalDecoder",
        "residual blocks from a map of content, restyled by adaptive instance normalisation",
        reference="huang2018multimodal",
    ),
    Component(
        "critic",
        "patch",
        "gansuite.networks.patch:PatchCritic",
        "scores of overlapping patches: several a sample",
        reference="isola2017image",
    ),
    Component(
        "critic",
        "stargan",
        "gansuite.networks.stargan_critic:StarGANCritic",
        "scores of patches beside features of the whole, which tell its domain",
        reference="choi2018stargan",
    ),
)


def offered(*names: str) -> tuple[Component, ...]:
    """The networks of these names, of every kind that has them, as a plugin lists them.

    Raises:
        KeyError: there is none of a name.
    """
    if unknown := set(names) - {each.name for each in GRIDS}:
        raise KeyError(*unknown)
    return tuple(each for each in GRIDS if each.name in names)
