"""GANSynth's pictures of sounds: magnitude and instantaneous frequency (Engel et al. 2019, section 2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from annotated_types import Gt
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn import functional

from gansuite_audio.representations.mel import Warp, interpolation, triangles
from gansuite_audio.representations.missing_bin import MissingBin
from gansuite_audio.representations.phase import instantaneous_frequency, phase_of, wrapped
from gansuite_audio.representations.precision import product
from gansuite_audio.representations.scale import FILL, filling
from gansuite_audio.representations.spectrogram import EPSILON, Spectrogram, check_window, laid_out, pictured
from gansuite_audio.representations.statistics import training_batches

PUBLISHED = (0.0661371661726, 0.113718730221)  # scale and offset of log-mel power, from the authors' model.py


class InstantaneousFrequency(Spectrogram):
    """Two pictures of each channel: all levels first, a log(.) + b, then all instantaneous frequencies, 0.8 of [-1, 1].

    Attributes:
        scale, offset: a and b.
    """

    scale: Tensor
    offset: Tensor

    def __init__(self, spec: Any, window: int, hop: int, padding: Literal["both", "front"]) -> None:
        check_window(self.name, window, hop)
        super().__init__(spec, window, hop, *laid_out(spec.shape[1], window, hop, padding), 2)
        self.register_buffer("scale", torch.tensor(PUBLISHED[0]))
        self.register_buffer("offset", torch.tensor(PUBLISHED[1]))

    @torch.no_grad()
    def fit(self, dataset: Any) -> None:
        """Scale and offset that spread the training sounds' levels over [-0.8, 0.8]."""
        scale, offset = filling(self.pictures(x)[0] for x in training_batches(dataset, self.scale.device))
        self.scale.copy_(scale)
        self.offset.copy_(offset)

    def pictures(self, x: Float[Tensor, "n c t"]) -> tuple[Float[Tensor, "n c b f"], Float[Tensor, "n c b f"]]:
        """Level and instantaneous frequency, before they are scaled."""
        raise NotImplementedError

    def sound(self, level: Float[Tensor, "n c b f"], frequency: Float[Tensor, "n c b f"]) -> Float[Tensor, "n c t"]:
        """The sound of a level and an instantaneous frequency."""
        raise NotImplementedError

    def encode(self, x: Float[Tensor, "n c t"]) -> Float[Tensor, "n p b f"]:
        level, frequency = self.pictures(x)
        return torch.cat([(level * self.scale + self.offset).clamp(-1, 1), frequency * FILL], 1)

    def decode(self, y: Float[Tensor, "n p b f"]) -> Float[Tensor, "n c t"]:
        level, frequency = y.float().split(self.channels, 1)
        return self.sound((level - self.offset) / self.scale, frequency / FILL)


class LogInstantaneousFrequency(InstantaneousFrequency):
    """log(|X| + 1e-6), and the advance of each bin's phase between frames, in half turns; both scaled into [-1, 1].

    ``window / 2`` bins by a multiple of 16 frames. For a steady tone the second picture is constant, so a generator
    can make phases that go on from frame to frame. The bin that is left out is found from the others, of which it is a
    linear function for sounds.

    Args:
        window: samples of a frame.
        hop: samples between two frames; a quarter of the window in the paper.
        drop: the bin that is left out: the ``top`` one, or the ``constant`` one as in the paper.
        padding: zeros on ``both`` sides of the sound, or all of them in ``front`` as in the authors' code, where the
            sound's last samples then lie at the foot of one window and are faded.

    Raises:
        UserError: the window is odd, or shorter than two hops.
    """

    name = "log-if"

    def __init__(
        self,
        spec: Any,
        *,
        window: Annotated[int, Gt(1)] = 2048,
        hop: Annotated[int, Gt(0)] = 512,
        drop: Literal["top", "constant"] = "top",
        padding: Literal["both", "front"] = "both",
    ) -> None:
        super().__init__(spec, window, hop, padding)
        self.first = 1 if drop == "constant" else 0
        self.rest = MissingBin(self.frames, top=drop == "top")

    def pictures(self, x: Float[Tensor, "n c t"]) -> tuple[Float[Tensor, "n c b f"], Float[Tensor, "n c b f"]]:
        spectrum = self.frames(x)[..., self.first : self.first + self.spec.bins, :]
        return (spectrum.abs() + EPSILON).log(), instantaneous_frequency(spectrum.angle())

    def sound(self, level: Float[Tensor, "n c b f"], frequency: Float[Tensor, "n c b f"]) -> Float[Tensor, "n c t"]:
        return self.rest(torch.polar((level.exp() - EPSILON).clamp_min(0), phase_of(frequency)))


class MelInstantaneousFrequency(InstantaneousFrequency):
    """The same on a mel scale: log(W |X|² + 1e-6), and the advance of the phase warped by W, an operation over bins.

    ``triangles`` is published: as many bands as bins, W triangles from 0 to half the rate and the way back their
    transpose, scaled. Bands lie close at low frequencies; at high ones they are wide and mix bins, phases too: what the
    ear minds least is lost, and with it the waveform. ``interpolated`` reads the spectrum at four times as many
    places, evenly spaced in mel and nowhere further apart than bins, so nothing is lost and least squares lead back.

    Phases are to be unwrapped along time, warped and differentiated; W acts over bins, so that is W applied to the
    advances, and the inverse sums only once.

    Args:
        window: samples of a frame; half as many bands, or four times that if ``interpolated``.
        hop: samples between two frames; a quarter of the window in the paper.
        normalise: ``published`` takes the constants of the authors' code, which suit notes of NSynth at 16 kHz, and
            ``fitted`` those that spread the training sounds' levels over [-0.8, 0.8].
        warp: ``triangles`` or ``interpolated``.
        padding: zeros on ``both`` sides of the sound, or all of them in ``front`` as in the authors' code, where the
            sound's last samples then lie at the foot of one window and are faded.

    Raises:
        UserError: the window is odd, or shorter than two hops.
    """

    name = "mel-if"
    there: Tensor
    back: Tensor

    def __init__(
        self,
        spec: Any,
        *,
        window: Annotated[int, Gt(1)] = 2048,
        hop: Annotated[int, Gt(0)] = 512,
        normalise: Literal["published", "fitted"] = "fitted",
        warp: Literal["triangles", "interpolated"] = "triangles",
        padding: Literal["both", "front"] = "both",
    ) -> None:
        super().__init__(spec, window, hop, padding)
        self.fitted = normalise == "fitted"
        self.rest = MissingBin(self.frames, top=False) if warp == "interpolated" else None
        made: Warp = (triangles if warp == "triangles" else interpolation)(window // 2, spec.rate)
        self.register_buffer("there", made.there.float(), persistent=False)
        self.register_buffer("back", made.back.float(), persistent=False)
        self.spec = pictured(self.name, spec, 2, len(made.there), self.spec.frames)

    def fit(self, dataset: Any) -> None:
        """Scale and offset of the levels, unless they are the published ones."""
        if self.fitted:
            super().fit(dataset)

    def pictures(self, x: Float[Tensor, "n c t"]) -> tuple[Float[Tensor, "n c b f"], Float[Tensor, "n c b f"]]:
        spectrum = self.frames(x)[..., 1:, :]
        power = product(self.there, spectrum.abs().square())
        return (power + EPSILON).log(), wrapped(product(self.there, instantaneous_frequency(spectrum.angle())))

    def sound(self, level: Float[Tensor, "n c b f"], frequency: Float[Tensor, "n c b f"]) -> Float[Tensor, "n c t"]:
        magnitude = product(self.back, level.exp() - EPSILON).clamp_min(EPSILON**2).sqrt()
        return self.whole(torch.polar(magnitude, phase_of(product(self.back, frequency))))

    def whole(self, spectrum: Complex[Tensor, "n c b f"]) -> Float[Tensor, "n c t"]:
        """The sound of a spectrum without its constant bin: zero as published, or found where nothing else is lost."""
        return self.frames.inverse(functional.pad(spectrum, (0, 0, 1, 0))) if self.rest is None else self.rest(spectrum)
