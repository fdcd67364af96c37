"""Texts of a law that is known: a Markov chain over the tokens, and its end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from gansuite_text.spec import TextSpec


def chain_of(n: int, seed: int, spec: TextSpec, sharp: float = 1.0, law: int = 0) -> torch.Tensor:
    """``n`` texts of a Markov chain drawn from ``law``; ``sharp`` above 1 makes likely steps likelier."""
    logits = np.random.default_rng(law).standard_normal((spec.vocabulary, spec.vocabulary)) * 1.5 * sharp
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    rng, x = np.random.default_rng([seed, 1]), np.zeros((n, spec.length), np.int64)
    state = np.zeros(n, np.int64)
    for t in range(spec.length):
        state = (p[state].cumsum(1) < rng.random((n, 1))).sum(1).clip(max=spec.vocabulary - 1)
        x[:, t] = state
    return spec.tidied(torch.from_numpy(x))


@pytest.fixture
def chain() -> Callable[..., torch.Tensor]:
    return chain_of


@pytest.fixture
def spec() -> TextSpec:
    return TextSpec(vocabulary=12, length=10)
