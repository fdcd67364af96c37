"""Features, metrics, writers and sections of the report."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "extractor",
        "gin",
        "gansuite_graph.metrics.gin:Gin",
        "a random graph isomorphism network: no weights to fetch",
        reference="thompson2022evaluation",
    ),
    Component(
        "presenter",
        "drawings",
        "gansuite_graph.presenter:GraphPresenter",
        "a drawing a graph, and walks as rows of nodes",
        requires=("networkx",),
        extra="graph",
    ),
    Component(
        "panel",
        "graph-samples",
        "gansuite_graph.panels.samples:SamplesPanel",
        "pictures of graphs beside their nearest training graphs, copies marked",
        requires=("networkx",),
        extra="graph",
    ),
    Component(
        "metric",
        "vun",
        "gansuite_graph.metrics.vun:Vun",
        "share of graphs that are valid, unique and novel, and of each",
        requires=("networkx",),
        extra="graph",
        reference="martinkus2022spectre",
    ),
    Component(
        "metric",
        "polygraph",
        "gansuite_graph.metrics.polygraph:PolyGraph",
        "a lower bound of the Jensen-Shannon distance, by the descriptor that tells most",
        reference="krimmel2025polygraph",
    ),
    Component(
        "writer",
        "graphs",
        "gansuite_graph.writers.graphs:GraphsWriter",
        "graphs as graph6, GraphML, edge lists, SMILES, SDF, JSON or arrays",
    ),
    Component(
        "metric",
        "graph-mmd",
        "gansuite_graph.metrics.graph_mmd_metric:GraphMmd",
        "degrees, clustering, 4-node orbits and spectra of two sets of graphs",
        reference="you2018graphrnn",
    ),
    Component(
        "extractor",
        "walks",
        "gansuite_graph.walks.features:WalkFeatures",
        "nodes and steps of a walk along random directions, and how many steps follow an edge",
    ),
    Component(
        "panel",
        "network",
        "gansuite_graph.panels.network:NetworkPanel",
        "the graph put together from walks beside the real one: picture, degrees, statistics",
        requires=("networkx",),
        extra="graph",
    ),
    Component(
        "metric",
        "network-statistics",
        "gansuite_graph.metrics.network_statistics:NetworkStatistics",
        "degrees, counts of small subgraphs, power law, components of the assembled graph",
        reference="bojchevski2018netgan",
    ),
    Component(
        "metric",
        "edge-overlap",
        "gansuite_graph.metrics.edge_overlap:EdgeOverlap",
        "share of the edges that the assembled graph has in common with the real one",
        reference="bojchevski2018netgan",
    ),
    Component(
        "metric",
        "link-prediction",
        "gansuite_graph.metrics.link_prediction:LinkPrediction",
        "held-out edges told from pairs without one: ROC AUC and average precision",
        reference="bojchevski2018netgan",
    ),
    Component(
        "writer",
        "network",
        "gansuite_graph.writers.network:NetworkWriter",
        "the graph that walks make, as GraphML, edge list or arrays, and the walks as text",
    ),
    Component(
        "metric",
        "molecules",
        "gansuite_graph.metrics.molecules:Molecules",
        "valid, unique and novel molecules, drawn and by the likeliest types",
        reference="decao2018molgan",
    ),
    Component(
        "metric",
        "molecule-scores",
        "gansuite_graph.metrics.molecule_scores:MoleculeScores",
        "QED, logP and synthetic accessibility of generated molecules, and their distance to real ones",
        requires=("rdkit",),
        extra="molecules",
        reference="polykovskiy2020moses",
    ),
)
