"""Perceptual loss: distances in the layers of a fixed network (Johnson, Alahi & Fei-Fei 2016, eq. 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, MinLen
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import conv1d, conv2d, conv3d, leaky_relu, linear

from gansuite.engine.rng import Rng
from gansuite.objectives.borrowing import Borrowing
from gansuite.objectives.objective import Scores
from gansuite.plugins import Ref

Samples = Float[Tensor, "n *shape"]
SLOPE = 0.2


class Perceptual(Borrowing):
    """Samples are alike if a fixed network's layers φ_l, each of size_l numbers, see them alike.

    pairs (``distance``, for translation games): Σ_l w_l ‖φ_l(x) - φ_l(y)‖² / size_l;
    generator: Σ_l w_l ‖E φ_l(x) - E φ_l(G(z))‖² / size_l, for samples of a GAN come in no pairs, and pairing them
    anyhow would draw all of them to one mean. The critic plays another objective, unheard by the generator.

    The network is random and frozen: convolutions of stride 2 (linear layers for vectors) with leaky rectifiers and
    He's scale. It is a function of ``seed`` and of the samples' shape, so nothing of it needs saving.

    Args:
        critic: the objective whose critic's side is played.
        weights: w_l, one for each layer of the network.
        width: channels of each layer.
        seed: of the network's weights.
    """

    joint = True
    generator_needs_real = True
    generator_sees = "samples"

    def __init__(
        self,
        *,
        critic: Annotated[Any, Ref("objective")] = "non-saturating",
        weights: Annotated[list[Annotated[float, Ge(0)]], MinLen(1)] = [1.0, 1.0, 1.0],  # noqa: B006 - never mutated
        width: Annotated[int, Gt(0)] = 64,
        seed: Annotated[int, Ge(0)] = 0,
    ) -> None:
        super().__init__(critic)
        self.weights, self.width, self.seed = tuple(weights), width, seed
        self.kernels: dict[Any, list[Tensor]] = {}

    def distance(self, x: Samples, y: Samples) -> Scores:
        """The distance of each pair (x_i, y_i), [n]."""
        pairs = zip(self.weights, self.layers(x), self.layers(y), strict=True)
        return torch.stack([w * (a - b).square().mean(1) for w, a, b in pairs]).sum(0)

    def generator(self, fake: Samples, real: Samples | None = None) -> Scores:
        assert real is not None, "the perceptual loss looks at real samples"
        pairs = zip(self.weights, self.layers(real), self.layers(fake), strict=True)
        apart = [w * (a.mean(0) - b.mean(0)).square().mean() for w, a, b in pairs]
        return torch.stack(apart).sum().expand(len(fake))

    def layers(self, x: Samples) -> list[Float[Tensor, "n size"]]:
        """φ_l(x) of each layer, flat."""
        found = []
        for kernel in self.network(x):
            x = leaky_relu(apply(kernel, x), SLOPE)
            found.append(x.flatten(1))
        return found

    def network(self, x: Samples) -> list[Tensor]:
        """The frozen kernels for samples of this shape, made at first sight."""
        key = (x.shape[1:], x.dtype, x.device)
        if key not in self.kernels:
            shapes = [(self.width, inputs, *(3,) * (x.dim() - 2)) for inputs in self.inputs(x.shape[1])]
            # Drawn on the host, so that the network is the same on every device.
            self.kernels[key] = [
                he_normal(shape, Rng(self.seed, "perceptual", str(i))).to(x) for i, shape in enumerate(shapes)
            ]
        return self.kernels[key]

    def inputs(self, channels: int) -> list[int]:
        """Number of input channels of each layer."""
        return [channels] + [self.width] * (len(self.weights) - 1)


def he_normal(shape: tuple[int, ...], rng: Rng) -> Tensor:
    """A kernel [out, in, ...] that keeps the second moment of what passes a leaky rectifier (He et al. 2015)."""
    fan_in = torch.Size(shape[1:]).numel()
    return rng.normal(*shape, scale=(2 / ((1 + SLOPE**2) * fan_in)) ** 0.5)


def apply(kernel: Tensor, x: Tensor) -> Tensor:
    """A linear layer for vectors, else a convolution of stride 2 over the axes after the channels."""
    if kernel.dim() == 2:
        return linear(x, kernel)
    convolution: Callable[..., Tensor] = {3: conv1d, 4: conv2d, 5: conv3d}[kernel.dim()]
    return convolution(x, kernel, stride=2, padding=1)
