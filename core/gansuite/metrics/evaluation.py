"""The evaluator: draws from a generator, holds the features against real ones, and returns estimates."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import seed_of
from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.features import BATCH, Extractor, features, real_features, reference_key
from gansuite.metrics.two_sample import MINIMUM, Metric

Sampler = Callable[[int, int], Any]
"""``sampler(n, seed)``: n samples of a generator in evaluation mode, a function of n and seed alone."""


@dataclass(frozen=True, eq=False)
class Plan:
    """One metric to be taken: on which features, of how many samples, against which real ones.

    Args:
        metric: the statistic.
        extractor: the features it compares.
        n: samples on each side; fewer where the split holds fewer.
        every: steps between evaluations while training; 0: only when asked.
        split: the real side; the next of test, valid, train where it is empty.
    """

    metric: Metric
    extractor: Extractor
    n: int = 1000
    every: int = 0
    split: str = "test"


@dataclass(frozen=True)
class Reference:
    """Features of held-out items and of as many other (training) items."""

    key: str
    split: str
    real: Float[Tensor, "n d"]
    floor: Float[Tensor, "n d"]


class Evaluator:
    """Metrics of generators against one data set; a function of its arguments and the generator's weights.

    Every generator is drawn from with the same latents, so that a curve over training shows the generator move and
    not the draw. No global random state is touched and no graph is recorded.

    Args:
        dataset: the real samples, giving its batches on ``device``.
        plans: what to take.
        device: where features are extracted and compared.
        seed: of the choice of items, the latents, and the jackknife's blocks.
        extractor: the features of ``nearest``; None: those of the first plan.

    Raises:
        UserError: the data set, or the n of a plan, is too small.
    """

    def __init__(
        self,
        dataset: Dataset,
        plans: Sequence[Plan],
        *,
        device: torch.device | str = "cpu",
        seed: int = 0,
        extractor: Extractor | None = None,
    ) -> None:
        self.dataset, self.plans, self.seed = dataset, list(plans), seed
        self.judge = getattr(dataset, "judge", None)
        self.device = torch.device(device)
        self.extractor = extractor or (self.plans[0].extractor if self.plans else None)
        self.references: dict[tuple[str, str, int], Reference] = {}
        self.untrained: dict[str, Float[Tensor, "n d"]] = {}
        for extractor in [plan.extractor for plan in self.plans] + [self.extractor]:
            if isinstance(extractor, nn.Module):
                extractor.to(self.device).eval()
        for plan in self.plans:
            if plan.metric.needs == "judge" and self.judge is None:
                raise UserError(
                    f"metric {plan.metric.name}: the data set has no judge that knows the truth of a sample"
                )
            self.size(plan)  # raises now what would end a run at its first evaluation
        for split in {plan.split for plan in self.plans}:
            if (used := self.held_out(split)) != split:
                warnings.warn(f"too few items in split {split!r}: metrics are taken against {used!r}", stacklevel=2)

    def set_untrained(self, sampler: Sampler) -> None:
        """Take and keep the features of the generator before its first step, for ``normalised``."""
        self.untrained = self.generated(sampler, self.plans)

    def evaluate(self, sampler: Sampler, step: int, plans: Sequence[Plan] | None = None) -> list[Estimate]:
        """Take ``plans`` (all of them if None) of the generator behind ``sampler``.

        A generator whose samples give non-finite features gets NaN, not an error: ``extras["warning"]`` says so
        with the ``step``.
        """
        plans = self.plans if plans is None else list(plans)
        fakes = self.generated(sampler, plans)
        return [each for plan in plans for each in self.estimates(plan, fakes[plan.extractor.fingerprint], step)]

    def estimates(self, plan: Plan, fake: Float[Tensor, "m d"], step: int) -> list[Estimate]:
        """One plan's estimates from features of at least as many fakes as it asks for."""
        reference = self.reference(plan)
        n = len(reference.real)
        extras: dict[str, Any] = {"split": reference.split}
        if torch.isfinite(fake[:n]).all():
            untrained = self.untrained.get(plan.extractor.fingerprint)
            found = plan.metric(
                reference.real,
                fake[:n],
                floor=reference.floor,
                untrained=None if untrained is None else untrained[:n],
                seed=self.seed,
                **({"judge": self.judge} if plan.metric.needs == "judge" else {}),
            )
        else:
            nan = float("nan")
            found = Estimate(plan.metric.name, nan, nan, nan, n, n, "none", direction=plan.metric.direction)
            extras["warning"] = f"the samples of step {step} have features that are not finite"
        return [
            replace(
                each,
                name=each.name.replace(plan.metric.name, self.label(plan), 1),
                seed=self.seed,
                extractor=f"{plan.extractor.name}@{plan.extractor.fingerprint[:12]}",
                reference=reference.key[:12],
                extras={**each.extras, **extras},
            )
            for each in ([found] if isinstance(found, Estimate) else found)
        ]

    def nearest(
        self, samples: Any, split: str = "train", extractor: Extractor | None = None
    ) -> tuple[Int64[Tensor, " k"], Float[Tensor, " k"]]:
        """Position in ``split`` and feature distance of the real item nearest to each sample, on the host."""
        extractor = extractor or self.extractor
        if extractor is None:
            raise UserError("nearest items need an extractor: name one, or a metric that has one")
        space = self.dataset.spec.space
        near = features(extractor, lambda rows: space.take(samples, rows.to(self.device)), space.size(samples))
        real = real_features(self.dataset, split, torch.arange(self.dataset.count(split)), extractor, self.device)
        # Not by matrix product: a copy of a training item is at distance 0 exactly.
        parts = [torch.cdist(rows, real, compute_mode="donot_use_mm_for_euclid_dist").min(1) for rows in near.split(16)]
        return torch.cat([part.indices for part in parts]).cpu(), torch.cat([part.values for part in parts]).cpu()

    def label(self, plan: Plan) -> str:
        """The metric's name, with the extractor's where two plans share the metric."""
        alike = {other.extractor.name for other in self.plans if other.metric.name == plan.metric.name}
        return f"{plan.metric.name}@{plan.extractor.name}" if len(alike) > 1 else plan.metric.name

    def held_out(self, split: str) -> str:
        """``split``, or the next of test, valid and train that holds enough items."""
        return next((s for s in (split, "test", "valid") if self.dataset.count(s) >= MINIMUM), "train")

    def size(self, plan: Plan) -> int:
        """Rows on each side: what is asked for, as far as both real sets reach."""
        split = self.held_out(plan.split)
        train = self.dataset.count("train")
        room = train // 2 if split == "train" else min(train, self.dataset.count(split))
        if room < MINIMUM:
            remedy = f"bring at least {2 * MINIMUM}, or train with --set metrics=[]"
            raise UserError(f"{room} real items are too few to evaluate with: {remedy}")
        if plan.n < MINIMUM:
            raise UserError(f"metric {plan.metric.name}: n = {plan.n} is too small, give at least {MINIMUM}")
        return min(plan.n, room)

    def reference(self, plan: Plan) -> Reference:
        """The real side of a plan: a seeded choice of held-out items, and as many training items for the floor."""
        n, split = self.size(plan), self.held_out(plan.split)
        key = (plan.extractor.fingerprint, split, n)
        if key not in self.references:
            held = self.chosen(split)[:n]
            others = self.chosen("train")[n : 2 * n] if split == "train" else self.chosen("train")[:n]
            self.references[key] = Reference(
                reference_key(self.dataset, split, held, plan.extractor),
                split,
                real_features(self.dataset, split, held, plan.extractor, self.device),
                real_features(self.dataset, "train", others, plan.extractor, self.device),
            )
        return self.references[key]

    def chosen(self, split: str) -> Int64[Tensor, " n"]:
        """All items of a split in an order drawn from the seed."""
        generator = torch.Generator().manual_seed(seed_of(self.seed, "items", split))
        return torch.randperm(self.dataset.count(split), generator=generator)

    @torch.no_grad()
    def generated(self, sampler: Sampler, plans: Iterable[Plan]) -> dict[str, Float[Tensor, "n d"]]:
        """Features of fresh samples by extractor fingerprint; drawn 64 at a time, once for all plans."""
        needed: dict[str, tuple[Extractor, int]] = {}
        for plan in plans:
            known = needed.get(plan.extractor.fingerprint, (plan.extractor, 0))[1]
            needed[plan.extractor.fingerprint] = (plan.extractor, max(known, self.size(plan)))
        parts: dict[str, list[Tensor]] = {key: [] for key in needed}
        for start in range(0, max((n for _, n in needed.values()), default=0), BATCH):
            samples = sampler(BATCH, seed_of(self.seed, "evaluation", start))
            for key, (extractor, n) in needed.items():
                if start < n:
                    parts[key].append(extractor(samples))
        return {key: torch.cat(part)[: needed[key][1]] for key, part in parts.items()}
