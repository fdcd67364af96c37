"""Priors, optimisers and schedules of the core."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component("prior", "uniform", "gansuite.priors.uniform:Uniform", "independent uniform coordinates"),
    Component("prior", "normal", "gansuite.priors.normal:Normal", "independent Gaussian coordinates"),
    Component("prior", "none", "gansuite.priors.none:NoLatent", "no latent: the generator's choices are all its noise"),
    Component(
        "optimizer",
        "adam",
        "gansuite.engine.optimizers:adam",
        "adaptive moments",
        reference="kingma2015adam",
    ),
    Component(
        "optimizer",
        "adamw",
        "gansuite.engine.optimizers:adamw",
        "adaptive moments with decoupled weight decay",
        reference="loshchilov2019decoupled",
    ),
    Component("optimizer", "sgd", "gansuite.engine.optimizers:sgd", "gradient descent, with momentum if asked for"),
    Component(
        "optimizer",
        "rmsprop",
        "gansuite.engine.optimizers:rmsprop",
        "gradient over its running root mean square",
        reference="tieleman2012rmsprop",
    ),
    Component("schedule", "constant", "gansuite.engine.schedules:constant", "the same rate at every step"),
    Component("schedule", "linear", "gansuite.engine.schedules:linear", "the rate falls on a straight line"),
    Component("schedule", "piecewise", "gansuite.engine.schedules:piecewise", "one rate after another"),
    Component(
        "schedule",
        "cosine",
        "gansuite.engine.schedules:cosine",
        "the rate falls on half a cosine",
        reference="loshchilov2017sgdr",
    ),
)
