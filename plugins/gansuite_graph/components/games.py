"""Games, and the penalty of walks."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "game",
        "netgan",
        "gansuite_graph.games.netgan:NetGan",
        "a Wasserstein game of random walks that makes no one-hot rows",
        reference="bojchevski2018netgan",
    ),
    Component(
        "penalty",
        "walk-gradient-penalty",
        "gansuite_graph.penalties.projected_gradient:WalkGradientPenalty",
        "the gradient penalty of critics that read walks through one matrix, exactly and without one-hot rows",
        reference="gulrajani2017improved",
    ),
    Component(
        "game",
        "cell",
        "gansuite_graph.games.cell:Cell",
        "maximum likelihood of a Markov chain of low rank, a whole graph at each step",
        reference="rendsburg2020netgan",
    ),
    Component(
        "game",
        "graphgan",
        "gansuite_graph.games.graphgan:GraphGan",
        "embeddings of one graph's nodes: who is a neighbour, told by inner products",
        reference="wang2018graphgan",
    ),
    Component(
        "game",
        "molgan",
        "gansuite_graph.games.molgan:MolGan",
        "a game of graphs with a third player, who learns what a graph is worth",
        reference="decao2018molgan",
    ),
    Component(
        "game",
        "spectre",
        "gansuite_graph.games.spectre:Spectre",
        "three games in a row: of eigenvalues, of eigenvectors, of graphs",
        reference="martinkus2022spectre",
    ),
)
