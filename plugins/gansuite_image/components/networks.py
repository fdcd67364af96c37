"""Generators, critics and translators of pictures."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
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
        "translator",
        "spade",
        "gansuite.networks.spade:SpadeTranslator",
        "residual blocks whose normalisations read a label map",
        reference="park2019semantic",
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
        "multi-scale-patch",
        "gansuite.networks.multi_scale_patch:MultiScalePatchCritic",
        "scores of patches of a picture and of smaller copies of it: several a sample",
        reference="wang2018high",
    ),
    Component(
        "critic",
        "stargan",
        "gansuite.networks.stargan_critic:StarGANCritic",
        "scores of patches beside features of the whole, which tell its domain",
        reference="choi2018stargan",
    ),
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
