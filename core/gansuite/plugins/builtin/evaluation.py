"""Metrics and observers of the core."""

from __future__ import annotations

from gansuite.plugins.component import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "metric",
        "kad",
        "gansuite.metrics.kernel_distance:KAD",
        "kernel audio distance: unbiased squared maximum mean discrepancy of features",
        reference="chung2025kad",
    ),
    Component(
        "metric",
        "frechet",
        "gansuite.metrics.frechet_distance:Frechet",
        "Fréchet distance of Gaussians fitted to features, corrected for bias",
        reference="heusel2017gans",
    ),
    Component(
        "metric",
        "modes",
        "gansuite.metrics.modes:Modes",
        "modes captured, share of high quality, reverse KL, balanced modes: counted by a data set's judge",
        reference="srivastava2017veegan",
    ),
    Component(
        "observer",
        "tensorboard",
        "gansuite.engine.observers.tensorboard:TensorBoard",
        "scalars and samples as TensorBoard events",
        requires=("tensorboard",),
        extra="tensorboard",
    ),
)
