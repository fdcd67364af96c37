"""SpecGAN's pictures of sounds (Donahue, McAuley & Puckette 2019, section 3.2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from gansuite.errors import UserError
from gansuite_audio.representations.missing_bin import MissingBin
from gansuite_audio.representations.phase import instantaneous_frequency, phase_of
from gansuite_audio.representations.spectrogram import EPSILON, Spectrogram, check_window
from gansuite_audio.representations.statistics import moments, training_batches

LEAST = 1e-3  # of a deviation: a bin that is silent in all training sounds is not blown up


class LogSpectrogram(Spectrogram):
    """Log-magnitudes, each bin standardised over the training sounds: clip((log(|X| + 1e-6) - mean) / 3 deviation).

    ``window / 2`` bins by ``length / hop`` frames: 128 x 128 for 16,384 samples, as published. The top bin is left
    out. The phase is made by Griffin and Lim's iterations from zero, with the top bin at its mean, or read from further
    channels, the advance of each bin's phase between frames in half turns, which the generator then learns to make; the
    top bin is then found from the others.

    Args:
        window: samples of a frame.
        hop: samples between two frames.
        phase: ``griffin-lim``, or ``learnt`` in further channels.
        iterations: of Griffin and Lim; 16 in the authors' code.
        deviations: standard deviations that fill [-1, 1]; what lies beyond is clipped.
        padding: zeros on ``both`` sides of the sound, or all of them at its ``end`` as in
            the authors' code, where a sound's first samples then lie at the foot of one window and are faded.

    Raises:
        UserError: the sound is no whole number of hops, the window is odd, or shorter than two hops.
    """

    name = "log-spectrogram"
    mean: Tensor
    deviation: Tensor

    def __init__(
        self,
        spec: Any,
        *,
        window: Annotated[int, Gt(1)] = 256,
        hop: Annotated[int, Gt(0)] = 128,
        phase: Literal["griffin-lim", "learnt"] = "griffin-lim",
        iterations: Annotated[int, Ge(0)] = 16,
        deviations: Annotated[float, Gt(0)] = 3.0,
        padding: Literal["both", "end"] = "both",
    ) -> None:
        length = spec.shape[1]
        check_window(self.name, window, hop)
        if length % hop:
            near = max(length // hop, 1) * hop
            remedy = f"choose {near} or {near + hop}"
            raise UserError(f"{self.name}: {length} samples are no multiple of hop = {hop}; {remedy}")
        front = (window - hop) // 2 if padding == "both" else 0
        learnt = phase == "learnt"
        super().__init__(spec, window, hop, length // hop, front, 2 if learnt else 1)
        self.iterations, self.deviations = iterations, deviations
        self.rest = MissingBin(self.frames, top=True) if learnt else None
        self.register_buffer("mean", torch.zeros(window // 2 + 1, 1))
        self.register_buffer("deviation", torch.ones(window // 2 + 1, 1))

    @torch.no_grad()
    def fit(self, dataset: Any) -> None:
        """Mean and deviation of each bin over all frames of the training sounds."""
        batches = training_batches(dataset, self.mean.device)
        mean, deviation = moments((self.frames(x).abs() + EPSILON).log() for x in batches)
        self.mean.copy_(mean[:, None])
        self.deviation.copy_(deviation.clamp_min(LEAST)[:, None])

    def encode(self, x: Float[Tensor, "n c t"]) -> Float[Tensor, "n p b f"]:
        spectrum = self.frames(x)[..., :-1, :]
        level = ((spectrum.abs() + EPSILON).log() - self.mean[:-1]) / (self.deviations * self.deviation[:-1])
        level = level.clamp(-1, 1)
        return level if self.rest is None else torch.cat([level, instantaneous_frequency(spectrum.angle())], 1)

    def decode(self, y: Float[Tensor, "n p b f"]) -> Float[Tensor, "n c t"]:
        level = functional.pad(y[:, : self.channels].float(), (0, 0, 0, 1))  # the top bin at its mean
        magnitude = ((level * self.deviations * self.deviation + self.mean).exp() - EPSILON).clamp_min(0)
        if self.rest is None:
            return self.frames.griffin_lim(magnitude, self.iterations)
        return self.rest(torch.polar(magnitude[..., :-1, :], phase_of(y[:, self.channels :].float())))
