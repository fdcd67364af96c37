"""Recipes of pictures."""

from __future__ import annotations

from gansuite.plugins import Component


def recipe(name: str, summary: str, reference: str, folder: str = "image/") -> Component:
    return Component("recipe", name, f"gansuite:{folder}{name}.toml", summary, reference=reference)


COMPONENTS: tuple[Component, ...] = (
    recipe("dcgan", "DCGAN on handwritten digits", "radford2016unsupervised", ""),
    recipe("dcgan-paper", "DCGAN as published, on a folder of your own", "radford2016unsupervised"),
    recipe("progressive", "a progressively grown GAN on handwritten digits", "karras2018progressive", ""),
    recipe("progressive-paper", "the same as published, on a folder of your own", "karras2018progressive"),
    recipe("stylegan", "StyleGAN on handwritten digits", "karras2019style", ""),
    recipe("stylegan-paper", "StyleGAN as published, on a folder of your own", "karras2019style"),
    recipe("conditional-dcgan", "a DCGAN whose digits can be asked for", "odena2017conditional"),
    recipe("auxiliary-classifier", "the same, the critic learning classes from both sides", "odena2017conditional"),
    recipe("projection", "the same, the digit projected on features", "miyato2018cgans"),
    recipe("triple-gan", "the same beside a classifier that learns with it", "li2017triple"),
    recipe("info-gan", "a DCGAN with a code that can be read back", "chen2016infogan"),
    recipe("sagan", "SAGAN on handwritten digits, by class", "zhang2019self"),
    recipe("sagan-paper", "SAGAN as published, on ImageNet in a folder of your own", "zhang2019self"),
    recipe("lapgan", "LAPGAN on handwritten digits, from 4 x 4 to 16 x 16", "denton2015deep", ""),
    recipe("lapgan-paper", "LAPGAN from 4 x 4 to 64 x 64, on a folder of your own", "denton2015deep"),
    recipe("biggan", "BigGAN on handwritten digits, by class", "brock2019large"),
    recipe("biggan-paper", "BigGAN as published, on ImageNet in a folder of your own", "brock2019large"),
    recipe("pix2pix-denoise", "noise taken off handwritten digits, from pairs", "isola2017image"),
    recipe("pix2pix-inpaint", "holes in handwritten digits filled, from pairs", "isola2017image"),
    recipe("pix2pix-super-resolve", "handwritten digits of 8 x 8 from 4 x 4, from pairs", "isola2017image"),
    recipe("pix2pix-paper", "pix2pix as published, on a folder of your own", "isola2017image"),
    recipe("cyclegan-rotate", "turned digits put upright, without pairs", "zhu2017unpaired"),
    recipe("cyclegan-paper", "CycleGAN as published, on folders of your own", "zhu2017unpaired"),
    recipe("unit-thick", "bold digits of plain ones, without pairs", "liu2017unsupervised"),
    recipe("unit-paper", "UNIT at 256 x 256, on folders of your own", "liu2017unsupervised"),
    recipe("munit-thick", "bold digits of any contrast of plain ones, without pairs", "huang2018multimodal"),
    recipe("munit-paper", "MUNIT as published, on folders of your own", "huang2018multimodal"),
    recipe("stargan-strokes", "one translator between thin, plain and bold digits", "choi2018stargan"),
    recipe("stargan-paper", "StarGAN as published, on folders of your own", "choi2018stargan"),
    recipe("domain-transfer-rotate", "turned digits put upright, from pairs by critics alone", "yoo2016pixel"),
    recipe("spade-digits", "digits of maps of four levels of grey", "park2019semantic"),
    recipe("spade-paper", "SPADE's generator as published, on folders of your own", "park2019semantic"),
    Component(
        "recipe",
        "cross-domain-image",
        "gansuite:cross-domain/cross-domain-image.toml",
        "DCGAN on handwritten digits, in the comparison across domains",
    ),
)
