"""``diagnose``: every finding that features, scores and estimates of a run give occasion for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

import torch
from torch import Tensor

from gansuite.metrics.diagnostics.collapse import collapse
from gansuite.metrics.diagnostics.critics import criticism
from gansuite.metrics.diagnostics.dimension import intrinsic_dimension
from gansuite.metrics.diagnostics.finding import ALPHA, Finding
from gansuite.metrics.diagnostics.memorisation import memorisation
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.two_sample import Features

LEAST = 20
"""Samples of each kind below which features are not judged."""


def diagnose(
    real: Features,
    fake: Features,
    train: Features | None = None,
    *,
    critic_scores: Mapping[str, Tensor] | None = None,
    latent: int | None = None,
    estimates: Iterable[Estimate] = (),
    seed: int = 0,
) -> list[Finding]:
    """What is wrong with a generator, and what to know of its numbers; warnings first.

    Every finding that rests on samples has a test behind it that accuses a generator of the real law in at most 1 % of
    cases, and asks for an effect of some size besides: see the documentation for the rates measured.

    Args:
        real: features of held-out real samples, [n, d], in an order by chance.
        fake: features of generated samples, [m, d].
        train: features of the training samples, [k, d]; without them memorisation is not looked for.
        critic_scores: as ``critics.criticism`` takes them, high for real.
        latent: numbers that the generator's prior draws for a sample.
        estimates: the metrics that were taken, for the warnings that they carry.
        seed: of the permutations.

    Raises:
        MetricError: features that are not [n, d] or differ in d, or real ones or scores that are not finite.
    """
    found = [*examined(*prepared(real, fake, train), latent, seed), *criticism(critic_scores or {})]
    found += cautions(estimates)
    return sorted(found, key=lambda finding: finding.level != "warning")


def examined(real: Tensor, fake: Tensor, train: Tensor | None, latent: int | None, seed: int) -> Iterator[Finding]:
    """Findings from features."""
    try:
        dimension = intrinsic_dimension(real, level=1 - ALPHA)
    except MetricError:
        dimension = None  # too few different samples, or a grid
    if latent is not None and dimension is not None:
        yield from narrow(latent, dimension)
    if not torch.isfinite(fake).all():
        share = float((~torch.isfinite(fake)).any(1).double().mean())
        words = f"{100 * share:.3g} % of the generated samples have features that are not finite: nothing was judged."
        yield Finding("not-finite", "warning", words, {"share": share})
    elif (fewest := min(len(real), len(fake))) < LEAST:
        words = f"{fewest} samples are too few to look for collapse and memorisation: give at least {LEAST}."
        yield Finding("few-samples", "note", words, {"n": fewest})
    else:
        yield from collapse(real, fake, dimension.value if dimension else None, seed=seed)
        if train is not None and len(torch.unique(train, dim=0)) > 2:
            yield from memorisation(real, fake, train)


def narrow(latent: int, dimension: Estimate) -> Iterator[Finding]:
    """A latent with fewer coordinates than the data varies in.

    By half of one at least, or a quarter of the latent's if that is more: curvature and heavy tails exaggerate the
    dimension by up to so much (see ``intrinsic_dimension``).
    """
    if dimension.low > latent + max(0.5, 0.25 * latent):
        yield Finding(
            "narrow-latent",
            "warning",
            f"The real samples vary in about {dimension.value:.1f} directions ({dimension.low:.1f} to "
            f"{dimension.high:.1f}) and the latent has {latent}: the generator cannot reach all of them.",
            {"dimension": dimension.value, "low": dimension.low, "high": dimension.high, "latent": latent},
        )


def cautions(estimates: Iterable[Estimate]) -> Iterator[Finding]:
    """The warnings of the metrics, each once, with the names of those that carry it."""
    carried: dict[str, list[Estimate]] = {}
    for estimate in estimates:
        told = estimate.extras.get("warning") or ()
        for words in [told] if isinstance(told, str) else map(str, told):
            carried.setdefault(words, []).append(estimate)
    for words, those in carried.items():
        names = ", ".join(dict.fromkeys(each.name for each in those))
        lost = not all(math.isfinite(each.value) for each in those)
        n = min(each.n_fake for each in those)
        yield Finding("not-measured" if lost else "caution", "warning", f"{names}: {words}.", {"n": n})


def prepared(real: Features, fake: Features, train: Features | None) -> tuple[Tensor, Tensor, Tensor | None]:
    """The sets as float64 tensors on one device, centred at the mean of the real samples, which saves digits."""
    tensors = {
        k: torch.as_tensor(x).detach() for k, x in {"real": real, "fake": fake, "train": train}.items() if x is not None
    }
    first = tensors["real"]
    for name, x in tensors.items():
        if x.dim() != 2:
            raise MetricError(f"diagnose: {name} features have shape {list(x.shape)}: give one row per sample, [n, d]")
        if x.shape[1] != first.shape[1]:
            raise MetricError(
                f"diagnose: {name} features have {x.shape[1]} dimensions and real ones {first.shape[1]}: "
                "take all from one extractor"
            )
        if name != "fake" and not torch.isfinite(x).all():
            raise MetricError(f"diagnose: {name} features are not finite: look for NaN or overflow in the samples")
    device = torch.device("cpu") if first.device.type == "mps" else first.device  # MPS has no float64
    doubles = {name: x.to(device, torch.float64) for name, x in tensors.items()}
    centre = doubles["real"].mean(0)
    return doubles["real"] - centre, doubles["fake"] - centre, doubles["train"] - centre if train is not None else None
