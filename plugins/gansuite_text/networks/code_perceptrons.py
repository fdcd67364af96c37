"""Perceptrons between latents, codes and scores (Zhao et al., ARAE 2018; Diao et al., TILGAN 2021)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, Any

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng

Units = list[Annotated[int, Gt(0)]]
UNITS = [300, 300]


def perceptron(sizes: Sequence[int], activation: Callable[[], nn.Module], batch_norm: bool = False) -> nn.Sequential:
    """Linear maps with an activation behind all but the last, and batch normalisation before it where asked for."""
    layers: list[nn.Module] = []
    for i, (wide, narrow) in enumerate(pairwise(sizes), 2):
        layers.append(nn.Linear(wide, narrow))
        if i < len(sizes):
            layers += [*([nn.BatchNorm1d(narrow)] if batch_norm else []), activation()]
    return nn.Sequential(*layers)


class CodeGenerator(nn.Module):
    """From a latent to a code: hidden layers with ReLU, and batch normalisation before it.

    Args:
        units: of the hidden layers.
        batch_norm: as published; without it the generator is a function of each latent alone.

    Source: ``lang/run_snli.py`` of the authors of ARAE, with units = [300, 300].
    """

    def __init__(self, spec: Any, prior: Any, *, units: Units = UNITS, batch_norm: bool = True) -> None:
        super().__init__()
        self.net = perceptron([prior.size, *units, spec.size], nn.ReLU, batch_norm)

    def forward(self, z: Float[Tensor, "n z"], condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n c"]:
        return self.net(z)


class CodeCritic(nn.Module):
    """D(c), of hidden layers with leaky ReLU (0.2), and no normalisation, which a gradient penalty rules out.

    Args:
        units: of the hidden layers.
    """

    def __init__(self, spec: Any, *, units: Units = UNITS) -> None:
        super().__init__()
        self.width = units[-1]
        self.net = perceptron([spec.size, *units, 1], lambda: nn.LeakyReLU(0.2))

    def features(self, x: Float[Tensor, "n c"], rng: Rng | None = None) -> Float[Tensor, "n w"]:
        """The last hidden layer."""
        return self.net[:-1](x)

    def head(self, features: Float[Tensor, "n w"]) -> Float[Tensor, "n 1"]:
        """The score of features."""
        return self.net[-1](features)

    def forward(self, x: Float[Tensor, "n c"], condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        return self.head(self.features(x, rng)).flatten()


class CodeWindowCritic(nn.Module):
    """D(c) = D_global(c) + mean_w D_local(c_w .. c_(w+k-1)): all places at once, and every window of k places.

    Args:
        units: of the hidden layers of both.
        window: k.

    Source: Diao et al. (2021), section 3.3, with k = 3. They draw one window for each batch; the mean is over all.
    """

    def __init__(self, spec: Any, *, units: Units = UNITS, window: Annotated[int, Gt(0)] = 3) -> None:
        super().__init__()
        self.spec, self.window = spec, min(window, spec.places)
        self.overall = CodeCritic(spec, units=units)
        self.local = perceptron([self.window * spec.width, *units, 1], lambda: nn.LeakyReLU(0.2))

    def forward(self, x: Float[Tensor, "n c"], condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        windows = x.view(len(x), self.spec.places, -1).unfold(1, self.window, 1).transpose(2, 3).flatten(2)
        return self.overall(x) + self.local(windows).mean((1, 2))
