"""What the core itself offers, through the same hook as every plugin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gansuite.plugins.component import Component
from gansuite.plugins.hookspecs import hookimpl

if TYPE_CHECKING:
    from gansuite.engine.observer import Observer
    from gansuite.runs import Run

COMPONENTS = (
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
        "penalty",
        "gradient-penalty",
        "gansuite.penalties.gradient_penalty:GradientPenalty",
        "keeps the norm of the critic's gradient near a centre, between real and fake samples",
        reference="gulrajani2017improved",
    ),
    Component(
        "penalty",
        "r1",
        "gansuite.penalties.r1:R1",
        "squared norm of the critic's gradient at real samples",
        reference="mescheder2018which",
    ),
    Component(
        "dynamics",
        "alternating",
        "gansuite.dynamics.alternating:Alternating",
        "players move one after the other, each seeing the last move",
        reference="goodfellow2014generative",
    ),
    Component(
        "dynamics",
        "simultaneous",
        "gansuite.dynamics.simultaneous:Simultaneous",
        "players move at once, from the same point",
        reference="mescheder2017numerics",
    ),
    Component(
        "game",
        "gan",
        "gansuite.games.gan:Gan",
        "a generator against a critic",
        reference="goodfellow2014generative",
    ),
    Component("prior", "uniform", "gansuite.priors.uniform:Uniform", "independent uniform coordinates"),
    Component("prior", "normal", "gansuite.priors.normal:Normal", "independent Gaussian coordinates"),
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
    Component(
        "schedule",
        "cosine",
        "gansuite.engine.schedules:cosine",
        "the rate falls on half a cosine",
        reference="loshchilov2017sgdr",
    ),
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
        "observer",
        "tensorboard",
        "gansuite.engine.observers.tensorboard:TensorBoard",
        "scalars and samples as TensorBoard events",
        requires=("tensorboard",),
        extra="tensorboard",
    ),
)


@hookimpl
def gansuite_components() -> Iterable[Component]:
    """The core's own components."""
    return COMPONENTS


@hookimpl
def gansuite_observers(run: Run) -> Iterable[Observer]:
    """TensorBoard's scalars wherever it is installed, unless the recipe has placed the observer itself."""
    from gansuite.engine.observers.tensorboard import TensorBoard, installed

    placed = any(bound.entry.component.name == "tensorboard" for bound in run.recipe.observers)
    return [TensorBoard()] if installed() and not placed else []
