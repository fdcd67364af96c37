"""Streaming states: what statistics need of features that do not fit into memory, or that lie with several processes.

Each is updated with rows and their index in the whole set, merges with its like, and is a dictionary of tensors, which
can be saved as safetensors or gathered from other processes. Neither the order of rows and merges nor the number of
processes changes anything (but the last digits of moments), as all that is chosen is a hash of the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor

from gansuite.engine.rng import GOLDEN, mixed
from gansuite.metrics.jackknife import BLOCKS
from gansuite.metrics.metric import MetricError


def scrambled(x: Int64[Tensor, "*n"], seed: int = 0) -> Int64[Tensor, "*n"]:
    """SplitMix64's finaliser of every number and a seed: one to one, and of neighbours unrelated.

    Source: Steele, Lea & Flood, Fast splittable pseudorandom number generators (2014).
    """

    def down(x: Tensor, bits: int) -> Tensor:  # a shift that brings in zeros: torch's brings in the sign
        return x >> bits & (1 << 64 - bits) - 1

    x = x + mixed(seed)
    for bits, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ down(x, bits)) * (factor - 2**64)
    return x ^ down(x, 31)


def block_of(index: Int64[Tensor, " n"], blocks: int = BLOCKS) -> Int64[Tensor, " n"]:
    """The jackknife's block of each row, by the hash of its index: alike in every process and on both sides."""
    return (scrambled(index) >> 1 & (1 << 63) - 1).remainder(blocks)


class Moments:
    """Number, sum and sum of products of the rows in each block of the jackknife, in float64 about a pivot.

        n_b,   s_b = sum (x - p),   P_b = sum (x - p)(x - p)ᵀ

    The pivot p is the mean of the first rows that come, so that a large offset costs no digits; sums about another
    pivot are moved before they are added. State [blocks, d, d]: 336 MB at d = 2048. A call costs [blocks, d, d] too:
    bring many rows at a time.

    Args:
        d: features.
        blocks: of the jackknife.
        device: where the sums are kept.

    Source: Chan, Golub & LeVeque, Algorithms for computing the sample variance, American Statistician 37 (1983).
    """

    def __init__(self, d: int, blocks: int = BLOCKS, device: torch.device | str = "cpu") -> None:
        double = {"dtype": torch.float64, "device": device}
        self.pivot: Float[Tensor, " d"] = torch.zeros(d, **double)
        self.counts: Int64[Tensor, " b"] = torch.zeros(blocks, dtype=torch.int64)
        self.sums: Float[Tensor, "b d"] = torch.zeros(blocks, d, **double)
        self.products: Float[Tensor, "b d d"] = torch.zeros(blocks, d, d, **double)

    @classmethod
    def of(cls, x: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None = None) -> Moments:
        """Those of rows at hand, already near 0; in one block where ``labels`` is None."""
        labels = torch.zeros(len(x), dtype=torch.int64) if labels is None else labels
        found = cls(x.shape[1], int(labels.max()) + 1, x.device)
        found.add(x, labels)
        return found

    @property
    def n(self) -> int:
        """Rows seen."""
        return int(self.counts.sum())

    def update(
        self, features: Float[Tensor, "n d"], index: Int64[Tensor, " n"], labels: Int64[Tensor, " n"] | None = None
    ) -> None:
        """Add rows, each with its index in the whole set; ``labels`` are their blocks where not the index says it.

        Raises:
            MetricError: features that are not finite.
        """
        if not len(features):
            return
        if not torch.isfinite(features).all():
            raise MetricError("moments: features are not finite: look for NaN or overflow in the samples")
        x = features.detach().to(self.pivot)
        if not self.n:
            self.pivot = x.mean(0)
        self.add(x - self.pivot, block_of(index, len(self.counts)) if labels is None else labels)

    def add(self, x: Float[Tensor, "n d"], labels: Int64[Tensor, " n"]) -> None:
        """Add rows given about the pivot."""
        labels = labels.cpu()
        self.counts += torch.bincount(labels, minlength=len(self.counts))
        for b in labels.unique().tolist():
            rows = x if len(self.counts) == 1 else x[(labels == b).to(x.device)]
            self.sums[b] += rows.sum(0)
            self.products[b] += gram(rows)

    def about(self, pivot: Float[Tensor, " d"]) -> Moments:
        """The same rows about another pivot."""
        if torch.equal(pivot, self.pivot):
            return self
        moved, shift = Moments(len(pivot), len(self.counts), pivot.device), self.pivot - pivot
        n = self.counts.to(pivot)[:, None]
        cross = self.sums[:, :, None] * shift
        moved.pivot, moved.counts, moved.sums = pivot, self.counts.clone(), self.sums + n * shift
        moved.products = self.products + cross + cross.mT + n[:, :, None] * torch.outer(shift, shift)
        return moved

    def merge(self, other: Moments) -> None:
        """Add the rows of another one, with as many features and blocks."""
        if not self.n:
            self.pivot = other.pivot
        moved = other.about(self.pivot)
        self.counts = self.counts + moved.counts
        self.sums = self.sums + moved.sums
        self.products = self.products + moved.products

    def gaussians(
        self, without: Sequence[int | None] = (None,)
    ) -> Iterator[tuple[Float[Tensor, " d"], Float[Tensor, "d d"]]]:
        """Mean (less the pivot) and covariance (n - 1) of all rows (None), or of all but those of a block."""
        sums, products = self.sums.sum(0), self.products[0] if len(self.counts) == 1 else self.products.sum(0)
        for b in without:
            n, total, product = self.n, sums, products
            if b is not None:
                n, total, product = n - int(self.counts[b]), sums - self.sums[b], products - self.products[b]
            mean = total / n
            yield mean, torch.addr(product, mean, total, alpha=-1).div_(n - 1)

    def tensors(self) -> dict[str, Tensor]:
        """All there is of it, by name."""
        return {"pivot": self.pivot, "counts": self.counts, "sums": self.sums, "products": self.products}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> Moments:
        """What ``tensors`` gave."""
        found = cls(0, 0)
        found.pivot, found.counts = tensors["pivot"], tensors["counts"].cpu()
        found.sums, found.products = tensors["sums"], tensors["products"]
        return found


class Rows:
    """The k rows with the smallest hash of (seed, index): a random choice without order, the same for any split.

    Args:
        k: rows kept.
        seed: of the choice.
    """

    def __init__(self, k: int, seed: int = 0) -> None:
        self.k, self.seed = k, seed
        self.index: Int64[Tensor, " kept"] = torch.empty(0, dtype=torch.int64)
        self.features: Shaped[Tensor, "kept ..."] | None = None

    def update(self, features: Shaped[Tensor, "n ..."], index: Int64[Tensor, " n"]) -> None:
        """Add rows, each with its index in the whole set; one that comes again changes nothing."""
        features = features.detach()
        known = features if self.features is None else torch.cat([self.features, features])
        index, first = unique(torch.cat([self.index, index.cpu()]))
        kept = scrambled(index, self.seed).argsort()[: self.k].sort().values
        self.index, self.features = index[kept], known[first[kept].to(known.device)]

    def merge(self, other: Rows) -> None:
        """Add the rows of another one with the same seed.

        Raises:
            MetricError: another seed, or another number of rows kept.
        """
        if (self.k, self.seed) != (other.k, other.seed):
            raise MetricError("rows: merged are only those with the same k and seed")
        if other.features is not None:
            self.update(other.features, other.index)

    def rows(self) -> Shaped[Tensor, "kept ..."]:
        """The rows kept, in the order of their index.

        Raises:
            MetricError: none came.
        """
        if self.features is None:
            raise MetricError("rows: none came; update with features first")
        return self.features

    def tensors(self) -> dict[str, Tensor]:
        """All there is of it, by name."""
        found = {"choice": torch.tensor([self.k, self.seed]), "index": self.index}
        return found if self.features is None else {**found, "features": self.features}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> Rows:
        """What ``tensors`` gave."""
        found = cls(*tensors["choice"].tolist())
        found.index, found.features = tensors["index"].cpu(), tensors.get("features")
        return found


class Counts:
    """How often each value came: rows by their hash (64 bits), or keys that are integers already."""

    def __init__(self) -> None:
        self.keys: Int64[Tensor, " k"] = torch.empty(0, dtype=torch.int64)
        self.counts: Int64[Tensor, " k"] = torch.empty(0, dtype=torch.int64)

    def update(self, features: Shaped[Tensor, "n ..."], index: Int64[Tensor, " n"] | None = None) -> None:
        """Count rows [n, ...], or integer keys [n]; their index says nothing here."""
        keys = features.cpu() if features.dim() == 1 and features.dtype == torch.int64 else hashed(features)
        self.add(keys, torch.ones_like(keys))

    def add(self, keys: Int64[Tensor, " n"], counts: Int64[Tensor, " n"]) -> None:
        """Count each of ``keys`` so many times."""
        self.keys, place = torch.cat([self.keys, keys]).unique(return_inverse=True)
        together = torch.cat([self.counts, counts])
        self.counts = torch.zeros_like(self.keys).index_add_(0, place, together)

    def merge(self, other: Counts) -> None:
        """Add the counts of another one."""
        self.add(other.keys, other.counts)

    def tensors(self) -> dict[str, Tensor]:
        """All there is of it, by name."""
        return {"keys": self.keys, "counts": self.counts}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> Counts:
        """What ``tensors`` gave."""
        found = cls()
        found.keys, found.counts = tensors["keys"].cpu(), tensors["counts"].cpu()
        return found


def gram(x: Float[Tensor, "n d"], tile: int = 256) -> Float[Tensor, "d d"]:
    """xᵀx, of which a tile below the diagonal is not computed but mirrored: half the work in many features."""
    product = x.new_empty(x.shape[1], x.shape[1])
    for start in range(0, x.shape[1], tile):
        stop = start + tile
        product[start:stop, start:] = x[:, start:stop].T @ x[:, start:]
        product[stop:, start:stop] = product[start:stop, stop:].T
    return product


def unique(index: Int64[Tensor, " n"]) -> tuple[Int64[Tensor, " m"], Int64[Tensor, " m"]]:
    """The different numbers, ascending, and the place of the first of each."""
    values, place = index.unique(return_inverse=True)
    first = torch.full_like(values, len(index))
    return values, first.scatter_reduce_(0, place, torch.arange(len(index)), "amin")


def hashed(rows: Shaped[Tensor, "n ..."]) -> Int64[Tensor, " n"]:
    """64 bits of each row: equal for equal numbers, and else but by chance different."""
    numbers = rows.detach().cpu().flatten(1) if rows.dim() > 1 else rows.detach().cpu()[:, None]
    if numbers.is_floating_point():
        numbers = (numbers.double() + 0.0).view(torch.int64)  # + 0.0: minus zero equals zero
    place = scrambled(torch.arange(numbers.shape[1]), GOLDEN)
    return scrambled(scrambled(numbers.long() + place).sum(1))
