"""Toy samples as their own features."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from ..spec import TokensSpec


class Identity:
    """Every number of a sample as a feature: float32 [n, d].

    Args:
        spec: the domain; not asked for anything.
    """

    name: ClassVar[str] = "identity"
    fingerprint: ClassVar[str] = "identity"

    def __init__(self, spec: Any) -> None:
        pass

    def __call__(self, samples: Float[Tensor, "n ..."]) -> Float[Tensor, "n d"]:
        return samples.flatten(1).float()


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
