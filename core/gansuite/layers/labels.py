"""Labels as rows of a table: one class for each sample, or weights of all classes."""

from __future__ import annotations

from jaxtyping import Float, Int64
from torch import Tensor, nn


def embedded(table: nn.Embedding, label: Int64[Tensor, " n"] | Float[Tensor, "n k"]) -> Float[Tensor, "n c"]:
    """The table's row of each label; for weights [n, k] (one-hot, or between classes) their product with it."""
    return label @ table.weight if label.is_floating_point() else table(label)
