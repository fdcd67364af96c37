"""Objectives of the core."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "objective",
        "wasserstein",
        "gansuite.objectives.wasserstein:Wasserstein",
        "difference of mean scores: the earth mover's distance, given a Lipschitz critic",
        reference="arjovsky2017wasserstein",
    ),
    Component(
        "objective",
        "non-saturating",
        "gansuite.objectives.non_saturating:NonSaturating",
        "cross-entropy whose generator maximises log D(G(z))",
        reference="goodfellow2014generative",
    ),
    Component(
        "objective",
        "minimax",
        "gansuite.objectives.minimax:Minimax",
        "cross-entropy of the zero-sum game: the Jensen-Shannon divergence",
        reference="goodfellow2014generative",
    ),
    Component(
        "objective",
        "hinge",
        "gansuite.objectives.hinge:Hinge",
        "margin loss: scores beyond one are left alone",
        reference="lim2017geometric",
    ),
    Component(
        "objective",
        "least-squares",
        "gansuite.objectives.least_squares:LeastSquares",
        "squared distance of scores from targets: Pearson's chi-squared divergence",
        reference="mao2017least",
    ),
    Component(
        "objective",
        "relativistic-average",
        "gansuite.objectives.relativistic_average:RelativisticAverage",
        "whether a sample is more real than the average one of the other kind",
        reference="jolicoeur2019relativistic",
    ),
    Component(
        "objective",
        "ebgan",
        "gansuite.objectives.ebgan:Ebgan",
        "energy below a margin for generated samples, low for real ones: an auto-encoding critic",
        reference="zhao2017energy",
    ),
    Component(
        "objective",
        "began",
        "gansuite.objectives.began:Began",
        "auto-encoding critic whose two reconstruction errors a controller keeps in a ratio",
        reference="berthelot2017began",
    ),
    Component(
        "objective",
        "boundary-seeking",
        "gansuite.objectives.boundary_seeking:BoundarySeeking",
        "cross-entropy whose generator seeks the critic's decision boundary; importance weights for discrete data",
        reference="hjelm2018boundary",
    ),
    Component(
        "objective",
        "relativistic",
        "gansuite.objectives.relativistic:Relativistic",
        "whether the real sample of a pair is more real than the generated one",
        reference="jolicoeur2019relativistic",
    ),
    Component(
        "objective",
        "optimal-transport",
        "gansuite.objectives.optimal_transport:OptimalTransport",
        "mini-batch energy distance: Sinkhorn matchings of the critic's features",
        reference="salimans2018improving",
    ),
    Component(
        "objective",
        "feature-matching",
        "gansuite.objectives.feature_matching:FeatureMatching",
        "distance of the mean features of real and generated samples",
        reference="salimans2016improved",
    ),
    Component(
        "objective",
        "mmd",
        "gansuite.objectives.mmd:Mmd",
        "maximum mean discrepancy of the critic's features, unbiased, mixture of kernels",
        reference="li2017mmd",
    ),
    Component(
        "objective",
        "perceptual",
        "gansuite.objectives.perceptual:Perceptual",
        "distance in the layers of a fixed network: of pairs, or of batch means",
        reference="johnson2016perceptual",
    ),
    Component(
        "objective",
        "f-divergence",
        "gansuite.objectives.f_divergence:FDivergence",
        "variational bound of KL, reverse KL, Pearson's or Jensen-Shannon's divergence",
        reference="nowozin2016f",
    ),
    Component(
        "objective",
        "mixed-batch",
        "gansuite.objectives.mixed_batch:MixedBatch",
        "the critic tells the share of real samples in a mixed batch: for the game batch-gan",
        reference="lucas2018mixed",
    ),
)
