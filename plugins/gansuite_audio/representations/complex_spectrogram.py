"""Real and imaginary part of a spectrum as pictures (Nistal, Lattner & Richard 2020)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt, Le
from jaxtyping import Complex, Float
from torch import Tensor

from gansuite_audio.representations.scale import FILL
from gansuite_audio.representations.spectrogram import Spectrogram, check_window, laid_out
from gansuite_audio.representations.statistics import training_batches


class ComplexSpectrogram(Spectrogram):
    """Re and Im of s X |X|^(p - 1): all real parts, then all imaginary ones; s makes the loudest training value 0.8.

    ``window / 2`` bins by a multiple of 16 frames. The constant and the top bin are real: they share the lowest row,
    the one as its real and the other as its imaginary part, so nothing is left out and the inverse is exact.

    Args:
        window: samples of a frame.
        hop: samples between two frames.
        power: p, which brings soft values near the loud ones; 1 leaves them as they are.

    Raises:
        UserError: the window is odd, or shorter than two hops.
    """

    name = "complex-spectrogram"
    scale: Tensor

    def __init__(
        self,
        spec: Any,
        *,
        window: Annotated[int, Gt(1)] = 256,
        hop: Annotated[int, Gt(0)] = 64,
        power: Annotated[float, Gt(0), Le(1)] = 0.5,
    ) -> None:
        check_window(self.name, window, hop)
        super().__init__(spec, window, hop, *laid_out(spec.shape[1], window, hop, "both"), 2)
        self.power = power
        self.register_buffer("scale", torch.tensor(1.0))

    @torch.no_grad()
    def fit(self, dataset: Any) -> None:
        """The scale at which the loudest value of the training sounds is 0.8."""
        greatest = [self.packed(x).abs().amax() for x in training_batches(dataset, self.scale.device)]
        self.scale.copy_(FILL / torch.stack(greatest).amax().clamp_min(1e-6) ** self.power)

    def packed(self, x: Float[Tensor, "n c t"]) -> Complex[Tensor, "n c b f"]:
        """The spectrum, its top bin as the imaginary part of the constant one."""
        spectrum = self.frames(x)
        ends = torch.complex(spectrum[..., :1, :].real, spectrum[..., -1:, :].real)
        return torch.cat([ends, spectrum[..., 1:-1, :]], -2)

    def encode(self, x: Float[Tensor, "n c t"]) -> Float[Tensor, "n p b f"]:
        spectrum = self.packed(x)
        y = torch.sgn(spectrum) * spectrum.abs() ** self.power * self.scale
        return torch.cat([y.real, y.imag], 1).clamp(-1, 1)

    def decode(self, y: Float[Tensor, "n p b f"]) -> Float[Tensor, "n c t"]:
        real, imaginary = (y.float() / self.scale).split(self.channels, 1)
        packed = torch.complex(real, imaginary)
        packed = torch.sgn(packed) * packed.abs() ** (1 / self.power)
        ends = packed[..., :1, :]
        constant, top = (part.to(packed.dtype) for part in (ends.real, ends.imag))
        return self.frames.inverse(torch.cat([constant, packed[..., 1:, :], top], -2))
