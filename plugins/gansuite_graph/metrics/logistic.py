"""Logistic regression, as the classifier of a divergence: sure of itself where it may be."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, pad

STEPS = 50


def logits(
    x: Float[Tensor, "n d"], label: Float[Tensor, " n"], asked: Float[Tensor, "m d"], ridge: float
) -> Float[Tensor, " m"]:
    """log P(1 | x) / P(0 | x) of the rows that are asked for, from rows with their labels:

        minimise  Σ_i -log P(label_i | x_i) + ridge / 2 |w|²,   P(1 | x) = sigmoid(w · x + b)

    The ridge is that of a sum, not of a mean: with more rows the classifier grows surer, as laws that hardly meet ask
    for. By Newton's method, halving a step that does not lead down. Features are brought to mean 0 and deviation 1 over
    the labelled rows; one that never varies keeps the unit 1.
    """
    mean, spread = x.mean(0), x.std(0, correction=0)
    unit = torch.where(spread > 1e-9 * x.abs().amax(0), spread, 1.0)
    x, asked = (pad((each - mean) / unit, (0, 1), value=1.0) for each in (x, asked))
    penalty = torch.full_like(x[0], ridge)
    penalty[-1] = 1e-9  # the intercept is free
    w = torch.zeros_like(penalty)

    def cost(w: Tensor) -> Tensor:
        return binary_cross_entropy_with_logits(x @ w, label, reduction="sum") + (penalty * w).dot(w) / 2

    for _ in range(STEPS):
        p = torch.sigmoid(x @ w)
        slope = x.T @ (p - label) + penalty * w
        step = torch.linalg.solve((x * (p * (1 - p)).unsqueeze(1)).T @ x + torch.diag(penalty), slope)
        gain, size, now = float(slope.dot(step)), 1.0, float(cost(w))
        if gain < 1e-9 * len(x):
            break
        while float(cost(w - size * step)) > now - 1e-4 * size * gain and size > 1e-6:
            size /= 2
        w = w - size * step
    return asked @ w
