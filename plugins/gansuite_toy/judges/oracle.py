"""The oracle of strings, which reads them in every form that the toy domain gives them."""

from __future__ import annotations

from jaxtyping import Int64
from torch import Tensor

from gansuite.data.oracle import Oracle


class StringOracle(Oracle):
    """``gansuite.data.oracle.Oracle`` for strings given as tokens [n, t] or as one-hot rows [n, v t], on the host."""

    def tokens(self, samples: Tensor) -> Int64[Tensor, "n t"]:
        """Strings as token numbers on the host, where the weights are."""
        return tokens_of(samples, self.vocabulary, self.length).cpu()


def tokens_of(samples: Tensor, vocabulary: int, length: int) -> Int64[Tensor, "n t"]:
    """Strings as token numbers, from [n, length], [n, vocabulary, length] or the flattened rows of either."""
    rows = samples.flatten(1)
    if rows.shape[1] == length:
        return rows.round().long().clamp(0, vocabulary - 1) if rows.is_floating_point() else rows
    return rows.unflatten(1, (vocabulary, length)).argmax(1)
