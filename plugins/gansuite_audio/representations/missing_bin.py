"""A bin of a spectrum that was left out, from the others."""

from __future__ import annotations

import torch
from jaxtyping import Complex, Float, Float64
from torch import Tensor, nn
from torch.nn import functional

from gansuite_audio.representations.frames import Frames
from gansuite_audio.representations.precision import product


class MissingBin(nn.Module):
    """The constant or the top bin of each frame, as the other bins imply it.

    Frames overlap and windows leak, so a spectrum with a bin left out still holds the sound. With S the transform, S⁺
    its least-squares inverse and P the projection on the missing bins, their values c, one real number a frame,
    are the fixed point c = P S S⁺(Y + c), where G = P S S⁺ P is a small matrix that is known beforehand:

        c = (I - G)⁻¹ P S S⁺ Y.

    For a transform it gives back the sound; for any other spectrum the sound nearest to it in the bins that are there.
    G's largest eigenvalue is 0.67 to 0.76, so errors grow by four at most.

    Args:
        frames: the transform.
        top: the top bin is missing, at half the rate; else the constant one.
    """

    solve: Tensor

    def __init__(self, frames: Frames, *, top: bool) -> None:
        super().__init__()
        self.frames, self.top = frames, top
        system = torch.eye(count(frames), dtype=torch.float64) - overlap(frames, -1 if top else 1)
        self.register_buffer("solve", torch.linalg.inv(system).T.float().contiguous(), persistent=False)

    def forward(self, spectrum: Complex[Tensor, "*rows bins frames"]) -> Float[Tensor, "*rows length"]:
        """The sound of a spectrum that lacks the bin, [..., window / 2, frames]."""
        where = -1 if self.top else 0
        seen = self.frames(self.frames.inverse(self.whole(spectrum, None)))[..., where, :].real  # [..., frames]
        return self.frames.inverse(self.whole(spectrum, product(seen[..., None, :], self.solve)[..., 0, :]))

    def whole(
        self, spectrum: Complex[Tensor, "*r b f"], value: Float[Tensor, "*r f"] | None
    ) -> Complex[Tensor, "*r c f"]:
        """With the bin in its place; zero where there is no value."""
        if value is None:
            return functional.pad(spectrum, (0, 0, 0, 1) if self.top else (0, 0, 1, 0))
        row = value.to(spectrum.dtype)[..., None, :]
        return torch.cat([spectrum, row] if self.top else [row, spectrum], -2)


def count(frames: Frames) -> int:
    """Number of frames."""
    return (frames.total - frames.window) // frames.hop + 1


def overlap(frames: Frames, sign: int) -> Float64[Tensor, "m m"]:
    """G[m, m'] = 1/N Σ_t s(t - mh) w(t - mh) s(t - m'h) w(t - m'h) / W(t) over the sound, with s(t) = signᵗ."""
    hop, window = frames.hop, frames.window
    inverse = 1 / frames.weight.double()
    inverse[: frames.front], inverse[frames.front + frames.length :] = 0, 0
    seen = inverse.unfold(0, window, hop)  # [m, t]
    hann = torch.hann_window(window, dtype=torch.float64)
    made = torch.zeros(len(seen), len(seen), dtype=torch.float64)
    for i, shift in enumerate(range(0, min(window, hop * len(seen)), hop)):  # frames m and m + i
        both = sign ** (shift % 2) * (seen[:, shift:] @ (hann[shift:] * hann[: window - shift])) / window
        made += torch.diag(both[: len(seen) - i], i)
        if i:
            made += torch.diag(both[: len(seen) - i], -i)
    return made
