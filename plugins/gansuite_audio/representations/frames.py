"""The short-time Fourier transform and its inverse, each frame weighted by what its windows add up to."""

from __future__ import annotations

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn
from torch.nn import functional

LEAST = 0.1  # of squared windows, which add up to 0.5 to 1.5 inside: where a sound was hardly seen it is faded


class Frames(nn.Module):
    """Frames of ``window`` samples, one each ``hop``, under a periodic Hann window: X[k, m] = FFT(w x[m hop + .])[k].

    The inverse is the least-squares one of Griffin and Lim (1984, eq. 6): Σ w y / Σ w² over the frames that hold a
    sample. A plain sum of twice-windowed frames, as in the SpecGAN authors' code, ripples by 6 dB at half overlap.
    The sound begins ``front`` zeros after the first frame does, and zeros follow it to the end of the last.

    A sample that only the foot of one window holds cannot be found again: Σ w² is no less than ``LEAST``, so errors
    grow by 1 / √LEAST at most. A quarter of a window of zeros on either side keeps every sample away from there.

    Args:
        length: samples of the sound.
        window: samples of a frame.
        hop: samples between two frames.
        frames: number of frames.
        front: zeros before the sound.
    """

    hann: Tensor
    weight: Tensor

    def __init__(self, length: int, window: int, hop: int, frames: int, front: int = 0) -> None:
        super().__init__()
        self.length, self.window, self.hop, self.front = length, window, hop, front
        self.total = (frames - 1) * hop + window
        hann = torch.hann_window(window, dtype=torch.float64)
        self.register_buffer("hann", hann.float(), persistent=False)
        weight = self.added(hann.square().expand(frames, window)).clamp_min(LEAST)
        self.register_buffer("weight", weight.float(), persistent=False)

    def added(self, y: Float[Tensor, "*rows frames window"]) -> Float[Tensor, "*rows total"]:
        """The frames, laid over each other and added: a shifted sum for each hop of a window."""
        parts = -(-self.window // self.hop)
        y = functional.pad(y, (0, parts * self.hop - self.window))
        count = y.shape[-2]
        pieces = y.unflatten(-1, (parts, self.hop)).unbind(-2)
        whole = sum(functional.pad(piece, (0, 0, i, parts - 1 - i)) for i, piece in enumerate(pieces))
        assert isinstance(whole, Tensor) and whole.shape[-2] == count + parts - 1
        return whole.flatten(-2)[..., : self.total]

    def forward(self, x: Float[Tensor, "*rows length"]) -> Complex[Tensor, "*rows bins frames"]:
        padded = functional.pad(x.float(), (self.front, self.total - self.front - self.length))
        return torch.fft.rfft(padded.unfold(-1, self.window, self.hop) * self.hann, dim=-1).transpose(-1, -2)

    def inverse(self, spectrum: Complex[Tensor, "*rows bins frames"]) -> Float[Tensor, "*rows length"]:
        """The sound whose transform is nearest to a spectrum."""
        y = torch.fft.irfft(spectrum.transpose(-1, -2), self.window, dim=-1) * self.hann
        return (self.added(y) / self.weight)[..., self.front : self.front + self.length]

    def griffin_lim(self, magnitude: Float[Tensor, "*rows bins frames"], iterations: int) -> Float[Tensor, "*rows l"]:
        """A sound of nearly these magnitudes, from phase zero (Griffin & Lim 1984, section IV)."""
        x = self.inverse(magnitude.to(torch.complex64))
        for _ in range(iterations):
            x = self.inverse(magnitude * torch.sgn(self(x)))
        return x


def surrounded(length: int, window: int, hop: int, multiple: int = 1) -> tuple[int, int]:
    """(frames, front) that leave a quarter of a window of zeros, or more, on both sides of a sound."""
    least = -(-max(length - window // 2, 0) // hop) + 1
    frames = -(-least // multiple) * multiple
    return frames, ((frames - 1) * hop + window - length) // 2
