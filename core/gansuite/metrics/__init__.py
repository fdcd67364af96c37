"""Estimates with their uncertainty: every metric as a function of arrays, and the evaluator that feeds them in a run.

``frechet(real, fake)`` and its neighbours take arrays or tensors and return an :class:`Estimate`, without a run, a
recipe or a plugin. Files are named by the idea and functions by the metric, so that a module never hides the function
that it defines.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite.metrics.diagnostics import intrinsic_dimension
    from gansuite.metrics.estimate import Estimate, Interval
    from gansuite.metrics.evaluation import Evaluator
    from gansuite.metrics.jackknife import Jackknife, jackknife_of
    from gansuite.metrics.metric import Metric, MetricError
    from gansuite.metrics.models.annealed_importance import log_likelihood
    from gansuite.metrics.models.jacobian import condition_number
    from gansuite.metrics.models.noise_scales import noise_scale
    from gansuite.metrics.models.tournament import bradley_terry
    from gansuite.metrics.plan import Plan
    from gansuite.metrics.states import Counts, Moments, Rows
    from gansuite.metrics.statistics.bins import ndb
    from gansuite.metrics.statistics.class_scores import am_score, inception_score, modified_inception_score
    from gansuite.metrics.statistics.classifier_test import c2st, ordered_defects
    from gansuite.metrics.statistics.divergence_frontier import mauve
    from gansuite.metrics.statistics.energy import energy_distance
    from gansuite.metrics.statistics.frechet_distance import Frechet, frechet
    from gansuite.metrics.statistics.kernel_distance import KAD, kad, kid
    from gansuite.metrics.statistics.label_transfer import gan_test, gan_train
    from gansuite.metrics.statistics.manifolds import prdc
    from gansuite.metrics.statistics.mixture_curve import prd
    from gansuite.metrics.statistics.nearest_distances import self_distance, train_distance
    from gansuite.metrics.statistics.sliced import sliced_wasserstein
    from gansuite.metrics.statistics.structural_similarity import ms_ssim
    from gansuite.metrics.statistics.support_size import birthday
    from gansuite.metrics.statistics.topology import geometry_score
    from gansuite.metrics.subject import Subject
    from gansuite.metrics.two_sample import TwoSample

_HOME = {
    "Counts": "states",
    "Estimate": "estimate",
    "Evaluator": "evaluation",
    "Frechet": "statistics.frechet_distance",
    "Interval": "estimate",
    "Jackknife": "jackknife",
    "KAD": "statistics.kernel_distance",
    "Metric": "metric",
    "MetricError": "metric",
    "Moments": "states",
    "Plan": "plan",
    "Rows": "states",
    "Subject": "subject",
    "TwoSample": "two_sample",
    "am_score": "statistics.class_scores",
    "birthday": "statistics.support_size",
    "bradley_terry": "models.tournament",
    "c2st": "statistics.classifier_test",
    "condition_number": "models.jacobian",
    "energy_distance": "statistics.energy",
    "frechet": "statistics.frechet_distance",
    "gan_test": "statistics.label_transfer",
    "gan_train": "statistics.label_transfer",
    "geometry_score": "statistics.topology",
    "inception_score": "statistics.class_scores",
    "intrinsic_dimension": "diagnostics.dimension",
    "jackknife_of": "jackknife",
    "kad": "statistics.kernel_distance",
    "kid": "statistics.kernel_distance",
    "log_likelihood": "models.annealed_importance",
    "mauve": "statistics.divergence_frontier",
    "modified_inception_score": "statistics.class_scores",
    "ms_ssim": "statistics.structural_similarity",
    "ndb": "statistics.bins",
    "noise_scale": "models.noise_scales",
    "ordered_defects": "statistics.classifier_test",
    "prd": "statistics.mixture_curve",
    "prdc": "statistics.manifolds",
    "self_distance": "statistics.nearest_distances",
    "sliced_wasserstein": "statistics.sliced",
    "train_distance": "statistics.nearest_distances",
}

__all__ = [
    "KAD",
    "Counts",
    "Estimate",
    "Evaluator",
    "Frechet",
    "Interval",
    "Jackknife",
    "Metric",
    "MetricError",
    "Moments",
    "Plan",
    "Rows",
    "Subject",
    "TwoSample",
    "am_score",
    "birthday",
    "bradley_terry",
    "c2st",
    "condition_number",
    "energy_distance",
    "frechet",
    "gan_test",
    "gan_train",
    "geometry_score",
    "inception_score",
    "intrinsic_dimension",
    "jackknife_of",
    "kad",
    "kid",
    "log_likelihood",
    "mauve",
    "modified_inception_score",
    "ms_ssim",
    "ndb",
    "noise_scale",
    "ordered_defects",
    "prd",
    "prdc",
    "self_distance",
    "sliced_wasserstein",
    "train_distance",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
