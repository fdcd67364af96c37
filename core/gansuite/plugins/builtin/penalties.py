"""Penalties and constraints of the core."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "penalty",
        "gradient-penalty",
        "gansuite.penalties.gradient_penalty:GradientPenalty",
        "keeps the norm of the critic's gradient near a centre, between real and fake samples",
        reference="gulrajani2017improved",
    ),
    Component(
        "penalty",
        "dragan",
        "gansuite.penalties.dragan:Dragan",
        "keeps the norm of the critic's gradient near a centre, around real samples",
        reference="kodali2017convergence",
    ),
    Component(
        "penalty",
        "r1",
        "gansuite.penalties.r1:R1",
        "squared norm of the critic's gradient at real samples",
        reference="mescheder2018which",
    ),
    Component(
        "penalty",
        "r2",
        "gansuite.penalties.r2:R2",
        "squared norm of the critic's gradient at generated samples",
        reference="mescheder2018which",
    ),
    Component(
        "penalty",
        "drift",
        "gansuite.penalties.drift:Drift",
        "squared score of real samples: keeps the scores of a Wasserstein critic near 0",
        reference="karras2018progressive",
    ),
    Component(
        "penalty",
        "consistency",
        "gansuite.penalties.consistency:Consistency",
        "the critic's score may not change when a sample is moved a little",
        reference="zhang2020consistency",
    ),
    Component(
        "penalty",
        "weight-clipping",
        "gansuite.penalties.weight_clipping:WeightClipping",
        "a constraint: the critic's parameters stay in [-c, c]",
        reference="arjovsky2017wasserstein",
    ),
    Component(
        "penalty",
        "jacobian-clamping",
        "gansuite.penalties.jacobian_clamping:JacobianClamping",
        "keeps the generator's stretch of a latent step between two bounds",
        reference="odena2018generator",
    ),
    Component(
        "penalty",
        "path-length",
        "gansuite.penalties.path_length:PathLength",
        "the generator stretches every latent direction alike",
        reference="karras2020analyzing",
    ),
    Component(
        "penalty",
        "repelling",
        "gansuite.penalties.repelling:Repelling",
        "pull-away term: generated samples of a batch differ in the critic's features",
        reference="zhao2017energy",
        aliases=("pull-away",),
    ),
    Component(
        "penalty",
        "orthogonal",
        "gansuite.penalties.orthogonal:Orthogonal",
        "filters of each layer are orthogonal, whatever their lengths",
        reference="brock2019large",
    ),
    Component(
        "penalty",
        "historical-averaging",
        "gansuite.penalties.historical_averaging:HistoricalAveraging",
        "squared distance of the parameters from their mean over the run",
        reference="salimans2016improved",
    ),
)
