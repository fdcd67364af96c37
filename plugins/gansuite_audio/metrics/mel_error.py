"""How far a vocoded recording lies from the recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.points import of_points, student
from gansuite.metrics.subject import Subject
from gansuite_audio.metrics.griffin_lim import ITERATIONS, from_mel
from gansuite_audio.metrics.stft_error import stft_error

CHUNK = 16
PARTS = ("", "stft")


class MelError:
    """Distances of held-out recordings x from their vocoded copies y = G(φ(x)); 0 is a recording itself.

        mel-error        mean |ψ(x) - ψ(y)| over bands and frames, in natural logarithms
        mel-error/stft   the multi-resolution STFT error of ``stft_error``, windows of half, once and twice φ's

    φ is the spectrogram that the generator reads and ψ the one up to half the rate (those of the game ``vocoder``).
    ``extras["griffin_lim"]`` is the same of Griffin and Lim's method from φ(x), ``extras["less_griffin_lim"]`` the mean
    over recordings of the model's error less that one's, both with their intervals. That method fits the spectrogram in
    which the first distance is taken; what it lacks, phases that belong together, is seen by the second.

    Args:
        points: recordings at most.
        iterations: of Griffin and Lim's method.

    Source: Kong, Kim & Bae (2020), eq. 3; Yamamoto, Song & Kim (2020), eq. 4 to 6.
    """

    name = "mel-error"
    needs = "model"
    direction = "min"
    meaning = "How far vocoded held-out recordings lie from the recordings, in log-mel (natural logarithms)."

    def __init__(self, *, points: Annotated[int, Ge(2)] = 64, iterations: Annotated[int, Gt(0)] = ITERATIONS) -> None:
        self.points, self.iterations = points, iterations

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The means with Student's intervals over recordings.

        Raises:
            MetricError: the model is no vocoder, or too few recordings.
        """
        game: Any = vocoder(subject)
        x = subject.real(min(self.points, subject.n))
        values, former = errors(game, x, vocoded(game, x)), None
        if untrained is not None:
            former = errors(game, x, vocoded(vocoder(untrained), x))
        plain = errors(game, x, from_mel(game.mel, game.mel(x), self.iterations))
        method = "mean; Student over recordings"
        return [
            of_points(
                self,
                values[i],
                part,
                untrained=None if former is None else former[i],
                ideal=0.0,
                seed=seed,
                method=method,
                extras={**beside(values[i], plain[i]), "iterations": self.iterations},
            )
            for i, part in enumerate(PARTS)
        ]


def vocoder(subject: Subject) -> Any:
    """The game of a subject, if it is a vocoder's.

    Raises:
        MetricError: it is not.
    """
    if not hasattr(subject.game, "vocode"):
        raise MetricError(f"mel-error: the game {type(subject.game).__name__} is no vocoder's; leave the metric out")
    return subject.game


@torch.no_grad()
def vocoded(game: Any, x: Float[Tensor, "n c l"]) -> Float[Tensor, "n c l"]:
    """The copies, some recordings at a time."""
    return torch.cat([game.vocode(part) for part in x.split(CHUNK)])


@torch.no_grad()
def errors(game: Any, x: Float[Tensor, "n c l"], made: Float[Tensor, "n c l"]) -> Float[np.ndarray, "2 n"]:
    """Both distances of each recording."""
    window = game.mel.window
    found = [game.error(x, made), stft_error(x, made.to(x.dtype), (window // 2, window, 2 * window))]
    return torch.stack(found).double().cpu().numpy()


def beside(values: Float[np.ndarray, " n"], plain: Float[np.ndarray, " n"]) -> dict[str, Any]:
    """What stands beside the model's errors: those of Griffin and Lim's method, and the difference by recordings."""
    around, less = student(plain), student(values - plain)
    return {
        "griffin_lim": around.value,
        "griffin_lim_interval": [around.low, around.high],
        "less_griffin_lim": less.value,
        "less_griffin_lim_interval": [less.low, less.high],
    }
