"""WaveGAN: a generator and a critic of raw audio, DCGAN flattened to one dimension.

Donahue, McAuley, Puckette, "Adversarial Audio Synthesis", ICLR 2019, arXiv 1802.04208; layer for layer the
authors' own code (github.com/chrisdonahue/wavegan), "SAME" padding and initialisation of TensorFlow included.
At 64 channels and 16,384 mono samples: 19,065,345 and 17,427,969 parameters.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.layers import LeakyReLU, full_precision, relu
from gansuite_audio.networks.convolutions import NearestConvolution, SameConvolution, SameTransposedConvolution
from gansuite_audio.networks.phase_shuffle import shift_batch, shift_rows
from gansuite_audio.networks.post_filter import PostFilter
from gansuite_audio.networks.shapes import waveforms

WIDEST = 32  # in multiples of dim: the published networks stop there, at 65,536 samples
SHUFFLED = 4  # phase shuffle follows the critic's first four layers, and never its last strided one


def strides(length: int, frames: int = 16) -> tuple[int, ...]:
    """Strides between ``frames`` and ``length`` time steps: fours, then a two where fours do not suffice.

    16,384 = 16 x 4^5, 32,768 = 16 x 4^5 x 2 and 65,536 = 16 x 4^6 are the published ones; any ``frames x 2^k``
    with k > 0 can be built, and another length is a UserError that names the nearest.
    """
    doublings = max((length // frames).bit_length() - 1, 1)
    if frames << doublings != length:
        near = f"{frames << doublings} or {frames << doublings + 1}" if length > 2 * frames else f"{2 * frames}"
        raise UserError(f"wavegan: {length} samples are not frames = {frames} times a power of two; choose {near}")
    return (4,) * (doublings // 2) + (2,) * (doublings % 2)


def _widths(layers: int, dim: int) -> list[int]:
    """Channels from the waveform inwards: dim, 2 dim, 4 dim, ..."""
    return [dim * min(2**layer, WIDEST) for layer in range(layers)]


class WaveGANGenerator(nn.Module):
    """Latent [n, prior.size] to waveforms [n, channels, length] in (-1, 1), by transposed convolutions.

    ``upsample = "nearest"`` repeats samples before convolving instead (``nn`` in the authors' code). ``post_filter`` is
    the number of taps of a learnt filter after the tanh, one for each channel and without bias (0: none; 512 in the
    paper's appendix B): it can take out the tones that strided layers leave, and its output may exceed (-1, 1).
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        kernel_size: Annotated[int, Gt(0)] = 25,
        frames: Annotated[int, Gt(0)] = 16,
        upsample: Literal["zeros", "nearest"] = "zeros",
        post_filter: Annotated[int, Ge(0)] = 0,
    ) -> None:
        super().__init__()
        channels, length = waveforms(spec, "wavegan", "the network specgan")
        steps = strides(length, frames)
        widths = [*reversed(_widths(len(steps), dim)), channels]
        layer = {"zeros": SameTransposedConvolution, "nearest": NearestConvolution}[upsample]
        self.frames = frames
        self.project = nn.Linear(prior.size, frames * widths[0])
        _glorot(self.project)
        self.layers = nn.ModuleList(
            layer(width, following, kernel_size, stride)
            for width, following, stride in zip(widths, widths[1:], steps, strict=False)
        )
        self.post_filter = PostFilter(channels, post_filter) if post_filter else nn.Identity()

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n c l"]:
        """Unconditional and deterministic in ``z``: ``condition`` and ``rng`` do not enter."""
        x = self.project(z).unflatten(1, (self.frames, -1))
        for layer in self.layers:
            x = layer(relu(x))
        return self.post_filter(x.transpose(1, 2).to(z.dtype).tanh())


class WaveGANCritic(nn.Module):
    """Waveforms [n, channels, length] to scores [n], by strided convolutions with phase shuffle between them.

    ``phase_shuffle`` is the largest shift in samples (0: none); one shift is drawn per layer and call for the
    whole batch, as published, or one per row (``shuffle_mode = "sample"``).
    """

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        kernel_size: Annotated[int, Gt(0)] = 25,
        frames: Annotated[int, Gt(0)] = 16,
        phase_shuffle: Annotated[int, Ge(0)] = 2,
        shuffle_mode: Literal["batch", "sample"] = "batch",
        leak: Annotated[float, Gt(0), Lt(1)] = 0.2,
    ) -> None:
        super().__init__()
        channels, length = waveforms(spec, "wavegan", "the network specgan")
        steps = strides(length, frames)
        if phase_shuffle >= frames:
            raise UserError(f"wavegan: phase_shuffle = {phase_shuffle} must be below frames = {frames}")
        widths = [channels, *_widths(len(steps), dim)]
        self.phase_shuffle = phase_shuffle
        self.shuffle_mode = shuffle_mode
        self.layers = nn.ModuleList(
            SameConvolution(width, following, kernel_size, stride)
            for width, following, stride in zip(widths, widths[1:], steps, strict=False)
        )
        self.shuffled = min(SHUFFLED, len(steps) - 1)
        self.activation = LeakyReLU(leak)
        self.width = frames * widths[-1]
        self.score = nn.Linear(self.width, 1)
        _glorot(self.score)

    def forward(self, x: Float[Tensor, "n c l"], condition: Any = None, rng: Any = None) -> Float[Tensor, " n"]:
        """Unconditional: ``condition`` does not enter.  Without ``rng`` nothing is shuffled (evaluation)."""
        return self.head(self.features(x, rng))

    def features(self, x: Float[Tensor, "n c l"], rng: Any = None) -> Float[Tensor, "n width"]:
        """What the last convolution makes of the waveforms."""
        x = x.transpose(1, 2)
        for index, layer in enumerate(self.layers):
            x = self.activation(layer(x))
            if rng is not None and index < self.shuffled:
                x = self._shuffle(x, rng)
        return x.flatten(1)

    def head(self, features: Float[Tensor, "n width"]) -> Float[Tensor, " n"]:
        """The scores of features, in full precision."""
        with full_precision(features.device):
            return self.score(features.to(self.score.weight.dtype)).squeeze(1)

    def _shuffle(self, x: Tensor, rng: Any) -> Tensor:
        most = self.phase_shuffle
        if most == 0:
            return x
        if self.shuffle_mode == "batch":
            return shift_batch(x, rng.integer(-most, most))
        return shift_rows(x, rng.integers(-most, most + 1, x.shape[0]))


def _glorot(linear: nn.Linear) -> None:
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
