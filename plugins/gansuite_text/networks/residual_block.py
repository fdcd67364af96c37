"""The residual block of WGAN-GP's character models."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """y = x + 0.3 C_2 relu(C_1 relu(x)), C of odd width: the text keeps its length.

    Source: Gulrajani et al. (2017), appendix C, and their code for the factor.
    """

    SHARE = 0.3

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(channels, channels, kernel, padding=kernel // 2)
        self.second = nn.Conv1d(channels, channels, kernel, padding=kernel // 2)

    def forward(self, x: Float[Tensor, "n c t"]) -> Float[Tensor, "n c t"]:
        return x + self.SHARE * self.second(self.first(x.relu()).relu())


def odd(kernel: int) -> int:
    """The width of a window that has a middle.

    Raises:
        ValueError: it has none.
    """
    if kernel % 2 == 0:
        raise ValueError(f"kernel = {kernel}: a window with a middle has an odd width; give {kernel + 1}")
    return kernel
