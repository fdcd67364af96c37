"""The evaluator: draws from a generator, holds the features against real ones, and returns estimates."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.data.dataset import Dataset
from gansuite.engine.ranks import Ranks
from gansuite.engine.rng import seed_of
from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.features import BATCH, Extractor, features, items, real_features
from gansuite.metrics.metric import MINIMUM, MetricError
from gansuite.metrics.plan import Plan
from gansuite.metrics.reference import Reference, reference_of
from gansuite.metrics.subject import Subject
from gansuite.plugins.wording import one_line

Key = tuple[str, bool]
Examine = Callable[[str, int, int], AbstractContextManager[Subject]]
"""``lend(split, n, seed)``: the model itself, for as long as the context lasts, for a metric that examines it."""


Sampler = Callable[..., Any]
"""``sampler(n, seed)``: n samples of a generator in evaluation mode, a function of its arguments alone.

A conditional one takes ``condition=``, the label of each sample.
"""


class Evaluator:
    """Metrics of generators against one data set; a function of its arguments and the generator's weights.

    Every generator is drawn from with the same latents, so that a curve over training shows the generator move and
    not the draw. No global random state is touched and no graph is recorded. Features are taken on the device, shared
    among the ranks; what is computed from them, on the first rank's host.

    Args:
        dataset: the real samples, giving its batches on ``device``.
        plans: what to take.
        device: where features are extracted.
        seed: of the choice of items, the latents, and the jackknife's blocks.
        extractor: the features of ``nearest``; None: those of the first plan.
        ranks: the processes that draw.
        game: what is to be measured, if it is there to be asked whether it can be.
        strict: whether samples that a metric cannot compare end the evaluation; else its value is NaN, with the reason
            as ``extras["warning"]``, for a run must not end by being measured.

    Raises:
        UserError: the data set, or the n of a plan, is too small, or a metric cannot be taken of this domain.
    """

    def __init__(
        self,
        dataset: Dataset,
        plans: Sequence[Plan],
        *,
        device: torch.device | str = "cpu",
        seed: int = 0,
        extractor: Extractor | None = None,
        ranks: Ranks | None = None,
        game: Any = None,
        strict: bool = False,
    ) -> None:
        self.dataset, self.plans, self.seed = dataset, list(plans), seed
        self.judge, self.strict = getattr(dataset, "judge", None), strict
        self.device, self.ranks = torch.device(device), ranks or Ranks()
        self.extractor = extractor or next((plan.extractor for plan in self.plans if plan.extractor), None)
        self.references: dict[tuple[Key, str, int], Reference] = {}
        self.untrained: dict[Key, Tensor] = {}
        self.untrained_model: Examine | None = None
        for extractor in [plan.extractor for plan in self.plans] + [self.extractor]:
            if isinstance(extractor, nn.Module):
                extractor.to(self.device).eval()
        for plan in self.plans:
            plan.check(dataset, game)
            self.size(plan)  # raises now what would end a run at its first evaluation
        for split in {plan.split for plan in self.plans}:
            if (used := self.held_out(split)) != split:
                warnings.warn(f"too few items in split {split!r}: metrics are taken against {used!r}", stacklevel=2)

    def set_untrained(self, sampler: Sampler, model: Examine | None = None) -> None:
        """Take and keep the features of the generator before its first step, and the model, for ``normalised``."""
        self.untrained = self.generated(sampler, self.plans)
        # Kept for those only that look at it: it holds a second set of networks.
        self.untrained_model = model if any(plan.examines for plan in self.plans) else None

    def evaluate(
        self, sampler: Sampler, step: int, plans: Sequence[Plan] | None = None, model: Examine | None = None
    ) -> list[Estimate]:
        """Take ``plans`` (all of them if None) of the generator behind ``sampler``, and of the ``model`` itself.

        A generator whose samples give non-finite features gets NaN, not an error: ``extras["warning"]`` says so
        with the ``step``.

        Raises:
            MetricError: ``strict`` is set, and a metric cannot compare what there is.
        """
        return self.begin(sampler, step, plans, model)()

    def begin(
        self, sampler: Sampler, step: int, plans: Sequence[Plan] | None = None, model: Examine | None = None
    ) -> Callable[[], list[Estimate]]:
        """Do what needs the generator as it is now; the rest, on the host, may be done while training goes on."""
        plans = self.plans if plans is None else list(plans)
        examined = [self.examined(plan, model) if plan.examines else [] for plan in plans]
        fakes = self.generated(sampler, plans)

        def compare() -> list[Estimate]:
            found = [
                known if plan.examines else self.estimates(plan, fakes[plan.key], step)
                for plan, known in zip(plans, examined, strict=True)
            ]
            return [each for estimates in found for each in estimates]

        return compare

    def estimates(self, plan: Plan, fake: Tensor, step: int) -> list[Estimate]:
        """One plan's estimates from features of at least as many fakes as it asks for."""
        reference = self.reference(plan)
        n, extras = len(reference.real), {"split": reference.split}

        def compare() -> Estimate | Sequence[Estimate]:
            untrained = self.untrained.get(plan.key)
            given: dict[str, Any] = dict(reference.knows(plan, self.seed))
            if plan.metric.needs == "judge":
                given["judge"] = self.judge
            if plan.labelled:  # the model was asked for the labels of the real samples
                of_fakes = dict.fromkeys(("fake", "untrained"), reference.labels["real"])
                given["labels"] = reference.labels | of_fakes
            return plan.metric(
                reference.real,
                fake[:n],
                floor=reference.floor,
                untrained=None if untrained is None else untrained[:n],
                seed=self.seed,
                **given,
            )

        if torch.isfinite(fake[:n]).all():
            found = self.attempt(plan, n, compare)
        else:
            found = nothing(plan, n, f"the samples of step {step} have features that are not finite")
        assert plan.extractor is not None
        stamp = f"{plan.extractor.name}@{plan.extractor.fingerprint[:12]}"
        return [
            self.stamped(plan, each, extractor=stamp, reference=reference.key[:12], extras={**each.extras, **extras})
            for each in listed(found)
        ]

    def examined(self, plan: Plan, model: Examine | None) -> list[Estimate]:
        """One plan's estimates of the model itself, by the first rank."""
        if model is None:
            raise UserError(f"metric {plan.metric.name} examines the model itself, which is not given")
        lent = self.held_out(plan.split), plan.n, self.seed

        def examine() -> list[Estimate]:
            with (
                model(*lent) as subject,
                self.untrained_model(*lent) if self.untrained_model else nullcontext() as fresh,
            ):
                found = self.attempt(plan, plan.n, lambda: plan.metric(subject, untrained=fresh, seed=self.seed))
            return [self.stamped(plan, each) for each in listed(found)]

        return self.ranks.lead(examine)

    def attempt(
        self, plan: Plan, n: int, measure: Callable[[], Estimate | Sequence[Estimate]]
    ) -> Estimate | Sequence[Estimate]:
        """What a metric finds, or that it cannot."""
        try:
            return measure()
        except MetricError as error:
            name, told = plan.metric.name, one_line(error)
            if self.strict:
                raise MetricError(told if told.startswith(name) else f"{name}: {told}") from error
            return nothing(plan, n, told)

    def stamped(self, plan: Plan, found: Estimate, **known: Any) -> Estimate:
        """An estimate under the plan's name, with the evaluation's seed."""
        return replace(found, name=found.name.replace(plan.metric.name, self.label(plan), 1), seed=self.seed, **known)

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
        alike = {other.key for other in self.plans if other.metric.name == plan.metric.name}
        return f"{plan.metric.name}@{plan.extractor.name}" if len(alike) > 1 and plan.extractor else plan.metric.name

    def held_out(self, split: str) -> str:
        """``split``, or the next of test, valid and train that holds enough items."""
        return next((s for s in (split, "test", "valid") if self.dataset.count(s) >= MINIMUM), "train")

    def size(self, plan: Plan) -> int:
        """Rows on each side: what is asked for, as far as both real sets reach."""
        split = self.held_out(plan.split)
        train = self.dataset.count("train")
        room = train // 2 if split == "train" else min(train, self.dataset.count(split))
        least = max(MINIMUM, getattr(plan.metric, "minimum", 0))
        if room < least:
            remedy = f"bring at least {2 * least}, or train with --set metrics=[]"
            raise UserError(f"metric {plan.metric.name}: {room} real items are too few to evaluate with: {remedy}")
        if plan.n < least:
            raise UserError(f"metric {plan.metric.name}: n = {plan.n} is too small, give at least {least}")
        return min(plan.n, room)

    def reference(self, plan: Plan) -> Reference:
        """The real side of a plan, made once."""
        assert plan.extractor is not None
        n, split = self.size(plan), self.held_out(plan.split)
        key = (plan.key, split, n)
        if key not in self.references:
            self.references[key] = reference_of(
                self.dataset, split, n, plan.extractor, self.device, self.seed, plan.labelled
            )
        return self.references[key]

    def chosen(self, split: str) -> Int64[Tensor, " n"]:
        """All items of a split in an order drawn from the seed."""
        return items(self.dataset, split, self.seed)

    @torch.no_grad()
    def generated(self, sampler: Sampler, plans: Iterable[Plan]) -> dict[Key, Tensor]:
        """Features of fresh samples by key, on the host; drawn 64 at a time, once for all plans, by all ranks."""
        needed: dict[Key, Plan] = {}
        for plan in plans:
            if not plan.examines and (plan.key not in needed or self.size(plan) > self.size(needed[plan.key])):
                needed[plan.key] = plan
        found: dict[Key, Tensor] = {}
        for labelled in (False, True):
            group = {key: plan for key, plan in needed.items() if plan.labelled is labelled}
            sizes = {key: self.size(plan) for key, plan in group.items()}
            if not group:
                continue
            wanted = self.reference(max(group.values(), key=self.size)).labels["real"] if labelled else None
            parts = self.batches(sampler, group, sizes, wanted)
            found |= {key: self.merged(part)[: sizes[key]].cpu() for key, part in parts.items()}
        return found

    def batches(
        self, sampler: Sampler, plans: dict[Key, Plan], sizes: dict[Key, int], labels: Tensor | None
    ) -> dict[Key, list[Tensor]]:
        """This rank's batches of features, by key: every k-th one, the same number on every rank."""
        parts: dict[Key, list[Tensor]] = {key: [] for key in plans}
        rank, world = self.ranks.rank, self.ranks.world
        rounds = -(-max(sizes.values()) // BATCH)
        for start in range(rank * BATCH, -(-rounds // world) * world * BATCH, world * BATCH):
            asked = {}
            if labels is not None:
                asked = {"condition": labels[torch.arange(start, start + BATCH).clamp_max(len(labels) - 1)]}
            samples = sampler(BATCH, seed_of(self.seed, "evaluation", start), **asked)
            for key, plan in plans.items():
                if start - rank * BATCH < sizes[key]:
                    parts[key].append(plan.extractor(samples))  # pyright: ignore[reportOptionalCall]
        return parts

    def merged(self, parts: list[Tensor]) -> Tensor:
        """The rows of all ranks, in the order in which one process would have drawn them."""
        own = torch.stack(parts)
        if self.ranks.world == 1:
            return own.flatten(0, 1)
        return self.ranks.gather(own).unflatten(0, (self.ranks.world, -1)).transpose(0, 1).flatten(0, 2)


def nothing(plan: Plan, n: int, warning: str) -> Estimate:
    """The estimate of what could not be measured."""
    name, nan, direction = plan.metric.name, float("nan"), plan.metric.direction
    return Estimate(name, nan, nan, nan, n, n, "none", direction=direction, extras={"warning": warning})


def listed(found: Estimate | Sequence[Estimate]) -> Sequence[Estimate]:
    """One estimate or several, as several."""
    return [found] if isinstance(found, Estimate) else found
