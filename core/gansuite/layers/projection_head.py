"""The projection discriminator's head (Miyato & Koyama 2018, eq. 3)."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.layers.labels import embedded


class ProjectionHead(nn.Module):
    """Scores features together with a label: ``f(x, y) = yᵀ V φ(x) + ψ(φ(x))``.

    The form of the optimal critic's log-ratio where p(y|x) is a softmax that is linear in φ; y is one-hot, ψ affine.
    Weights of all classes may stand in for the label.

    Args:
        labels: number of classes.

    Shape: features ``[n, channels]`` and labels ``[n]`` or weights ``[n, labels]`` to scores ``[n]``.
    """

    def __init__(self, channels: int, *, labels: Annotated[int, Gt(0)]) -> None:
        super().__init__()
        self.embedding = nn.Embedding(labels, channels)  # V
        self.marginal = nn.Linear(channels, 1)  # ψ

    def forward(
        self, features: Float[Tensor, "n c"], label: Int64[Tensor, " n"] | Float[Tensor, "n k"]
    ) -> Float[Tensor, " n"]:
        return (embedded(self.embedding, label) * features).sum(1) + self.marginal(features).squeeze(1)
