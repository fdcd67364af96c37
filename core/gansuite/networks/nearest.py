"""Nearest enlargement and the convolution after it as one transposed convolution."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import conv_transpose2d, pad

from gansuite.layers import EqualisedConvolution


class EqualisedNearestConvolution(EqualisedConvolution):
    """Each value repeated twice along both axes, then an equalised convolution of 3 x 3.

    Repetition is a transposed convolution of stride 2 with a box, so both together are one whose kernel of 4 x 4 is the
    box run over the reversed kernel: the same function with 16 products where there were 36.

    Shape: ``[n, channels, h, w] -> [n, out, 2 h, 2 w]``; weight ``[out, channels, 3, 3]``.
    """

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n o i k"]:
        weight, bias = self.scaled()
        kernel = weight.flip(2, 3).transpose(0, 1)
        for corner in ((0, 1, 0, 0), (0, 0, 0, 1)):  # the box along one axis, then along the other
            before = (corner[1], corner[0], corner[3], corner[2])
            kernel = pad(kernel, corner) + pad(kernel, before)
        return conv_transpose2d(x, kernel, bias, stride=2, padding=1)
