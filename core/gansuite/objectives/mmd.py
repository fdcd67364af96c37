"""Maximum mean discrepancy GAN (Li et al. 2017; Bińkowski et al. 2018)."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from annotated_types import Gt, MinLen
from jaxtyping import Float
from torch import Tensor

from gansuite.objectives.discrepancy import Discrepancy
from gansuite.objectives.distances import squared_distances

SCALES = {"rbf": [1.0, 2.0, 4.0, 8.0, 16.0], "rational-quadratic": [0.2, 0.5, 1.0, 2.0, 5.0]}


class Mmd(Discrepancy):
    """The unbiased squared MMD between features f of real and of generated samples; the critic ascends it.

        MMD² = mean_{i≠j} k(x_i, x_j) + mean_{i≠j} k(y_i, y_j) - 2 mean_{i,j} k(x_i, y_j),  x = f(real), y = f(fake)

    critic: -MMD²;  generator: MMD². The kernel is a sum over scales:
    rbf: k(x, y) = Σ_σ exp(-‖x - y‖² / 2σ²);  rational-quadratic: k(x, y) = Σ_α (1 + ‖x - y‖² / 2α)^-α.
    A critic whose features may grow without bound needs a gradient penalty. Unbiased, so below 0 for equal laws at
    times.

    Args:
        kernel: "rbf" (Li et al.) or "rational-quadratic" (Bińkowski et al.), whose tails are heavier.
        scales: σ or α of the mixture; none: the paper's, 1 2 4 8 16 and 0.2 0.5 1 2 5.
    """

    def __init__(
        self,
        *,
        kernel: Literal["rbf", "rational-quadratic"] = "rational-quadratic",
        scales: Annotated[list[Annotated[float, Gt(0)]], MinLen(1)] | None = None,
    ) -> None:
        self.kernel = kernel
        self.scales = tuple(scales or SCALES[kernel])

    def check(self, batch_size: int) -> None:
        if batch_size < 2:
            raise ValueError("mmd compares pairs of samples: choose a batch_size of at least 2")

    def distance(self, x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, ""]:
        """MMD² between two batches of features."""
        return self.within(x) + self.within(y) - 2 * self.similarity(x, y).mean()

    def within(self, x: Float[Tensor, "n d"]) -> Float[Tensor, ""]:
        """mean_{i≠j} k(x_i, x_j)."""
        n, kernel = len(x), self.similarity(x, x)
        return (kernel.sum() - kernel.diagonal().sum()) / (n * (n - 1))

    def similarity(self, x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
        """k(x_i, y_j)."""
        square = squared_distances(x, y)
        if self.kernel == "rbf":
            kernels = [torch.exp(-square / (2 * sigma**2)) for sigma in self.scales]
        else:
            kernels = [(1 + square / (2 * alpha)) ** -alpha for alpha in self.scales]
        return torch.stack(kernels).sum(0)
