"""The birthday paradox turned round: the size of a generator's support from the duplicates among its samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

import torch
from annotated_types import Ge
from jaxtyping import Float, Int64
from scipy.special import gammaincinv
from torch import Tensor

from gansuite.engine.rng import seed_of
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MINIMUM, MetricError
from gansuite.metrics.statistics.neighbours import balls_of, squared_distances, tiles
from gansuite.metrics.two_sample import Features, checked

LEVEL = 0.95
QUANTILE = 0.01  # of the real rows' distances to their nearest neighbours: closer pairs count as duplicates
DRAWS = 200  # orders in which rows are looked through for the first duplicate
PAIRS = 1_000_000  # duplicate pairs listed at most


def birthday(
    fake: Features,
    batch: int | None = None,
    *,
    real: Features | None = None,
    threshold: float | None = None,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Estimate:
    """Size of the support that the number of duplicate pairs among samples speaks for.

        N = pairs looked at / pairs found,    s (s - 1) / 2 pairs in a batch of s

    For a uniform law on N things that is N; for any other one it is 1 / sum_i p_i², the number of equally likely things
    that would repeat as often, and below the number of different things. Beside it the rule of the paper, from the
    smallest batch that holds a duplicate with probability 1/2: ``extras["half"]`` is that size s, ``extras["rule"]``
    is s² / (2 ln 2), and s² bounds the support in the paper.

    The interval is exact for Poisson numbers of pairs (Garwood), widened where some things repeat more than others.
    Where no pair was found the value is infinite, ``low`` is what is certain, and ``extras["warning"]`` says so.

    Args:
        fake: features of generated samples, [n, d]; keys of discrete things will do, [n, 1].
        batch: rows of a batch; None: all n are one, which uses every pair.
        real: features of real samples, which give the threshold.
        threshold: distance up to which a pair is a duplicate; None: the first percentile of the distances of real
            rows to their nearest neighbours (0, so exact duplicates, where more than that have a double), or 0 without
            ``real``. With a threshold above 0 the number is relative: hold it against the floor.
        floor: features of other real samples; gives ``Estimate.floor``, what real samples themselves would be given.
        untrained: features of an untrained generator's samples.
        seed: of the orders looked through.

    Raises:
        MetricError: fewer than 4 rows, unequal d, non-finite features, a threshold or a batch that does not fit.

    Source: Arora, Risteski & Zhang 2018, section 3; the estimate from pairs is Good's repeat rate (1953).
    """
    given = {"fake": fake, "real": real, "floor": floor, "untrained": untrained}
    sets = {name: checked("birthday", MINIMUM, False, **{name: x})[name] for name, x in given.items() if x is not None}
    if len({x.shape[1] for x in sets.values()}) > 1:
        raise MetricError("birthday: the sets differ in dimension: take all from one extractor")
    if batch is not None and not 2 <= batch <= min(map(len, sets.values())):
        raise MetricError(f"birthday: batch = {batch}: give 2 to {min(map(len, sets.values()))}, the rows there are")
    if threshold is not None and not (math.isfinite(threshold) and threshold >= 0):
        raise MetricError(f"birthday: threshold = {threshold}: give a distance of at least 0")
    if threshold is None:
        threshold = 0.0 if real is None else usual(sets["real"])
    found = {name: count(x, threshold, batch) for name, x in sets.items() if name != "real"}
    value, low, high = found["fake"].support()
    half = half_size(sets["fake"], threshold, found["fake"], seed)
    extras: dict[str, Any] = {
        "duplicates": found["fake"].duplicates,
        "pairs": found["fake"].pairs,
        "threshold": threshold,
        "half": half,
        "rule": half**2 / (2 * math.log(2)),
    }
    if not found["fake"].duplicates:
        extras["warning"] = (
            f"no duplicate among {len(sets['fake'])} samples: the support is at least {low:.3g}; take more samples"
        )
    return Estimate(
        "birthday",
        value,
        low,
        high,
        len(sets.get("real", ())),
        len(sets["fake"]),
        "duplicate pairs; Garwood interval with overdispersion",
        LEVEL,
        "max",
        seed,
        floor=found["floor"].support()[0] if "floor" in found else None,
        untrained=found["untrained"].support()[0] if "untrained" in found else None,
        extras=extras,
    )


class Birthday:
    """Support size by the birthday paradox; see ``birthday``.

    Args:
        batch: rows of a batch; none: all pairs of the samples are looked at.
        threshold: distance up to which two samples are the same; none: from the real samples, see there.

    Source: Arora, Risteski & Zhang 2018, section 3.
    """

    name = "birthday"
    needs = "features"
    direction = "max"
    meaning = "About how many different samples the generator can make, judged by how often two come out alike."

    def __init__(
        self, *, batch: Annotated[int, Ge(2)] | None = None, threshold: Annotated[float, Ge(0)] | None = None
    ) -> None:
        self.batch, self.threshold = batch, threshold

    def __call__(
        self,
        real: Features,
        fake: Features,
        *,
        floor: Features | None = None,
        untrained: Features | None = None,
        seed: int = 0,
        known: Any = None,
    ) -> list[Estimate]:
        """One estimate; ``normalised`` is none, for a support may be infinite."""
        given = {"real": real, "floor": floor, "untrained": untrained, "seed": seed}
        return [birthday(fake, self.batch, threshold=self.threshold, **given)]


@dataclass(frozen=True)
class Repeats:
    """How often rows repeat: duplicates of each row within its batch, and the pairs looked at."""

    of_row: Int64[Tensor, " n"]
    pairs: int

    @property
    def duplicates(self) -> int:
        """Pairs of duplicates."""
        return int(self.of_row.sum()) // 2

    def support(self, level: float = LEVEL) -> tuple[float, float, float]:
        """Pairs looked at over pairs found, with its interval.

        Pairs that share a row repeat together where some things are more likely than others: then the variance of
        their number exceeds the mean by sum_i c_i² - (sum_i c_i)² / n - 2 D, with c_i duplicates of row i and D pairs.
        """
        found, tail = self.duplicates, (1 - level) / 2
        if not found:
            return math.inf, self.pairs / float(gammaincinv(1, 1 - tail)), math.inf
        c = self.of_row.double()
        excess = float((c - c.mean()).square().sum()) - 2 * found
        ratio = 1 + max(0.0, excess) / found
        most = ratio * float(gammaincinv(found / ratio + 1, 1 - tail))
        least = ratio * float(gammaincinv(found / ratio, tail))
        # Two rows taken from the pairs looked at cannot repeat more often than always.
        return self.pairs / found, max(1.0, self.pairs / most), self.pairs / least if least > 0 else math.inf


def usual(real: Float[Tensor, "n d"]) -> float:
    """The distance that few real rows come as close as to their nearest neighbour; 0 where as many have a double."""
    real = real - real.mean(0)
    nearest, doubles = balls_of(real, 1)
    return 0.0 if float(doubles) > QUANTILE else float(nearest.radius.quantile(QUANTILE).sqrt())


def count(x: Float[Tensor, "n d"], threshold: float, batch: int | None) -> Repeats:
    """Count duplicates in batches of rows as they come; rows that fill no batch are left out."""
    batch = batch or len(x)
    batches = x.split(batch)[: len(x) // batch]
    rows = [within(each, threshold) for each in batches]
    return Repeats(torch.cat(rows), len(batches) * (batch * (batch - 1) // 2))


def within(x: Float[Tensor, "n d"], threshold: float) -> Int64[Tensor, " n"]:
    """Number of other rows within ``threshold`` of each."""
    if threshold == 0:
        _, which, number = torch.unique(x, dim=0, return_inverse=True, return_counts=True)
        return number[which] - 1
    x = x - x.mean(0)
    return torch.cat([(close(x[rows], x, threshold)).sum(1) - 1 for rows in tiles(len(x), len(x))])


def close(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"], threshold: float) -> Tensor:
    """Which rows lie within ``threshold`` of which."""
    if threshold == 0:
        return (x[:, None] == y).all(2)
    return squared_distances(x, y) <= threshold**2


def half_size(x: Float[Tensor, "n d"], threshold: float, found: Repeats, seed: int) -> float:
    """The smallest number of rows that hold a duplicate in half of the orders looked through; inf if none has."""
    if not found.duplicates:
        return math.inf
    # Few rows suffice where duplicates are many, and keep the list of pairs short.
    x = x[: max(MINIMUM, int(len(x) * min(1.0, math.sqrt(PAIRS * found.pairs / (found.duplicates * len(x) ** 2 / 2)))))]
    rows = within(x, threshold).nonzero()[:, 0]
    kept = x[rows] - x.mean(0) if threshold else torch.unique(x[rows], dim=0, return_inverse=True)[1][:, None].double()
    pairs = []
    for part in tiles(len(rows), max(1, len(rows))):
        first, second = close(kept[part], kept, threshold).nonzero().T
        first = first + part.start
        pairs.append(torch.stack([first, second])[:, first < second])
    first, second = rows[torch.cat(pairs, 1)].cpu()
    generator = torch.Generator().manual_seed(seed_of(seed, "birthday"))
    sizes = []
    for _ in range(DRAWS):
        place = torch.randperm(len(x), generator=generator)
        sizes.append(int(place[first].maximum(place[second]).min()) + 1 if len(first) else math.inf)
    return float(sorted(sizes)[(DRAWS - 1) // 2])
