"""A model that predicts judgements from measures of the two samples, and how far it is off."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from gansuite.judgements.judges import Share, share
from gansuite.metrics.estimate import Interval
from gansuite.metrics.models.points import student

RIDGE = 1.0
FEWEST = 20
"""Pairs below which nothing is said."""
FOLDS = 10
ALONE = 100
"""Pairs up to which every pair is left out by itself."""
Rows = Float[np.ndarray, "n d"]
Points = Float[np.ndarray, " n"]


@dataclass(frozen=True)
class Logistic:
    r"""A Bradley-Terry model whose strengths are linear in measures f of the samples.

    .. math:: P(\text{left}) = \sigma\bigl(w^\top (f_\text{left} - f_\text{right}) / s\bigr)

    with s the root mean square of each difference. There is no constant term: who changes sides changes the answer.

    Args:
        weights: w, in logarithms of odds for a typical difference of each measure.
        errors: their standard errors, from the curvature of the penalised likelihood.
        scale: s.
    """

    weights: Float[np.ndarray, " d"]
    errors: Float[np.ndarray, " d"]
    scale: Float[np.ndarray, " d"]

    def __call__(self, differences: Rows) -> Points:
        """The probability that the left one is chosen."""
        return expit(differences / self.scale @ self.weights)


def fit(differences: Rows, points: Points, ridge: float = RIDGE) -> Logistic:
    r"""The weights that minimise the penalised loss.

    .. math:: -\sum_i \bigl[ y_i \log p_i + (1 - y_i) \log (1 - p_i) \bigr] + \frac{\lambda}{2} \lVert w \rVert^2

    Args:
        differences: measures of the left sample less those of the right, [n, d].
        points: 1 where the left was chosen, 0 the right, 1/2 for a tie.
        ridge: :math:`\lambda`; 1 is a standard normal prior of each weight.

    Source: Bradley & Terry (1952), with measures in the place of names.
    """
    scale = np.sqrt((differences**2).mean(0)) if len(differences) else np.ones(differences.shape[1])
    scale = np.where(scale > 0, scale, 1.0)
    x = differences / scale

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        odds = x @ w
        value = -(points * log_expit(odds) + (1 - points) * log_expit(-odds)).sum() + ridge / 2 * (w @ w)
        return float(value), x.T @ (expit(odds) - points) + ridge * w

    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"gtol": 1e-8, "ftol": 1e-14})
    p = expit(x @ found.x)
    curvature = (x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(x.shape[1])
    return Logistic(found.x, np.sqrt(np.diag(np.linalg.inv(curvature))), scale)


def cross_validated(
    differences: Rows, points: Points, groups: Sequence[Hashable], *, ridge: float = RIDGE, seed: int = 0
) -> Points:
    """The probability of each choice by a model that has seen nothing of its group.

    A group are the judgements of one pair of samples. Up to 100 groups each is left out by itself; more are parted into
    ten folds by chance.
    """
    fold = folds(groups, seed)
    found = np.empty(len(points))
    for each in range(int(fold.max(initial=-1)) + 1):
        out = fold == each
        found[out] = fit(differences[~out], points[~out], ridge)(differences[out])
    return found


def folds(groups: Sequence[Hashable], seed: int = 0) -> Int[np.ndarray, " n"]:
    """The fold of each judgement: all of a group are in one."""
    number = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    of = np.array([number[group] for group in groups], dtype=int)
    if len(number) <= ALONE:
        return of
    return np.random.default_rng(seed).permutation(len(number))[of] % FOLDS


@dataclass(frozen=True)
class Score:
    """How far predictions are off, on judgements that they have not seen.

    Args:
        name: of what predicts.
        log_loss: mean of -log of the probability given to what was chosen (ties: the mean of both); log 2 = 0.693 for
            guessing. Student's interval over pairs of samples.
        gain: log 2 less that; above 0 it is better than guessing.
        accuracy: share of choices that were thought likelier than not, with Wilson's interval; ties are left out.
        pairs: of samples.
    """

    name: str
    log_loss: Interval
    gain: Interval
    accuracy: Share | None
    pairs: int

    @property
    def verdict(self) -> str:
        """What may be said of it."""
        if self.pairs < FEWEST:
            return f"{self.pairs} pairs are too few to say"
        if self.gain.low > 0:
            return "better than guessing"
        return "worse than guessing" if self.gain.high < 0 else "not to be told from guessing"


def score(name: str, p: Points, points: Points, groups: Sequence[Hashable]) -> Score:
    """The score of predictions p of choices."""
    p = p.clip(1e-12, 1 - 1e-12)
    losses = -(points * np.log(p) + (1 - points) * np.log1p(-p))
    by_group: dict[Hashable, list[float]] = {}
    for group, loss in zip(groups, losses, strict=True):
        by_group.setdefault(group, []).append(float(loss))
    means = np.array([np.mean(each) for each in by_group.values()])
    found = student(means) if len(means) > 1 else Interval(float(means[0]), -np.inf, np.inf)
    guess = float(np.log(2))
    right = [0.5 if q == 0.5 else float((q > 0.5) == (y > 0.5)) for q, y in zip(p, points, strict=True) if y != 0.5]
    gain = Interval(guess - found.value, guess - found.high, guess - found.low)
    return Score(name, found, gain, share(right), len(means))
