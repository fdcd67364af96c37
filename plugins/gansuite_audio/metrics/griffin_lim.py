"""A waveform of a vocoder's mel spectrogram without a network (Griffin & Lim 1984): what a vocoder must beat."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torchaudio.functional import griffinlim

from gansuite_audio.games.mel import MelSpectrogram

ITERATIONS = 60
"""librosa's and torchaudio's usual number is 32; few sounds change after these."""


@torch.no_grad()
def from_mel(
    mel: MelSpectrogram, spectrogram: Float[Tensor, "n c b f"], iterations: int = ITERATIONS
) -> Float[Tensor, "n c l"]:
    """Waveforms whose magnitudes are near M⁺ exp(spectrogram), by the fast method (momentum 0.99) from phase zero.

    M⁺ is the pseudo-inverse of the mel filters, its negative magnitudes cut off.
    """
    filters = mel.filters.double()
    magnitude = (torch.linalg.pinv(filters) @ spectrogram.double().exp()).clamp_min(0).to(mel.filters.dtype)
    # Frames lie about the middle of their hops; here one lies about the first sample, so that half a hop goes.
    framed = torch.cat([magnitude[..., :1], magnitude, magnitude[..., -1:]], -1).flatten(0, 1)
    x = griffinlim(framed, mel.hann, mel.window, mel.hop, mel.window, 1.0, iterations, 0.99, None, False)
    half = mel.hop // 2
    length = mel.hop * spectrogram.shape[-1]
    return x[..., half : half + length].unflatten(0, spectrogram.shape[:2])
