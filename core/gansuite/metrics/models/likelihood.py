"""Likelihood and entropy of models that have a probability: what they make of held-out samples, and of their own."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Ge
from jaxtyping import Float
from torch import Tensor

from gansuite.errors import UserError
from gansuite.games.game import Game
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.latents import real_codes
from gansuite.metrics.models.points import of_points
from gansuite.metrics.subject import Subject

METHOD = "ratio of sums; Student over samples"


class PerChoice:
    """Mean of -log p(x) over some samples, in nats a choice: a token of a text, an edge of a graph.

        -Σ_i log p(x_i) / Σ_i c_i,   c_i the choices that x_i is made of

    The interval is that of a ratio of two sums, to first order. A game whose ``log_prob`` is a bound gives a bound.

    Args:
        rows: samples whose probability is taken at a time.
    """

    name: str
    needs = "model"

    def __init__(self, *, rows: Annotated[int, Ge(1)] = 256) -> None:
        self.rows = rows

    def check(self, game: Any) -> None:
        """Refuse a model without a probability, before anything is trained."""
        silent = isinstance(game, Game) and type(game).log_prob is Game.log_prob
        if silent or not getattr(game, "likely", True):
            raise UserError(
                f"metric {self.name}: the game {type(game).__name__} gives samples no probability; leave it out, or "
                "take a game of choices"
            )

    def points(self, subject: Subject, x: Any, codes: Tensor | None = None) -> Float[np.ndarray, " n"]:
        """A value for each sample, whose mean is the ratio r and whose spread is its error: r + (a_i - r c_i) / mean c.

        ``codes`` are those of a conditional model's samples, whose likelihood given them it is.

        Raises:
            MetricError: the game has no probability of its samples, or does not count their choices.
        """
        game, space = subject.game, subject.game.space
        nats, choices = [], []
        with torch.no_grad():
            for rows in torch.arange(space.size(x), device=subject.device).split(self.rows):
                some = space.take(x, rows)
                given = {} if codes is None else {"codes": codes[rows]}
                log_prob, count = game.log_prob(some, **given), game.choices(some)
                if log_prob is None or count is None:
                    raise MetricError(f"{self.name}: the game {type(game).__name__} gives samples no probability")
                nats.append(-log_prob.double().cpu())
                choices.append(count.double().cpu())
        return of_ratio(torch.cat(nats), torch.cat(choices))


class Nll(PerChoice):
    """Mean negative log-likelihood of held-out samples, in nats a choice: NLL_test, the logarithm of the perplexity.

    It sees every mode that is lost (a sample the model cannot make costs without bound) and is blind to what the model
    makes besides: a mixture with half noise costs log 2 a *sample*. The counterpart is the likelihood of generated
    samples under the data's law, or ``entropy``.

    Args:
        rows: samples whose probability is taken at a time.
    """

    name = "nll"
    direction = "min"
    meaning = "How unlikely held-out samples are to the model, nats a choice."

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Estimate:
        x = subject.real(subject.n)
        codes = real_codes(subject, subject.game.space.size(x))
        fresh = None if untrained is None else self.points(untrained, x, codes)
        extras = {"split": subject.split, "unit": "nats a choice"}
        return of_points(self, self.points(subject, x, codes), untrained=fresh, seed=seed, method=METHOD, extras=extras)


class Entropy(PerChoice):
    """Mean of -log p(x) over the model's own samples, in nats a choice.

    Real data have an entropy too, which is seldom known; where the model's falls while training goes on, it narrows.

    Args:
        rows: samples whose probability is taken at a time.
    """

    name = "entropy"
    direction = "target"
    meaning = "How unlikely the model's own samples are to it, nats a choice: it falls as the model narrows."

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Estimate:
        fresh = None if untrained is None else self.points(untrained, *drawn(untrained, subject.n))
        extras = {"unit": "nats a choice"}
        own = self.points(subject, *drawn(subject, subject.n))
        return of_points(self, own, untrained=fresh, seed=seed, method=METHOD, extras=extras)


def of_ratio(a: Float[Tensor, " n"], c: Float[Tensor, " n"]) -> Float[np.ndarray, " n"]:
    """r + (a_i - r c_i) / mean c with r = Σ a / Σ c: the ratio and its influence values (the linearised jackknife)."""
    r = a.sum() / c.sum()
    return (r + (a - r * c) / c.mean()).numpy()


def drawn(subject: Subject, n: int, rows: int = 256, **how: Any) -> tuple[Any, Tensor | None]:
    """``n`` samples of the model, ``rows`` at a time, and their codes: functions of the evaluation's seed.

    ``how`` is what else the game's ``sample`` takes, such as ``alpha``; equal latents are drawn for all of it.
    """
    game, conditioning = subject.game, getattr(subject.game, "conditioning", None)
    codes = None if conditioning is None else conditioning.chance(n, subject.rng("codes"))
    with torch.no_grad():
        parts = [
            game.sample(
                min(rows, n - first),
                subject.rng("samples", first),
                None if codes is None else codes[first : first + rows],
                **how,
            )
            for first in range(0, n, rows)
        ]
    return game.space.cat(parts), codes
