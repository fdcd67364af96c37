"""Strings of tokens as numbers and as one-hot rows."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int64
from torch import Tensor


def one_hot_rows(tokens: Int64[Tensor, "n t"], vocabulary: int) -> Float[Tensor, "n v t"]:
    """1 where a token stands: the channels are the vocabulary."""
    return torch.nn.functional.one_hot(tokens, vocabulary).transpose(1, 2).float().contiguous()
