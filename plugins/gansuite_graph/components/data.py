"""Datasets."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "dataset",
        "network",
        "gansuite_graph.data.network:Network",
        "random walks of one graph, of a file or a classic of networkx, some edges held out",
        reference="bojchevski2018netgan",
    ),
    Component(
        "dataset",
        "file",
        "gansuite_graph.data.file:GraphFile",
        "graphs of a file or folder: GraphML, GEXF, GML, graph6, edge lists, arrays, torch-geometric, SMILES, TU",
    ),
    Component(
        "dataset",
        "synthetic",
        "gansuite_graph.data.synthetic:Synthetic",
        "sets of drawn graphs, no two alike: community, ego, grid, planar, SBM, lobster, tree, BA, small-world, ER",
        reference="you2018graphrnn",
    ),
    Component(
        "dataset",
        "atlas",
        "gansuite_graph.data.atlas:Atlas",
        "all graphs of up to seven nodes, of networkx",
        requires=("networkx",),
        extra="graph",
        reference="read1998atlas",
    ),
    Component(
        "dataset",
        "classics",
        "gansuite_graph.data.atlas:Classics",
        "the graphs with names of networkx: Petersen's, Frucht's, karate ...",
        requires=("networkx",),
        extra="graph",
    ),
    Component(
        "dataset",
        "qm9",
        "gansuite_graph.data.molecules:Qm9",
        "QM9, molecules of up to nine atoms C N O F: your file, or the package qm9pack",
        reference="ramakrishnan2014quantum",
    ),
    Component(
        "dataset",
        "smiles",
        "gansuite_graph.data.molecules:Smiles",
        "molecules of a file of SMILES",
        reference="weininger1988smiles",
    ),
    Component(
        "dataset",
        "nci",
        "gansuite_graph.data.molecules:Nci",
        "3,212 molecules of up to 20 atoms that come with RDKit",
        requires=("rdkit",),
        extra="molecules",
    ),
    Component(
        "dataset",
        "molsets",
        "gansuite_graph.data.molecules:Molsets",
        "MOSES, drug-like molecules of up to 27 atoms: the package molsets, installed without its dependencies",
        reference="polykovskiy2020moses",
    ),
)
