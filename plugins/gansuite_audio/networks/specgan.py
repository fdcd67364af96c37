"""SpecGAN: a DCGAN of spectrograms, the picture twin of WaveGAN.

Donahue, McAuley, Puckette, "Adversarial Audio Synthesis", ICLR 2019, arXiv 1802.04208, section 3.2 and the tables of
appendix D. At 64 channels and 128 x 128 it has the sizes of WaveGAN: 19,065,345 and 17,427,969 parameters.
"""

from __future__ import annotations

import itertools
from typing import Annotated, Any

from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.layers import LeakyReLU, full_precision, relu
from gansuite_audio.networks.convolutions_2d import SameConvolution2d, SameTransposedConvolution2d
from gansuite_audio.networks.doublings import doublings
from gansuite_audio.networks.phase_shuffle import shift_batch

WIDEST = 16  # in multiples of dim: the published networks have no wider layer


def widths(layers: int, dim: int) -> list[int]:
    """Channels from the spectrogram inwards: dim, 2 dim, 4 dim, ..., 16 dim."""
    return [dim * min(2**layer, WIDEST) for layer in range(layers)]


class SpecGANGenerator(nn.Module):
    """Latent [n, prior.size] to spectrograms [n, channels, bins, frames] in (-1, 1), by transposed convolutions.

    A linear layer makes the smallest map, and each layer of stride 2 doubles both of its axes: 4 x 4 to 128 x 128 in
    five steps as published; any bins and frames with as many factors of two in common.

    Args:
        dim: channels beside the spectrogram (d); they double towards the latent, up to 16 d.
        kernel_size: taps along both axes.
        start: least rows and columns of the smallest map.

    Raises:
        UserError: bins and frames cannot be halved.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        kernel_size: Annotated[int, Gt(1)] = 5,
        start: Annotated[int, Gt(0)] = 4,
    ) -> None:
        super().__init__()
        steps, self.smallest = doublings(spec, start, "specgan")
        channels = [*reversed(widths(steps, dim)), spec.shape[0]]
        rows, columns = self.smallest
        self.project = nn.Linear(prior.size, channels[0] * rows * columns)
        _glorot(self.project)
        self.layers = nn.ModuleList(
            SameTransposedConvolution2d(width, following, kernel_size)
            for width, following in itertools.pairwise(channels)
        )

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n c b f"]:
        """Unconditional and deterministic in ``z``: ``condition`` and ``rng`` do not enter."""
        x = self.project(z).unflatten(1, (-1, *self.smallest))
        for layer in self.layers:
            x = layer(relu(x))
        return x.to(z.dtype).tanh()


class SpecGANCritic(nn.Module):
    """Spectrograms [n, channels, bins, frames] to scores [n], by convolutions of stride 2.

    Args:
        dim: channels beside the spectrogram (d); they double with each layer, up to 16 d.
        kernel_size: taps along both axes.
        start: least rows and columns of the smallest map.
        phase_shuffle: largest shift in frames after each layer but the last, one for the whole batch (0: none, as
            published; the paper found that it hurts spectrograms).
        leak: slope of the rectifier at negative values.

    Raises:
        UserError: bins and frames cannot be halved, or a shift would exceed the frames that are left.
    """

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        kernel_size: Annotated[int, Gt(1)] = 5,
        start: Annotated[int, Gt(0)] = 4,
        phase_shuffle: Annotated[int, Ge(0)] = 0,
        leak: Annotated[float, Gt(0), Lt(1)] = 0.2,
    ) -> None:
        super().__init__()
        steps, (rows, columns) = doublings(spec, start, "specgan")
        if phase_shuffle >= 2 * columns:
            raise UserError(
                f"specgan: phase_shuffle = {phase_shuffle} must be below the {2 * columns} frames it shifts"
            )
        channels = [spec.shape[0], *widths(steps, dim)]
        self.phase_shuffle = phase_shuffle
        self.layers = nn.ModuleList(
            SameConvolution2d(width, following, kernel_size) for width, following in itertools.pairwise(channels)
        )
        self.activation = LeakyReLU(leak)
        self.width = channels[-1] * rows * columns
        self.score = nn.Linear(self.width, 1)
        _glorot(self.score)

    def forward(self, x: Float[Tensor, "n c b f"], condition: Any = None, rng: Any = None) -> Float[Tensor, " n"]:
        """Unconditional: ``condition`` does not enter.  Without ``rng`` nothing is shuffled (evaluation)."""
        return self.head(self.features(x, rng))

    def features(self, x: Float[Tensor, "n c b f"], rng: Any = None) -> Float[Tensor, "n width"]:
        """What the last convolution makes of the spectrograms."""
        last = len(self.layers) - 1
        for index, layer in enumerate(self.layers):
            x = self.activation(layer(x))
            if self.phase_shuffle and rng is not None and index < last:
                x = self._shuffle(x, rng)
        return x.flatten(1)

    def head(self, features: Float[Tensor, "n width"]) -> Float[Tensor, " n"]:
        """The scores of features, in full precision."""
        with full_precision(features.device):
            return self.score(features.to(self.score.weight.dtype)).squeeze(1)

    def _shuffle(self, x: Float[Tensor, "n c b f"], rng: Any) -> Float[Tensor, "n c b f"]:
        """One shift of the time axis for the whole batch."""
        shift = rng.integer(-self.phase_shuffle, self.phase_shuffle)
        return shift_batch(x.flatten(0, 2).unsqueeze(2), shift).view_as(x)


def _glorot(linear: nn.Linear) -> None:
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
