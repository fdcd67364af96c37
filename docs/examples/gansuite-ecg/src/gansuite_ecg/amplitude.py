"""A metric of one's own: by how much heartbeats are too high or too low."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gansuite.metrics import TwoSample
from gansuite.metrics.two_sample import Part, Side


class Amplitude(TwoSample):
    """Mean of the beats' heights (maximum less minimum), generated less real, in millivolts; 0 is right.

    ``side`` keeps what depends on the real beats alone, ``table`` compares others with them: on all rows, and without
    each of the jackknife's blocks. The interval, the floor and the normalised value come from that by themselves.
    """

    name = "amplitude"
    direction = "target"
    meaning = "By how many millivolts generated heartbeats are higher than real ones, on average."
    parts = (Part(direction="target", ideal=0.0),)
    centre = False  # heights are not the same after a shift of all features

    def side(self, real: Tensor, labels: Tensor | None, seed: int) -> Side:
        return {"heights": mean_heights(real, labels)}

    def table(self, side: Side, other: Tensor, labels: Tensor | None, seed: int) -> np.ndarray:
        return (mean_heights(other, labels) - side["heights"])[:, None].numpy()


def mean_heights(features: Tensor, labels: Tensor | None) -> Tensor:
    """The mean height of all beats, and without each block: [B + 1], or [1] without blocks."""
    beats = features[:, : (features.shape[1] + 1) // 2]  # the extractor gives the beat, then its differences
    heights = beats.amax(1) - beats.amin(1)
    left_out = [] if labels is None else [heights[labels != b].mean() for b in range(int(labels.max()) + 1)]
    return torch.stack([heights.mean(), *left_out])
