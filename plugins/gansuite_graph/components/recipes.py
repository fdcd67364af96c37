"""Recipes."""

from __future__ import annotations

from gansuite.plugins import Component


def recipe(name: str, summary: str, reference: str, folder: str = "graph/") -> Component:
    return Component("recipe", name, f"gansuite:{folder}{name}.toml", summary, reference=reference)


COMPONENTS: tuple[Component, ...] = (
    recipe("netgan", "NetGAN on Les Misérables, in five minutes on two cores", "bojchevski2018netgan", ""),
    recipe("netgan-cora-ml", "NetGAN on Cora-ML as published, your file", "bojchevski2018netgan"),
    recipe("cell", "CELL on Les Misérables: the likelihood twin of NetGAN, in seconds", "rendsburg2020netgan"),
    recipe("cell-cora-ml", "CELL on Cora-ML, your file", "rendsburg2020netgan"),
    recipe("molgan", "MolGAN on QM9, your file or the package qm9pack", "decao2018molgan", ""),
    recipe("graphgan", "GraphGAN on Les Misérables, in a minute", "wang2018graphgan", ""),
    recipe("erdos-renyi", "graphs of two communities as independent edges: the floor, in seconds", "gilbert1959random"),
    recipe("sbm", "graphs of two communities by block models, in seconds", "holland1983stochastic"),
    recipe("memorizer", "graphs of two communities learnt by heart: the ceiling, in seconds", "you2018graphrnn"),
    recipe("configuration", "Les Misérables by its degrees: the floor of NetGAN and GraphGAN", "chung2002connected"),
    recipe("adjacency", "exchangeable nodes against GIN: graphs of two communities", "krawczuk2021gggan"),
    recipe("conditional", "graphs of two communities with as many nodes as asked for", "mirza2014conditional"),
    recipe("spectre-community", "SPECTRE on graphs of two communities, in minutes", "martinkus2022spectre", ""),
    recipe(
        "spectre-planar", "SPECTRE on planar graphs of 64 nodes as published: days on a CPU", "martinkus2022spectre"
    ),
    Component(
        "recipe",
        "cross-domain-graph",
        "gansuite:cross-domain/cross-domain-graph.toml",
        "graphs of two communities, in the comparison across domains",
    ),
)
