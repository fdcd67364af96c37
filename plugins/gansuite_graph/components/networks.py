"""Priors, generators and critics of graphs and walks."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "generator",
        "netgan",
        "gansuite_graph.networks.walk_lstm:WalkLstm",
        "an LSTM that walks through a graph, node by node, from a latent",
        reference="bojchevski2018netgan",
    ),
    Component(
        "critic",
        "netgan",
        "gansuite_graph.networks.walk_critic:WalkCritic",
        "an LSTM that scores a random walk by its last state",
        reference="bojchevski2018netgan",
    ),
    Component(
        "generator",
        "cell",
        "gansuite_graph.networks.low_rank_walks:LowRankWalks",
        "a Markov chain whose transitions are a softmax of low rank, with a likelihood",
        reference="rendsburg2020netgan",
    ),
    Component(
        "generator",
        "erdos-renyi",
        "gansuite_graph.networks.baselines.erdos_renyi:ErdosRenyi",
        "independent edges, as likely as in training graphs of the same size: the floor",
        reference="gilbert1959random",
    ),
    Component(
        "generator",
        "sbm",
        "gansuite_graph.networks.baselines.sbm:StochasticBlocks",
        "a stochastic block model of each training graph",
        reference="holland1983stochastic",
    ),
    Component(
        "generator",
        "memorizer",
        "gansuite_graph.networks.baselines.memorizer:Memorizer",
        "the training graphs themselves: the ceiling of every distance, without novelty",
    ),
    Component(
        "generator",
        "configuration",
        "gansuite_graph.networks.baselines.configuration:Configuration",
        "walks whose nodes come by their degrees, independently",
        reference="chung2002connected",
    ),
    Component(
        "generator",
        "graphgan",
        "gansuite_graph.networks.embeddings:GraphSoftmax",
        "pairs of nodes by a softmax along the breadth-first tree of the first",
        reference="wang2018graphgan",
    ),
    Component(
        "critic",
        "graphgan",
        "gansuite_graph.networks.embeddings:PairCritic",
        "the inner product of two nodes' vectors",
        reference="wang2018graphgan",
    ),
    Component(
        "prior",
        "node-noise",
        "gansuite_graph.priors.node_noise:NodeNoise",
        "a number of nodes as in the data, Gaussian numbers for the graph and for each node",
    ),
    Component(
        "generator",
        "molgan",
        "gansuite_graph.networks.molgan:MolGanGenerator",
        "a perceptron that says all nodes and edges of a graph at once",
        reference="decao2018molgan",
        aliases=("mlp",),
    ),
    Component(
        "generator",
        "adjacency",
        "gansuite_graph.networks.adjacency:Adjacency",
        "edges between exchangeable nodes, each with noise of its own",
        reference="krawczuk2021gggan",
    ),
    Component(
        "critic",
        "rgcn",
        "gansuite_graph.networks.rgcn:Rgcn",
        "relational graph convolutions and a gated sum",
        reference="decao2018molgan",
    ),
    Component(
        "critic",
        "gin",
        "gansuite_graph.networks.gin:Gin",
        "sums over neighbours: tells graphs apart as far as colour refinement does",
        reference="xu2019powerful",
    ),
    Component(
        "critic",
        "ppgn",
        "gansuite_graph.networks.ppgn:Ppgn",
        "products of matrices over pairs of nodes: counts triangles",
        reference="maron2019provably",
    ),
    Component(
        "generator",
        "spectre",
        "gansuite_graph.networks.spectre.players:SpectreGenerator",
        "eigenvalues, then eigenvectors, then a graph, each given what came before",
        reference="martinkus2022spectre",
    ),
    Component(
        "critic",
        "spectre",
        "gansuite_graph.networks.spectre.players:SpectreCritic",
        "a critic of eigenvalues, one of eigenvectors and one of graphs",
        reference="martinkus2022spectre",
    ),
)
