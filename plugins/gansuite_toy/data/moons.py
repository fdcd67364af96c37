"""Two interleaved half circles: few labels, and a domain to adapt to."""

from __future__ import annotations

import math
from typing import Annotated

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..judges.moons import MoonJudge
from ..judges.pushed import PlaneMap
from ..spec import PointsSpec
from .drawn import Drawn

UNKNOWN = -1


class Moons(Drawn):
    """The upper moon (class 0), the upper half of the unit circle about (0, 0), and the lower moon (class 1), the lower
    half of that about (1, 0.5); noise N(0, sd²).

    With ``labelled`` only so many training items keep their label, in equal numbers of both classes; the label of
    the others is -1. Held-out items keep theirs. With ``adapt`` a batch also holds ``source`` and ``source_label``
    from the moons where they are, while ``data`` comes from moons that were turned and moved, all of whose training
    labels are -1.

    Args:
        count: samples of each domain over all splits.
        sd: deviation of the noise; high quality is within 3 of it.
        labelled: training items with a label; all if absent.
        adapt: whether there is a labelled source domain.
        angle: by which the moons of ``data`` are turned about their centre, in degrees.
        shift: by which they are moved to the right.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Raises:
        UserError: more labels than items, or labels kept in the domain that is adapted to.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 10_000,
        sd: Annotated[float, Gt(0)] = 0.1,
        labelled: Annotated[int, Ge(0)] | None = None,
        adapt: bool = False,
        angle: float = 0.0,
        shift: float = 0.0,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        if adapt and labelled is not None:
            raise UserError("moons: with adapt = true no label of the training data is known; leave labelled out")
        map = PlaneMap("rotation", angle, 1.0, (shift, 0.0))
        data, label = moons(count, sd, Rng(seed, "toy", "moons"))
        names = ("upper", "lower")
        rows = {"data": map(data), "label": label}
        if adapt:
            source, source_label = moons(count, sd, Rng(seed, "toy", "moons", "source"))
            rows |= {"source": source, "source_label": source_label}
        known = keep(label, 0 if adapt else labelled)
        spec = PointsSpec(dim=2, labels=names, source=PointsSpec(dim=2, labels=names) if adapt else None)
        judge = MoonJudge(map, 3 * sd)
        super().__init__(spec, rows, judge, name="moons", split=split, train_only={"label": known})


def moons(n: int, sd: float, rng: Rng) -> tuple[Float[Tensor, "n 2"], Int64[Tensor, " n"]]:
    """``n`` points and their moon, centred at the origin."""
    label, angle = rng.integers(0, 2, n), rng.uniform(n, high=math.pi)
    upper = torch.stack([angle.cos(), angle.sin()], 1)
    lower = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], 1)
    points = torch.where(label[:, None] == 0, upper, lower) - torch.tensor(MoonJudge.CENTRE)
    return points + rng.normal(n, 2, scale=sd), label


def keep(label: Int64[Tensor, " n"], known: int | None) -> Int64[Tensor, " n"]:
    """The labels of the first ``known`` items, half of each class, and -1 for all others; all if None.

    Raises:
        UserError: a class has too few items.
    """
    if known is None:
        return label
    kept = torch.full_like(label, UNKNOWN)
    for which, wanted in enumerate((known - known // 2, known // 2)):
        places = (label == which).nonzero().flatten()[:wanted]
        if len(places) < wanted:
            raise UserError(f"moons: labelled = {known} is more than the items of a class; raise count")
        kept[places] = which
    return kept
