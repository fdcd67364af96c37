"""A finished run, looked over: its features and its critic's scores, to findings that a person should know."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gansuite.engine.rng import seed_of
from gansuite.folders import write_text
from gansuite.metrics.diagnostics import Finding, diagnose, pull
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.evaluation import Evaluator
from gansuite.metrics.features import features, real_features
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.latents import real_codes
from gansuite.metrics.models.translations import translated
from gansuite.metrics.subject import Subject
from gansuite.runs import Run

MOST = 1000
"""Samples of each kind that are looked at."""


def look_over(run: Run, evaluator: Evaluator, estimates: Sequence[Estimate] = ()) -> list[Finding]:
    """What features, scores and estimates of a run give occasion for; none of samples that have no features."""
    extractor = evaluator.extractor
    if extractor is None:
        return []
    split = evaluator.held_out(evaluator.plans[0].split if evaluator.plans else run.recipe.evaluation.split)
    n = min(MOST, run.dataset.count(split))
    held = real_features(run.dataset, split, evaluator.chosen(split)[:n], extractor, evaluator.device)
    every = torch.arange(run.dataset.count("train"))
    train = real_features(run.dataset, "train", every, extractor, evaluator.device)
    translates = hasattr(run.game, "translated")
    samples = None if translates else run.sample(n, seed_of(run.recipe.seed, "diagnosis"))
    with run.lend(split, n, run.recipe.seed) as subject:
        critic, size = criticised(subject, n), latent(subject)
        if translates:  # of held-out sources, each once: those that a game draws by chance come again
            samples = translated(subject, "diagnosis").made
    fake = features(extractor, lambda rows: run.spec.space.take(samples, rows.to(run.engine.device)), n)
    known = train if split != "train" else None  # held-out samples that are training ones show no memorisation
    return diagnose(
        held.cpu(), fake.cpu(), None if known is None else known.cpu(), critic_scores=critic, latent=size,
        estimates=estimates, seed=run.recipe.seed,
    )  # fmt: skip


def latent(subject: Subject) -> int | None:
    """Numbers of the prior that a sample is made of; None where a sample is not made of a latent."""
    try:
        return subject.generative().prior.size
    except MetricError:
        return None


@torch.no_grad()
def criticised(subject: Subject, n: int) -> dict[str, Tensor]:
    """The critic's scores of held-out, training and generated samples, high for real; empty without such a critic."""
    try:
        game: Any = subject.critical()
        subject.generative()
    except MetricError:
        return {}
    sign = -1.0 if game.objective.energy else 1.0
    found = {}
    for name, split in (("real", subject.split), ("train", "train")):
        count = min(n, subject.dataset.count(split)) // game.group * game.group
        found[name] = sign * subject.score(subject.real(count, split), real_codes(subject, count, split))
    codes = real_codes(subject, len(found["real"]) * game.group)
    z = subject.latents(len(found["real"]) * game.group, "diagnosis")
    found["fake"] = sign * subject.score(subject.generate(z, codes), codes)
    if subject.split == "train":
        del found["train"]
    if not all(bool(each.isfinite().all()) for each in found.values()):
        return {}  # the run's log has said so
    if not (game.objective.generator_needs_real or game.objective.joint or game.objective.generator_sees != "scores"):
        found["pull"] = pull(game.objective.generator, sign * found["real"], sign * found["fake"])
    return found


def write_findings(run: Run, findings: Sequence[Finding]) -> None:
    """``diagnostics.json``: a list of what was found, warnings first."""
    write_text(run.folder / "diagnostics.json", json.dumps([each.as_dict() for each in findings], indent=1) + "\n")
