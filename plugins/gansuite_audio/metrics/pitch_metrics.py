"""Whether notes have the pitch that was asked for, and how many pitches there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import BLOCKS
from gansuite.metrics.metric import MetricError
from gansuite.metrics.statistics.accuracies import score_interval
from gansuite.metrics.two_sample import Features, Known, Part, Side, TwoSample
from gansuite_audio.data.pitch import midi_of

NOTES = 128  # MIDI numbers; 0, which no range reaches, stands for none


class PitchMetric(TwoSample):
    """A number of the estimated pitches: rows of (MIDI pitch, clarity), as the extractor ``audio/pitch`` gives."""

    centre = False
    minimum = 2 * BLOCKS
    extractor = "pitch"
    """What features are taken with where a recipe names none."""

    def pitches(self, x: Float[Tensor, "n d"], width: int) -> Float[Tensor, " n"]:
        """The first column, if the rows are what they should be."""
        if x.shape[1] != width:
            raise MetricError(f'{self.name}: these features are no pitches: write extractor = "audio/pitch"')
        return x[:, 0].cpu()

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        return {}


class PitchAccuracy(PitchMetric):
    """Share of samples whose pitch is the one that was asked for.

        accuracy = 1/n sum_i 1[ |pitch(x_i) - p_i| < tolerance ]

    The classes of the data must be pitches: MIDI numbers (``"60"``) or notes (``"C4"``). A sample without a clear pitch
    is wrong. Best at the floor, which is below 1 where the estimator errs on real notes.

    Args:
        tolerance: semitones.

    Raises:
        UserError: a class of the data is no pitch.
        MetricError: features that are no pitches, or samples without labels.

    Interval: Wilson's score with the standard error of the block jackknife.

    Source: Engel et al. 2019 (GANSynth), section 4 (by a classifier there).
    """

    name = "pitch-accuracy"
    needs = "labels"
    direction = "max"
    meaning = "How often a sample has the pitch that was asked for."
    method = "Wilson's score; block jackknife"
    parts = (Part(direction="max", low=0.0, high=1.0),)

    def __init__(self, *, tolerance: Annotated[float, Gt(0)] = 0.5) -> None:
        self.tolerance = tolerance
        self.classes: Tensor | None = None

    def bind(self, spec: Any) -> None:
        """Read the pitch of each class from its name."""
        found = [midi_of(str(name)) for name in spec.labels]
        if None in found:
            name = spec.labels[found.index(None)]
            raise UserError(f"metric {self.name}: class {name!r} is no pitch: name classes by MIDI numbers or notes")
        self.classes = torch.tensor(found, dtype=torch.float64)

    def __call__(
        self,
        real: Features,
        fake: Features,
        *,
        labels: Mapping[str, Any] | None = None,
        floor: Features | None = None,
        untrained: Features | None = None,
        seed: int = 0,
        known: Known | None = None,
    ) -> list[Estimate]:
        given = {"real": real, "fake": fake, "floor": floor, "untrained": untrained}
        sets = {name: self.asked(name, x, (labels or {}).get(name)) for name, x in given.items() if x is not None}
        found = super().__call__(sets.pop("real"), sets.pop("fake"), seed=seed, known=known, **sets)
        return [replace(each, **score_interval(each)) for each in found]

    def prepare(self, real: Features, floor: Features, seed: int = 0, labels: Mapping[str, Any] | None = None) -> Known:
        if not labels:
            return Known()
        rows, others = (self.asked(name, x, labels.get(name)) for name, x in (("real", real), ("floor", floor)))
        return super().prepare(rows, others, seed)

    def asked(self, name: str, x: Features, labels: Any) -> Float[Tensor, "n 3"]:
        """Pitch, clarity, and the pitch that was asked for."""
        if labels is None:
            raise MetricError(f"{self.name}: the {name} samples come without labels: give one for each")
        rows, y = torch.as_tensor(x).detach().double().cpu(), torch.as_tensor(labels).cpu()
        self.pitches(rows, 2)
        if len(y) != len(rows) or bool((y < 0).any()):
            raise MetricError(f"{self.name}: {name} labels: give one that is at least 0 for each of {len(rows)} rows")
        wanted = y.double() if self.classes is None else self.classes[y]
        return torch.cat([rows, wanted[:, None]], 1)

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """Accuracy; beside it the share at a wrong octave, and that without a pitch."""
        pitch, wanted = self.pitches(other, 3), other[:, 2].cpu()
        away, pitched = pitch - wanted, pitch > 0
        right = pitched & (away.abs() < self.tolerance)
        octave = pitched & ~right & ((away - 12 * (away / 12).round()).abs() < self.tolerance)
        told = torch.stack([right, octave, ~pitched], 1).double()
        blocks = range(0 if labels is None else int(labels.max()) + 1)
        return np.array([told.mean(0).tolist()] + [told[labels != b].mean(0).tolist() for b in blocks])

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        return {"octave errors": float(table[0, 1]), "without pitch": float(table[0, 2])}


class PitchEntropy(PitchMetric):
    """Entropy of the pitches of the samples, in nats, by semitones.

        H = - sum_k p_k ln p_k + (K - 1) / 2n

    with p_k the share of the samples whose nearest MIDI number is k (a sample without a clear pitch counts as one more
    kind) and K the number of kinds found: the plug-in value falls short by about the second term (Miller and Madow).
    Best at the floor: below it pitches are lost or uneven.

    Source: Miller 1955; Engel et al. 2019 (GANSynth), section 4 for its use.
    """

    name = "pitch-entropy"
    direction = "target"
    meaning = "How evenly the samples are spread over pitches; below the real samples' own value pitches are lost."
    method = "Miller and Madow's correction; block jackknife"
    parts = (Part(direction="target", low=0.0),)

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """Entropy, number of kinds, and the share without a pitch."""
        note = self.pitches(other, 2).round().long().clamp(0, NOTES - 1)
        block = torch.zeros_like(note) if labels is None else labels
        counts = torch.bincount(block * NOTES + note, minlength=(int(block.max()) + 1) * NOTES).view(-1, NOTES)
        whole = counts.sum(0, keepdim=True)
        left = (whole if labels is None else torch.cat([whole, whole - counts])).double()
        n, kinds = left.sum(1), (left > 0).sum(1)
        p = left / n[:, None]
        entropy = -torch.special.xlogy(p, p).sum(1) + (kinds - 1) / (2 * n)
        return torch.stack([entropy, kinds.double(), p[:, 0]], 1).numpy()

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        return {"kinds": int(table[0, 1]), "without pitch": float(table[0, 2])}
