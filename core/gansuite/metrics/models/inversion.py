"""Inference via optimisation: how near the generator can come to a given sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from scipy.special import stdtrit
from torch import Tensor

from gansuite.interpretation.inversion import descend
from gansuite.metrics.estimate import Estimate, Interval
from gansuite.metrics.models.latents import from_normal, numbers, real_points
from gansuite.metrics.models.points import LEVEL, as_estimate, of_points
from gansuite.metrics.subject import Subject

POOL = 256  # samples among which each point's starts are the nearest


class IvOM:
    """Squared distance of real samples from the nearest that the generator makes, min_z |G(z) - x|².

        ivom             mean over held-out samples
        ivom/train       mean over as many training samples
        ivom/overfitting the first less the second: above 0, training samples are kept better than others

    Adam descends from several starts at once, those of 256 draws of the prior whose samples lie nearest to x; the
    lowest point of any path counts. The minimum is an upper bound of the true one. Latents are descended as functions
    of Gaussian numbers, so a uniform prior's bounds hold.

    Args:
        points: samples of each split at most.
        restarts: starts of each.
        steps: of the descent.
        rate: first learning rate, in units of the Gaussian numbers; it falls to 0 along a cosine.

    Source: Metz et al. (2017), section 3.4; Srivastava et al., VEEGAN (2017), section 5.
    """

    name = "ivom"
    needs = "model"
    direction = "min"
    meaning = "How far held-out samples lie from the nearest that the generator can make, squared."

    def __init__(
        self,
        *,
        points: Annotated[int, Ge(2)] = 64,
        restarts: Annotated[int, Gt(0)] = 4,
        steps: Annotated[int, Gt(0)] = 200,
        rate: Annotated[float, Gt(0)] = 0.1,
    ) -> None:
        self.points, self.restarts, self.steps, self.rate = points, restarts, steps, rate

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The estimates; the last two only where the split to be judged is not the training one.

        Raises:
            MetricError: no latent prior with a map from Gaussian numbers, samples of integers, or too few of them.
        """
        n = min(self.points, subject.n)
        held_out = self.distances(subject, subject, subject.split, n)
        former = None if untrained is None else self.distances(untrained, subject, subject.split, n)
        extras = {"split": subject.split, "restarts": self.restarts, "steps": self.steps}
        method = "Adam on the latent; mean, Student over samples"
        found = [of_points(self, held_out, untrained=former, ideal=0.0, seed=seed, method=method, extras=extras)]
        if subject.split != "train":
            train = self.distances(subject, subject, "train", n)
            found.append(of_points(self, train, "train", ideal=0.0, seed=seed, method=method))
            gap, n = welch(held_out, train), len(held_out)
            method = "difference of means; Welch over samples"
            found.append(
                as_estimate(self, gap, "overfitting", n, seed=seed, direction="target", ideal=0.0, method=method)
            )
        return found

    def distances(self, subject: Subject, data: Subject, split: str, n: int) -> Float[np.ndarray, " n"]:
        """min_z |G(z) - x|² of the generator of ``subject`` for real samples of ``data``."""
        x, codes = real_points(data, n, split)
        return self.inverted(subject, x.to(next(subject.game.parameters()).dtype), codes)

    def inverted(self, subject: Subject, x: Float[Tensor, "n d"], codes: Tensor | None) -> Float[np.ndarray, " n"]:
        """The lowest squared distance that any path of each point came to."""
        game, rng, restarts = subject.generative(), subject.rng("ivom"), min(self.restarts, POOL)
        latent = from_normal(game.prior)
        pool = rng.normal(POOL, game.prior.size).to(x.dtype)
        condition = None
        if game.conditioning is not None:  # the codes of the labels, or, where there are none, of each start by chance
            chance = game.conditioning.chance(len(x) * restarts, subject.rng("ivom", "codes"))
            condition = chance if codes is None else codes.repeat_interleave(restarts, 0)
        with torch.no_grad():
            near = torch.cdist(x.double(), numbers(subject, subject.generate(latent(pool))).double())
        starts = near.topk(restarts, largest=False).indices.flatten()
        target = x.repeat_interleave(restarts, 0)

        def distance(u: Tensor) -> Tensor:
            made = numbers(subject, subject.generate(latent(u), condition))
            return (made - target).double().square().sum(1)

        lowest = descend(distance, pool[starts], steps=self.steps, rate=self.rate).value
        return lowest.view(-1, restarts).min(1).values.cpu().numpy()


def welch(a: np.ndarray, b: np.ndarray, level: float = LEVEL) -> Interval:
    """The difference of two independent means with Welch's interval."""
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    difference, error2 = float(a.mean() - b.mean()), float(va + vb)
    if not error2:
        return Interval(difference, difference, difference)
    freedom = error2**2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    half = float(stdtrit(freedom, (1 + level) / 2)) * error2**0.5
    return Interval(difference, difference - half, difference + half)
