"""One cloud of points in several poses, each a domain of its own."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Gt

from gansuite.engine.rng import Rng

from ..judges.poses import Poses
from ..judges.pushed import PlaneMap, Pushed
from ..spec import PointsSpec
from .clouds import cloud
from .drawn import Drawn


class CloudDomains(Drawn):
    """The L-shaped cloud of ``clouds`` turned by j ``angle`` in domain j; the label of a sample is its domain.

    For games with one translator between many domains: the judge's ``translate(x, from, to)`` is the true map.

    Args:
        count: samples over all splits, in all domains alike.
        domains: number of poses.
        angle: between neighbouring poses, in degrees.
        sd: standard deviation of each blob.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Source: the task of Choi et al., StarGAN (2018), in two dimensions.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 30_000,
        domains: Annotated[int, Gt(1)] = 3,
        angle: float = 60.0,
        sd: Annotated[float, Gt(0)] = 0.1,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        law, rng = cloud(sd), Rng(seed, "toy", "cloud-domains")
        judge = Poses([Pushed(law, PlaneMap(angle=j * angle)) for j in range(domains)])
        label = rng.integers(0, domains, count)
        base = law.sample(count, rng)[0]
        data = torch.stack([pose.map(base) for pose in judge.poses], 1)[torch.arange(count), label]
        names = tuple(f"turned by {j * angle:g} degrees" for j in range(domains))
        spec = PointsSpec(dim=2, labels=names, source=PointsSpec(dim=2, labels=names))
        super().__init__(spec, {"data": data, "label": label}, judge, name="cloud-domains", split=split)
