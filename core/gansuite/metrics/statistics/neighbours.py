"""Balls that reach from every row of a set to its k-th nearest neighbour, and what of another set lies in them.

Where distances tie, as they do everywhere in discrete data, "the k nearest" is not a set. Ties are here thought broken
at random, on their own about every centre, and the expectation over that is taken: nothing is drawn. A ball whose k-th
place falls among ``tied`` rows at one distance, ``need`` of which belong to the ball, holds another row at this
distance with probability ``need / (tied + 1)``. Without ties that is the plain ball.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

TILE = 1 << 22  # distances held at a time: 16 MiB in float32
SINGLE, DOUBLE = 2e-6, 1e-13  # rounding of a squared distance near a ball's rim, relative to |centre|² + radius²


@dataclass(frozen=True)
class Balls:
    """Open balls about the rows of a set; distances are squared.

    ``radius`` [n]; ``scale`` [n], |centre|² + radius², which rounding is relative to; ``tied`` and ``need`` [n] as
    above, of the set's own rows at the radius (``need`` 0: what lies at the rim is out).
    """

    radius: Float[Tensor, " n"]
    scale: Float[Tensor, " n"]
    tied: Float[Tensor, " n"]
    need: Float[Tensor, " n"]

    def __getitem__(self, rows: Tensor | slice) -> Balls:
        return Balls(self.radius[rows], self.scale[rows], self.tied[rows], self.need[rows])

    @property
    def share(self) -> Float[Tensor, " n"]:
        """Probability that a row at the radius belongs to the ball."""
        return self.need / (self.tied + 1)


def squared_distances(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
    """Squared Euclidean distances by one matrix product; they may fall short of 0 by rounding."""
    return torch.addmm(y.square().sum(1), x, y.T, alpha=-2).add_(x.square().sum(1)[:, None])


def tiles(n: int, m: int) -> Iterator[slice]:
    """Slices of n rows such that a tile of m columns stays small."""
    step = max(1, TILE // m)
    return (slice(start, min(start + step, n)) for start in range(0, n, step))


def balls(own: Float[Tensor, "t n"], norm: Float[Tensor, " t"], k: int) -> Balls:
    """Balls from distances (float64) to all rows of a set, inf to the centre itself; ``norm`` is |centre|²."""
    radius = own.topk(k, largest=False).values[:, -1]
    scale = norm + radius
    slack = (DOUBLE * scale)[:, None]
    rim = own - radius[:, None]
    closer = (rim < -slack).sum(1)
    return Balls(radius, scale, (rim.abs() <= slack).sum(1).double(), (k - closer).double())


def balls_of(x: Float[Tensor, "n d"], k: int) -> tuple[Balls, Float[Tensor, ""]]:
    """Balls of a whole set, tile by tile, and the share of its rows that have a double.

    Candidates are taken from float32 distances and measured again by differences in float64; rows where float32
    cannot tell the k-th neighbour from the next (ties always) are taken again in float64. Both give the same numbers.
    """
    single, norm = x.float(), x.square().sum(1)
    radius, tied, need, nearest = (torch.empty_like(norm) for _ in range(4))
    for rows in tiles(*[len(x)] * 2):
        at = torch.arange(len(x), device=x.device)[rows]
        near = own_distances(single, at).topk(min(k + 1, len(x) - 1), largest=False)
        exact = (x[near.indices[:, :k]] - x[at, None]).square().sum(2)
        radius[at], nearest[at] = exact.amax(1), exact.amin(1)
        last = exact.amax(1, keepdim=True) - exact <= DOUBLE * (norm[at] + radius[at])[:, None]
        tied[at] = need[at] = last.sum(1).double()
        # The reach of rounding, twice: of the last one in and of the first one out.
        unclear = near.values[:, -1] - near.values[:, k - 1] <= 2 * SINGLE * (norm[at] + radius[at])
        if len(again := at[unclear]):
            own = own_distances(x, again)
            found = balls(own, norm[again], k)
            radius[again], tied[again], need[again] = found.radius, found.tied, found.need
            nearest[again] = own.amin(1)
    return Balls(radius, norm + radius, tied, need), doubled(nearest, norm)


def own_distances(x: Float[Tensor, "n d"], at: Tensor) -> Float[Tensor, "t n"]:
    """Squared distances of the rows ``at`` of a set to all rows, inf to themselves."""
    own = squared_distances(x[at], x)
    own[torch.arange(len(at), device=x.device), at] = torch.inf
    return own


def doubled(nearest: Float[Tensor, " n"], norm: Float[Tensor, " n"]) -> Float[Tensor, ""]:
    """Share of rows whose nearest other row is at distance 0."""
    return (nearest <= DOUBLE * norm).double().mean()


@dataclass
class Visits:
    """How the rows of two sets lie in each other's balls, row tile by row tile; see ``add``.

    ``into`` [m]: log-probability that a fake row lies in no real ball; ``out`` [n]: that a real row lies in no fake
    ball; ``held``: pairs of a real ball and a fake row in it, expected; ``empty`` [n]: probability that a real ball is.
    """

    into: Float[Tensor, " m"]
    out: Float[Tensor, " n"]
    held: Float[Tensor, ""]
    empty: Float[Tensor, " n"]

    @classmethod
    def none(cls, n: int, m: int, like: Tensor) -> Visits:
        """Before anything was seen."""
        return cls(like.new_zeros(m), like.new_zeros(n), like.new_zeros(()), like.new_ones(n))

    def add(self, at: Tensor | slice, cross: Float[Tensor, "t m"], real: Balls, fake: Balls) -> None:
        """Take in float64 distances of the real rows ``at``, with these balls, to all fake ones."""
        inside, rim = sides(cross, real.radius[:, None], real.scale[:, None])
        self.into += misses(inside, rim, real.share[:, None]).sum(0)
        at_rim = rim.sum(1).double()
        self.held += inside.count_nonzero() + at_rim @ real.share
        self.empty[at] = ~inside.any(1) * none_first(real.tied, real.need, at_rim)
        inside, rim = sides(cross, fake.radius, fake.scale)
        self.out[at] = misses(inside, rim, fake.share).sum(1)

    def add_clear(self, at: Tensor, cross: Float[Tensor, "t m"], real: Balls, fake: Balls) -> Tensor:
        """Take in float32 distances where they tell; returns the rows among ``at`` where they do not, left out."""
        reach, rim = real.radius.float()[:, None], cross.new_empty(cross.shape)
        unclear = torch.sub(cross, reach, out=rim).abs_().amin(1) <= (SINGLE * real.scale).float()
        limit = fake.radius.float()
        unclear |= (torch.sub(cross, limit, out=rim).abs_() <= (SINGLE * fake.scale).float()).any(1)
        cross[unclear] = torch.inf
        clear = ~unclear
        inside = cross < reach
        self.into[inside.any(0)] = -torch.inf
        self.held += inside.count_nonzero()
        self.empty[at[clear]] = (~inside.any(1))[clear].double()
        self.out[at[clear & (cross < limit).any(1)]] = -torch.inf
        return at[unclear]

    def values(self, k: int) -> list[float]:
        """Precision, recall, density, coverage."""
        found = 1 - self.into.exp().mean(), 1 - self.out.exp().mean(), self.held / (k * len(self.into))
        return [float(value) for value in (*found, 1 - self.empty.mean())]


def sides(cross: Tensor, radius: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
    """Which distances lie inside of the balls, and which at their rim."""
    rim = cross - radius
    slack = DOUBLE * scale
    return rim < -slack, rim.abs() <= slack


def misses(inside: Tensor, rim: Tensor, share: Tensor) -> Tensor:
    """Log-probability that a row is not in a ball, elementwise."""
    return torch.log1p(-share * rim).masked_fill_(inside, -torch.inf)


def none_first(tied: Tensor, need: Tensor, others: Tensor) -> Tensor:
    """Probability that, of ``tied`` and ``others`` rows in random order, the first ``need`` of the tied come first.

    prod_{i < need} (tied - i) / (tied + others - i)
    """
    both = tied + others
    return torch.exp(
        torch.lgamma(tied + 1) - torch.lgamma(tied - need + 1) + torch.lgamma(both - need + 1) - torch.lgamma(both + 1)
    )


def visits(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"], real: Balls, fake: Balls) -> Visits:
    """How the rows of two whole sets lie in each other's balls: float32 tiles, and float64 where these do not tell."""
    seen, single, other = Visits.none(len(x), len(y), x), x.float(), y.float()
    for rows in tiles(len(x), len(y)):
        at = torch.arange(len(x), device=x.device)[rows]
        unclear = seen.add_clear(at, squared_distances(single[at], other), real[at], fake)
        if len(unclear):
            seen.add(unclear, squared_distances(x[unclear], y), real[unclear], fake)
    return seen
