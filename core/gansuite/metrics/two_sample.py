"""What metrics that compare two sets of samples share: the check of their input, and the way to an estimate."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate, Interval
from gansuite.metrics.jackknife import Jackknife, block_labels, jackknife_of
from gansuite.metrics.metric import MINIMUM, MetricError

Features = Tensor | np.ndarray
Side = Mapping[str, Tensor]
"""What a metric keeps of the real samples; tensors by name, so that it can lie on disk."""


@dataclass(frozen=True)
class Part:
    """One of the numbers of a metric: its name behind the metric's (``""``: the metric's own), direction and range."""

    name: str = ""
    direction: str = "min"
    low: float = -np.inf
    high: float = np.inf
    ideal: float | None = None


@dataclass
class Known:
    """What an evaluator has of earlier calls with the same real samples: the real side, and tables of other sets."""

    side: dict[str, Side] = field(default_factory=dict)
    tables: dict[str, np.ndarray] = field(default_factory=dict)

    def tensors(self) -> dict[str, Tensor]:
        """All of it by name, for a file."""
        named = {f"side/{prefix}/{name}": x for prefix, side in self.side.items() for name, x in side.items()}
        tables = {f"table/{name}": torch.from_numpy(table) for name, table in self.tables.items()}
        # Copies of their own: a file refuses tensors that share memory, as the sides of two numbers may.
        return {name: x.detach().cpu().contiguous().clone() for name, x in (named | tables).items()}

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor]) -> Known:
        """What ``tensors`` gave."""
        known = cls()
        for name, x in tensors.items():
            kind, _, rest = name.partition("/")
            if kind == "table":
                known.tables[rest] = x.numpy()
            else:
                prefix, _, own = rest.partition("/")
                known.side.setdefault(prefix, {})  # pyright: ignore[reportArgumentType]
                known.side[prefix] = {**known.side[prefix], own: x}
        return known


class TwoSample(ABC):
    """A statistic of a set of samples against real ones, with the joint block jackknife of all sets.

    A subclass says how to compute its numbers on all rows and without each block of rows: ``side`` is what depends on
    the real samples alone, ``table`` what another set is worth against it. The frame does the rest, alike for every
    metric: equal n, floor, untrained generator, bias correction, interval, normalised value.

    Class attributes:
        name, needs, direction, meaning: see :class:`gansuite.metrics.metric.Metric`.
        parts: the numbers, in the order of the table's columns.
        minimum: rows below which it is not taken.
        centre: whether the features are moved so that the mean of the real ones is 0, which saves the digits that a
            large offset costs; off for what is not translation invariant.
        correct: whether the jackknife takes the 1 / n bias away (an instance may say otherwise); then on all rows.
        error_rows: rows (a choice by chance, for rows may come sorted) from which the interval is taken, where all
            would cost too much; 0: all. The error of n rows is that of m rows times sqrt(m / n).
        method: how the numbers came about, for the report.
    """

    name: str
    needs: str = "features"
    direction: str = "min"
    meaning: str
    parts: Sequence[Part] = (Part(),)
    minimum: int = MINIMUM
    centre: bool = True
    correct: bool = False
    error_rows: int = 0
    method: str = "block jackknife"

    @abstractmethod
    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """What is a function of the real samples (float64, centred) alone, without blocks where ``labels`` is None."""

    @abstractmethod
    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """The parts of another set on all rows (row 0) and without each block (rows 1 to B), [B + 1, parts].

        Row i of both sets is in block ``labels[i]``. Where ``labels`` is None: row 0 alone, [1, parts].
        """

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """What else there is to tell of the generated samples, for ``Estimate.extras``."""
        return {}

    def __call__(
        self,
        real: Features,
        fake: Features,
        *,
        floor: Features | None = None,
        untrained: Features | None = None,
        seed: int = 0,
        known: Known | None = None,
    ) -> list[Estimate]:
        """An estimate for every part.

        Args:
            real: features of real samples, [n, d].
            fake: features of generated samples, [n, d].
            floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
            untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
            seed: of the jackknife's blocks, and of whatever the metric draws.
            known: kept by an evaluator between calls with the same ``real``, ``floor``, ``untrained`` and ``seed``.

        Raises:
            MetricError: unequal or too small n, unequal d, or features that are not finite.
        """
        given = {"fake": fake, "floor": floor, "untrained": untrained}
        sets = checked(self.name, self.minimum, self.centre, real=real, **given)
        x, known, n = sets.pop("real"), known or Known(), len(real)
        tables, errors, m = *self.computed(x, sets, seed, known), min(n, self.error_rows or n)
        extras = self.extras(known.side[""], tables["fake"])
        if bool((x == x[0]).all()):
            told = "all real samples have the same features, so the extractor sees no difference between them"
            extras = {"warning": told, **extras}
        found = []
        for column, part in enumerate(self.parts):
            jackknife = joint(tables, errors, column, n, m, seed, correct=self.correct)
            found.append(as_estimate(self, part, jackknife, list(tables), n, seed, extras))
        return found

    def prepare(self, real: Features, floor: Features, seed: int = 0) -> Known:
        """What an evaluator keeps of real samples: the side, and the tables of the floor."""
        sets, known = checked(self.name, self.minimum, self.centre, real=real, floor=floor), Known()
        self.computed(sets.pop("real"), sets, seed, known)
        return known

    def computed(
        self, x: Tensor, sets: Mapping[str, Tensor], seed: int, known: Known
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray] | None]:
        """The tables of every set on all rows, and those on ``error_rows`` where they stand in for the interval."""
        tables, m = self.tables(x, sets, seed, known), self.error_rows
        if not m or len(x) <= m:
            return tables, None
        some = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))[:m].to(x.device)
        return tables, self.tables(x[some], {name: y[some] for name, y in sets.items()}, seed, known, "rows ")

    def tables(
        self, x: Tensor, sets: Mapping[str, Tensor], seed: int, known: Known, prefix: str = ""
    ) -> dict[str, np.ndarray]:
        """The table of every set, from ``known`` where it is there; those of ``fake`` are never kept."""
        whole_only = self.error_rows and len(x) > self.error_rows
        labels = None if whole_only else block_labels(len(x), seed=seed)
        if prefix not in known.side:
            known.side[prefix] = self.side(x, labels, seed)
        tables = {}
        for name, y in sets.items():
            key = prefix + name
            tables[name] = known.tables[key] if key in known.tables else self.table(known.side[prefix], y, labels, seed)
            if name != "fake":
                known.tables[key] = tables[name]
        return tables


def joint(
    tables: Mapping[str, np.ndarray],
    errors: Mapping[str, np.ndarray] | None,
    column: int,
    n: int,
    m: int,
    seed: int,
    *,
    correct: bool,
) -> Jackknife:
    """The joint jackknife of one part over all sets; ``errors`` are the tables of m of the n rows, if they stand in."""
    rows = np.stack([table[:, column] for table in (errors or tables).values()], 1)
    found = jackknife_of(lambda b: rows[0 if b is None else b + 1], block_labels(m, seed=seed), correct=correct)
    if errors is None:
        return found
    whole = np.array([table[0, column] for table in tables.values()])
    return Jackknife(whole, whole, whole + (found.pseudo - found.centre) * np.sqrt(m / n), found.weight)


def as_estimate(
    metric: Any,
    part: Part,
    found: Jackknife,
    sets: Sequence[str],
    n: int,
    seed: int,
    extras: Mapping[str, Any] | None = None,
    level: float = 0.95,
) -> Estimate:
    """The estimate of one part from its joint jackknife over ``sets``, the first of which is the generated one."""
    value = found.of(0, level)
    at = {label: float(x) for label, x in zip(sets, found.value, strict=True)}
    return Estimate(
        name=f"{metric.name}/{part.name}" if part.name else metric.name,
        value=value.value,
        low=max(value.low, part.low),
        high=min(value.high, part.high),
        n_real=n,
        n_fake=n,
        method=metric.method,
        level=level,
        direction=part.direction,
        seed=seed,
        floor=at.get("floor"),
        untrained=at.get("untrained"),
        ideal=part.ideal,
        normalised=normalised(found, level) if tuple(sets) == ("fake", "floor", "untrained") else None,
        extras=dict(extras or {}),
    )


def checked(
    name: str, minimum: int = MINIMUM, centre: bool = True, /, **sets: Features | None
) -> dict[str, Float[Tensor, "n d"]]:
    """The given sets as float64 tensors on one device, centred at the mean of the first where ``centre`` is true.

    Raises:
        MetricError: a set is not [n, d], is not finite, has too few rows, or differs in n or d from the first.
    """
    tensors = {label: torch.as_tensor(x).detach() for label, x in sets.items() if x is not None}
    first, reference = next(iter(tensors.items()))
    device = torch.device("cpu") if reference.device.type == "mps" else reference.device  # MPS has no float64
    for label, x in tensors.items():
        if x.dim() != 2:
            raise MetricError(f"{name}: {label} features have shape {list(x.shape)}: give one row per sample, [n, d]")
        if x.shape[1] != reference.shape[1]:
            raise MetricError(
                f"{name}: {label} features have {x.shape[1]} dimensions and {first} ones {reference.shape[1]}: "
                "take both from one extractor"
            )
        if x.shape[0] != reference.shape[0]:
            raise MetricError(
                f"{name}: {x.shape[0]} {label} rows against {reference.shape[0]} {first} rows: the bias of a metric "
                "depends on n, so give equal numbers"
            )
        if x.shape[0] < minimum:
            raise MetricError(f"{name}: {x.shape[0]} {label} rows are too few: give at least {minimum}")
        if not torch.isfinite(x).all():
            raise MetricError(f"{name}: {label} features are not finite: look for NaN or overflow in the samples")
    doubles = {label: x.to(device, torch.float64) for label, x in tensors.items()}
    pivot = doubles[first].mean(0) if centre else 0.0
    return {label: x - pivot for label, x in doubles.items()}


def normalised(found: Jackknife, level: float = 0.95) -> Interval | None:
    """(value - floor) / (untrained - floor) with its interval from the joint jackknife of the three.

    None where the untrained generator is not told from real data (its distance to the floor is within the
    error), for then the ratio has no meaning.
    """
    value, floor, untrained = found.value
    span = untrained - floor
    if abs(span) <= 2 * found.error([0.0, -1.0, 1.0]) or not np.isfinite(span):
        return None
    ratio = (value - floor) / span + 0.0  # no minus nought
    return found.interval(float(ratio), np.array([1.0, ratio - 1.0, -ratio]) / span, level)
