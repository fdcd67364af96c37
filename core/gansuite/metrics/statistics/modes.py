"""Mode collapse, counted: which modes are reached, how well, and how evenly."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Annotated, Any, Protocol, runtime_checkable

import numpy as np
import torch
from annotated_types import Gt, Le
from jaxtyping import Bool, Float, Int64
from scipy.special import ndtri
from torch import Tensor

from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.two_sample import Part, as_estimate, joint

LEVEL = 0.95


@runtime_checkable
class Judge(Protocol):
    """What knows the truth of a data set with modes; samples come as float32 [n, d], flattened."""

    shares: Float[Tensor, " k"]
    """Probability of each mode; sums to 1."""

    def modes(self, samples: Float[Tensor, "n d"]) -> tuple[Int64[Tensor, " n"], Float[Tensor, " n"]]:
        """The mode nearest to each sample, and how far it is."""
        ...

    def high_quality(self, samples: Float[Tensor, "n d"]) -> Bool[Tensor, " n"]:
        """Whether each sample could be a real one."""
        ...


@dataclass(frozen=True)
class Census:
    """What was counted in one set: samples and good ones in each block, and ``table`` of those in each mode."""

    sizes: Int64[Tensor, " b"]
    goods: Int64[Tensor, " b"]
    table: Int64[Tensor, "b k"]

    @property
    def n(self) -> int:
        """Samples."""
        return int(self.sizes.sum())

    @property
    def good(self) -> int:
        """Samples of high quality."""
        return int(self.goods.sum())

    @property
    def counts(self) -> Int64[Tensor, " k"]:
        """Samples in each mode."""
        return self.table.sum(0)


class Modes:
    """Four numbers of n samples, of which c_j are of high quality and nearest to mode j, whose true share is w_j:

        modes               #{j : c_j >= 1}
        modes/high-quality  sum_j c_j / n
        modes/reverse-kl    sum_j q_j log(q_j / w_j),  q_j = c_j / sum_i c_i
        modes/balanced      #{j : c_j >= fair w_j n}

    The first says little alone: one good sample in 2,500 captures a mode. Without any good sample the reverse KL has
    its greatest value, log(1 / min w), as if all lay in the rarest mode. It is the plug-in value that papers print,
    which exceeds the truth by about (k - 1) / 2n. Intervals: Wilson's score for shares (and through it for the
    balanced modes), block jackknife for the divergence, none for the count of modes: it is a fact about the samples.

    Args:
        fair: part of its due share that a mode must hold to be balanced.
        quality: whether only samples of high quality count for a mode; without, all do, as in tables of stacked MNIST.

    Source: Srivastava et al., VEEGAN (2017), section 5; Lin et al., PacGAN (2018), section 4.
    """

    name = "modes"
    needs = "judge"
    direction = "max"
    meaning = (
        "How many of the data's modes the samples reach, how many of them are good, and how evenly they are shared."
    )
    method = "plug-in; block jackknife"

    def __init__(self, *, fair: Annotated[float, Gt(0), Le(1)] = 0.2, quality: bool = True) -> None:
        self.fair, self.quality = fair, quality

    def __call__(
        self,
        real: Float[Tensor, "n d"],
        fake: Float[Tensor, "n d"],
        *,
        judge: Any,
        floor: Float[Tensor, "n d"] | None = None,
        untrained: Float[Tensor, "n d"] | None = None,
        seed: int = 0,
    ) -> list[Estimate]:
        """The four estimates of ``fake``; those of ``floor`` (other real samples) and ``untrained`` stand beside.

        Raises:
            UserError: the data set's judge counts no modes.
        """
        if not isinstance(judge, Judge):
            raise UserError(f"metric modes: a judge of the kind {type(judge).__name__} counts no modes; leave it out")
        shares = judge.shares.double().cpu()
        given = {"fake": fake, "floor": floor, "untrained": untrained}
        found = {name: self.census(judge, x, seed) for name, x in given.items() if x is not None}
        fakes, n = found["fake"], found["fake"].n
        captured = {name: float((each.counts > 0).sum()) for name, each in found.items()}
        balanced = {name: self.balanced(each.counts, each.n, shares) for name, each in found.items()}
        low, high = wilson(torch.tensor([fakes.good]), n)
        fewest, most = (self.balanced(bound, n, shares) for bound in wilson(fakes.counts, n))
        quality, divergence = self.jackknifed(found, shares, seed)

        def counted(name: str, at: dict[str, float], low: float, high: float, method: str) -> Estimate:
            value, floor, untrained, k = at["fake"], at.get("floor"), at.get("untrained"), {"k": len(shares)}
            return Estimate(
                name, value, low, high, n, n, method, LEVEL, "max", seed, floor=floor, untrained=untrained, extras=k
            )

        return [
            counted("modes", captured, captured["fake"], captured["fake"], "count of these samples"),
            replace(quality, low=float(low / n), high=float(high / n), method="Wilson score"),
            divergence,
            counted("modes/balanced", balanced, fewest, most, "count of modes; Wilson score of each"),
        ]

    def census(self, judge: Judge, samples: Float[Tensor, "n d"], seed: int) -> Census:
        """Count one set of samples, by mode and by block of the jackknife."""
        k, block = len(judge.shares), block_labels(len(samples), seed=seed)
        good = judge.high_quality(samples).cpu()
        cell = block * k + judge.modes(samples)[0].cpu()
        cell = cell[good] if self.quality else cell
        sizes, blocks = torch.bincount(block), int(block.max()) + 1
        goods = torch.bincount(block[good], minlength=blocks)
        return Census(sizes, goods, torch.bincount(cell, minlength=blocks * k).view(blocks, k))

    def balanced(self, counts: Tensor, n: int, shares: Float[Tensor, " k"]) -> float:
        """Number of modes that hold at least ``fair`` of their share of all ``n`` samples."""
        return float((counts >= self.fair * shares * n).sum())

    def jackknifed(self, found: dict[str, Census], shares: Float[Tensor, " k"], seed: int) -> list[Estimate]:
        """Share of good samples and reverse KL of every set, with their joint jackknife."""

        def row(census: Census, b: int | None) -> list[float]:
            if b is None:
                return [census.good / census.n, reverse_kl(census.counts, shares)]
            left, good = census.n - int(census.sizes[b]), census.good - int(census.goods[b])
            return [good / left, reverse_kl(census.counts - census.table[b], shares)]

        tables = {name: np.array([row(c, b) for b in (None, *range(len(c.table)))]) for name, c in found.items()}
        parts, n = (Part("high-quality", "max", 0.0, 1.0), Part("reverse-kl", "min", 0.0)), found["fake"].n
        return [
            as_estimate(
                self, part, joint(tables, None, i, n, n, seed, correct=False), list(found), n, seed, {"k": len(shares)}
            )
            for i, part in enumerate(parts)
        ]


def reverse_kl(counts: Int64[Tensor, " k"], shares: Float[Tensor, " k"]) -> float:
    """``sum_j q_j log(q_j / w_j)`` of the counts' histogram q; its greatest value where nothing was counted."""
    if not counts.any():
        return -math.log(float(shares.min()))
    q = counts.double() / counts.sum()
    return float(torch.special.xlogy(q, q / shares).sum())


def wilson(hits: Int64[Tensor, " k"], n: int, level: float = LEVEL) -> tuple[Tensor, Tensor]:
    """Wilson's score interval of each number of hits among ``n``, as numbers of hits; right at 0 and n too.

    Source: Wilson, Journal of the American Statistical Association 22 (1927).
    """
    z2 = float(ndtri((1 + level) / 2)) ** 2
    h = hits.double()
    centre = (h + z2 / 2) / (1 + z2 / n)
    half = (z2 * (h * (n - h) / n + z2 / 4)).sqrt() / (1 + z2 / n)
    return (centre - half).clamp_min(0), (centre + half).clamp_max(n)
