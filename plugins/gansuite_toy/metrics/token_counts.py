"""Strings by the tokens in them."""

from __future__ import annotations

from typing import ClassVar

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from ..spec import TokensSpec


class TokenCounts:
    """How often each token occurs in a string: float32 [n, vocabulary]. Blind to order.

    Args:
        spec: the domain; gives the size of the vocabulary.
    """

    name: ClassVar[str] = "token-counts"

    def __init__(self, spec: TokensSpec) -> None:
        self.vocabulary = spec.vocabulary
        self.fingerprint = f"token-counts-{self.vocabulary}"

    def __call__(self, samples: Int64[Tensor, "n length"]) -> Float[Tensor, "n vocabulary"]:
        ones = torch.ones_like(samples, dtype=torch.float32)
        return ones.new_zeros(len(samples), self.vocabulary).scatter_add_(1, samples, ones)
