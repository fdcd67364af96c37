"""Data that a sample-wise eye cannot fake: exactly so many bumps, or balanced brackets."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from annotated_types import Ge, Gt, Le
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..judges.counting import Brackets, Bumps
from ..spec import ImageSpec, OneHotSpec, SignalSpec, TokensSpec
from .drawn import Drawn
from .strings import one_hot_rows

LENGTH, APART, SPREAD = 64, 8, 1.5  # of a signal: samples, between two bumps, deviation of one
CELL, SIDE, SPOT = 5, 4, 1.0  # of a picture: pixels of a cell, cells in a row, deviation of a bump
BUMPS, PAIRS = 4, 8  # if not told otherwise


class CountingData(Drawn):
    """Samples with exactly ``k`` bumps, or strings of balanced brackets: global structure that is easy to check.

    ``signal``: [1, 64], bumps of height 1 at uniformly chosen places at least 8 apart. ``image``: [1, 20, 20] in
    [-1, 1], bumps in distinct cells of a 4 x 4 grid. ``brackets``: balanced strings of ``k`` pairs, each of them (the
    Catalan number of k) equally likely; tokens int64 [n, 2k], or with ``one_hot`` float32 [n, 2, 2k].

    Args:
        count: samples over all splits.
        form: what is counted in.
        k: bumps, or pairs of brackets; 4 and 8 if absent.
        one_hot: whether brackets are one-hot.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Raises:
        UserError: more bumps than there is room for, or one-hot bumps.

    Source: Goodfellow, NIPS 2016 Tutorial (2016), section 5.4, on counting.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 25_000,
        form: Literal["signal", "image", "brackets"] = "signal",
        k: Annotated[int, Gt(0), Le(1000)] | None = None,
        one_hot: bool = False,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        k = k or (PAIRS if form == "brackets" else BUMPS)
        most = {"signal": (LENGTH - 3) // APART, "image": SIDE**2, "brackets": k}[form]
        if k > most:
            raise UserError(f"counting: k = {k} bumps do not fit; give at most {most}")
        if one_hot and form != "brackets":
            raise UserError(f'counting: one_hot = true is for form = "brackets", not for {form}')
        rng = Rng(seed, "toy", "counting", form)
        if form == "signal":
            data, spec = signals(count, k, rng), SignalSpec(length=LENGTH, picture="curves")
            judge = Bumps(k, spec.shape, 0.0, 1.0)
        elif form == "image":
            data, spec = pictures(count, k, rng), ImageSpec(height=CELL * SIDE, width=CELL * SIDE, picture="images")
            judge = Bumps(k, spec.shape, -1.0, 2.0)
        else:
            tokens, judge = balanced(count, k, rng), Brackets(2 * k)
            domain = OneHotSpec if one_hot else TokensSpec
            spec = domain(vocabulary=2, length=2 * k, tokens=("(", ")"), picture="strings")
            data = one_hot_rows(tokens, 2) if one_hot else tokens
        super().__init__(spec, {"data": data}, judge, name=f"counting-{form}", split=split)


def signals(n: int, k: int, rng: Rng) -> Float[Tensor, "n 1 t"]:
    """Bumps at ``k`` whole places that keep their distance, each such choice equally likely."""
    room = LENGTH - 2 - (k - 1) * (APART - 1)
    free = rng.uniform(n, room).argsort(1)[:, :k].sort(1).values  # distinct places in a line without the gaps
    places = 1 + free + (APART - 1) * torch.arange(k)
    distance = torch.arange(LENGTH) - places[:, :, None]
    return torch.exp(-0.5 * (distance / SPREAD).square()).sum(1)[:, None]


def pictures(n: int, k: int, rng: Rng) -> Float[Tensor, "n 1 h w"]:
    """Bumps in ``k`` distinct cells, one or two pixels from the cell's upper left corner, so four apart at least."""
    cell = rng.uniform(n, SIDE**2).argsort(1)[:, :k]
    jitter = rng.integers(0, 2, 2 * n * k).view(2, n, k)
    row, column = CELL * (cell // SIDE) + 1 + jitter[0], CELL * (cell % SIDE) + 1 + jitter[1]
    axis = torch.arange(CELL * SIDE)
    up, across = (torch.exp(-0.5 * ((axis - place[:, :, None]) / SPOT).square()) for place in (row, column))
    return (2 * torch.einsum("nkh,nkw->nhw", up, across) - 1).clamp_max(1)[:, None]


def balanced(n: int, pairs: int, rng: Rng) -> Int64[Tensor, "n t"]:
    """Balanced strings of 0 "(" and 1 ")", all equally likely, by the cycle lemma.

    A string of m opening and m + 1 closing brackets has exactly one rotation that is a balanced string and one
    closing bracket more: the one after the place where the height is lowest for the first time.

    Source: Dvoretzky & Motzkin (1947).
    """
    order = rng.uniform(n, 2 * pairs + 1).argsort(1)
    token = (order >= pairs).long()
    lowest = (1 - 2 * token).cumsum(1).argmin(1)
    turned = (lowest[:, None] + 1 + torch.arange(2 * pairs)) % (2 * pairs + 1)
    return token.gather(1, turned)
