"""How near translations of held-out sources come to their counterparts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from torch import Tensor

from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.points import of_points, student
from gansuite.metrics.models.translations import plain, refuse_others, translated
from gansuite.metrics.statistics.structural_similarity import similarities
from gansuite.metrics.subject import Subject

CAP = 100.0  # dB, of what is equal to the last bit


class Psnr:
    """Peak signal-to-noise ratio, in dB, of translations G(x) of held-out sources x against their counterparts y.

        psnr       mean of 10 lg(R² / MSE(y, G(x))), at most 100 dB
        psnr/ssim  mean structural similarity of y and G(x), negative ones as 0, for pictures

    R is white less black, the mean square is over all numbers of a sample. ``extras`` has the same of the sources as
    they are, where these have the counterparts' shape, and the gain over them, item by item, both with their intervals.
    Between two right answers the mean of both has the highest ratio of all: a model that blurs is not found out.

    Args:
        bounds: smallest and largest value that a sample may have, as black and white.

    Source: Isola et al. 2017 compare pairs so; SSIM: Wang, Bovik, Sheikh & Simoncelli 2004, eq. 13.
    """

    name = "psnr"
    needs = "model"
    direction = "max"
    meaning = "How near translations of held-out samples come to their true counterparts, in dB."

    def __init__(self, *, bounds: tuple[float, float] = (-1.0, 1.0)) -> None:
        self.low, self.range = bounds[0], bounds[1] - bounds[0]
        if self.range <= 0:
            raise UserError(f"psnr: bounds = {list(bounds)}: the first must be below the second")

    def check(self, game: Any) -> None:
        """Refuse a model that translates nothing, before it is trained."""
        if game is not None:
            refuse_others(self.name, game)

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The means with Student's intervals over items.

        Raises:
            MetricError: data without pairs, samples that are no real numbers, or too few of them.
        """
        refuse_others(self.name, subject.game)
        dataset = plain(subject.dataset)
        if not getattr(dataset, "paired", False) or not getattr(dataset.spec.space, "continuous", True):
            raise MetricError("psnr: the data has no pairs of numbers to compare; set paired = true, or leave it out")
        found = translated(subject, self.name)
        y, former = found.rows["data"], None
        if untrained is not None:
            former = self.compared(y, translated(untrained, self.name).made)
        values = self.compared(y, found.made)
        before = self.compared(y, found.sources) if found.sources.shape == y.shape else {}
        return [
            of_points(
                self,
                values[part],
                part,
                untrained=None if former is None else former[part],
                seed=seed,
                method="mean; Student over items",
                extras=beside(values[part], before.get(part)),
            )
            for part in values
        ]

    def compared(self, y: Tensor, made: Tensor) -> dict[str, Float[np.ndarray, " n"]]:
        """What each pair gives, by part.

        Raises:
            MetricError: translations are of another shape.
        """
        if made.shape != y.shape:
            raise MetricError(
                f"psnr: translations {list(made.shape)} are not of their counterparts' shape {list(y.shape)}"
            )
        error = (y.double() - made.double()).square().flatten(1).mean(1)
        parts = {"": (10 * (self.range**2 / error).log10()).clamp_max(CAP)}
        if y.dim() == 4:
            a, b = ((x.float() - self.low) / self.range for x in (y, made))
            parts["ssim"] = similarities(a, b, 1)
        return {part: each.double().cpu().numpy() for part, each in parts.items()}


def beside(values: Float[np.ndarray, " n"], before: Float[np.ndarray, " n"] | None) -> dict[str, Any]:
    """The sources' own value, and what the translations gain over it."""
    if before is None:
        return {}
    source, gain = student(before), student(values - before)
    return {
        "source": source.value,
        "source_interval": [source.low, source.high],
        "gain": gain.value,
        "gain_interval": [gain.low, gain.high],
    }
