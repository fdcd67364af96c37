"""What the critic's scores tell of the training: whether it is done with the generator, or knows its data by heart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
from jaxtyping import Float
from scipy.stats import mannwhitneyu
from torch import Tensor

from gansuite.metrics.diagnostics.finding import ALPHA, Finding, percent
from gansuite.metrics.metric import MetricError

SATURATED = 0.999
VANISHED = 0.01
OVERFIT = 0.6
LEAST = 50
"""Scores of each kind below which nothing is said: a critic of AUC 0.99 ranks 20 without a fault in 28 % of cases."""


def criticism(scores: Mapping[str, Tensor]) -> Iterator[Finding]:
    """Findings from scores, high for real samples, by their ranks alone: a critic's scale is its own.

    Args:
        scores: of held-out "real", "fake" and "train" samples (of packs, one each), in any number; with "pull", what
            ``pull`` gives. What is absent is not judged.

    Raises:
        MetricError: scores that are not finite.
    """
    kinds = {name: x.detach().flatten().double().cpu() for name, x in scores.items()}
    given = {name: kinds[name] for name in ("real", "fake", "train") if name in kinds}
    for name, x in given.items():
        if not torch.isfinite(x).all():
            raise MetricError(f"critic scores: those of {name} are not finite: look for overflow in the critic")
    if {"real", "fake"} <= given.keys() and min(len(given["real"]), len(given["fake"])) >= LEAST:
        yield from saturation(given["real"], given["fake"], kinds.get("pull"))
        if len(given.get("train", ())) >= LEAST:
            yield from overfitting(given["real"], given["fake"], given["train"])


def saturation(real: Float[Tensor, " n"], fake: Float[Tensor, " m"], pull: Tensor | None) -> Iterator[Finding]:
    """A critic that ranks (all but) every held-out sample above every generated one."""
    area = auc(real, fake)
    if area <= SATURATED:
        return
    numbers = {"auc": area}
    words = f"The critic ranks held-out samples above generated ones in {100 * area:.2f} % of pairs"
    if pull is None:
        yield Finding("saturated", "note", f"{words}: it tells them apart for certain.", numbers)
        return
    left = float(pull.median())
    numbers["pull"] = left
    if left < VANISHED:
        told = f"and the generator's cost is flat there ({percent(left)} of its slope is left): training stands still."
        yield Finding("saturated", "warning", f"{words}, {told}", numbers)
    else:
        told = "but the generator's cost still has a slope there: it can go on."
        yield Finding("saturated", "note", f"{words}, {told}", numbers)


def overfitting(real: Float[Tensor, " n"], fake: Float[Tensor, " m"], train: Float[Tensor, " k"]) -> Iterator[Finding]:
    """A critic that scores what it was trained on above what it was not.

    A finding needs a training sample to outrank a held-out one in 60 % of pairs, and a chance of at most ``ALPHA`` for
    that by the Mann-Whitney test. It is a warning where held-out samples have lost more than half of the lead
    over generated ones that training samples have (Karras et al. 2020, their r_v, on ranks instead of means).
    """
    ahead = auc(train, real)
    chance = float(mannwhitneyu(train.numpy(), real.numpy(), alternative="greater").pvalue)
    if ahead < OVERFIT or chance > ALPHA:
        return
    lead, lead_train = auc(real, fake) - 0.5, auc(train, fake) - 0.5
    lost = (lead_train - lead) / lead_train if lead_train > 0 else 0.0
    where = (
        "and held-out samples no better than generated ones"
        if lost > 0.9
        else f"and held-out samples have {percent(1 - lost)} of their lead over generated ones"
    )
    yield Finding(
        "overfit",
        "warning" if lost > 0.5 else "note",
        f"The critic scores training samples above held-out ones in {percent(ahead)} of pairs, {where}: it knows its "
        "data by heart, and more data or augmentation would help.",
        {"auc train over held-out": ahead, "lead lost": lost, "p": chance},
    )


def auc(above: Float[Tensor, " n"], under: Float[Tensor, " m"]) -> float:
    """Chance that one of ``above`` exceeds one of ``under``, a tie counting half (Mann-Whitney)."""
    order = under.sort().values
    low, high = (torch.searchsorted(order, above, right=right) for right in (False, True))
    return float((low + high).double().mean()) / (2 * len(under))


def pull(cost: Callable[[Tensor], Tensor], real: Float[Tensor, " n"], fake: Float[Tensor, " m"]) -> Tensor:
    """How much of the slope of the generator's cost in a score is left at generated samples, [].

    The median absolute slope at generated scores over that at real ones: 1 for a linear cost (Wasserstein, hinge), more
    for the non-saturating one, and 0 in the limit for minimax with a critic that is certain.

    Args:
        cost: the generator's cost of each score, e.g. ``objective.generator``.
        real: scores of real samples.
        fake: scores of generated samples.
    """
    slopes = []
    for scores in (fake, real):
        with torch.enable_grad():
            leaf = scores.detach().double().requires_grad_()
            (slope,) = torch.autograd.grad(cost(leaf).sum(), leaf)
        slopes.append(slope.abs().median())
    return slopes[0] / slopes[1].clamp_min(1e-300)
