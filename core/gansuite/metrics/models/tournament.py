"""A run's saved models as players: every generator meets every critic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import torch
from annotated_types import Ge
from jaxtyping import Float
from scipy.special import expit, log_expit, ndtri

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import block_labels, jackknife_of
from gansuite.metrics.metric import MINIMUM, MetricError
from gansuite.metrics.models.glicko import DEVIATION, SCALE, START, VOLATILITY, glicko2
from gansuite.metrics.models.latents import real_codes
from gansuite.metrics.models.points import as_estimate
from gansuite.metrics.models.verdict import judge_of, of
from gansuite.metrics.subject import Subject

DRAW = 0.5  # wins that each side of a match is given for nothing, so that who always wins has a finite rating


def bradley_terry(wins: Any, *, names: Sequence[str] | None = None, level: float = 0.95) -> dict[str, Estimate]:
    """Ratings by maximum likelihood of P(i beats j) = 1 / (1 + exp(r_j - r_i)), whose mean is 0.

    A rating is a logarithm of odds: who is ahead by 1 wins e times as often as it loses (173.7 points of Elo). The
    order of the games does not matter. Games are taken as independent; fractions of wins (draws as halves) are allowed.

    Args:
        wins: how often i beat j, [k, k], at least 0; the diagonal is not read.
        names: of the players; "0", "1", ... by default.
        level: of the intervals, Wald's from the inverse of the Fisher information.

    Returns:
        An estimate for each player; ``extras["error"]`` is its standard error.

    Raises:
        MetricError: a table of another shape, negative or not finite, or players so split that no ratings explain the
            games best (some never lost to the others, or never met them).

    Source: Bradley & Terry (1952); Hunter (2004).
    """
    table = np.array(wins, dtype=float)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or len(table) < 2:
        raise MetricError(f"bradley_terry: wins of shape {list(table.shape)}: give [k, k] with at least 2 players")
    np.fill_diagonal(table, 0.0)
    if not np.isfinite(table).all() or (table < 0).any():
        raise MetricError("bradley_terry: wins are negative or not finite: give counts")
    names = list(names) if names is not None else [str(i) for i in range(len(table))]
    if len(names) != len(table):
        raise MetricError(f"bradley_terry: {len(names)} names for {len(table)} players")
    if not connected(table):
        raise MetricError(
            "bradley_terry: some players never lost to the others, so their ratings have no bound: "
            "play more, or give both sides of each match half a win"
        )
    ratings, errors = fitted(table)
    q = float(ndtri((1 + level) / 2))
    return {
        name: Estimate(
            f"bradley-terry/{name}", r, r - q * e, r + q * e, n, n, "maximum likelihood; Wald", level, "max",
            extras={"error": e},
        )
        for name, r, e, n in zip(names, ratings.tolist(), errors.tolist(), games(table), strict=True)
    }  # fmt: skip


def games(table: Float[np.ndarray, "k k"]) -> list[int]:
    """The games of each player."""
    return [round(n) for n in (table + table.T).sum(1)]


def connected(table: Float[np.ndarray, "k k"]) -> bool:
    """Whether of every two sets of players each has won against the other, which is when ratings exist (Ford 1957)."""
    reach = (table > 0) | np.eye(len(table), dtype=bool)
    for _ in range(int(np.ceil(np.log2(len(table)))) or 1):
        reach = (reach.astype(int) @ reach.astype(int)) > 0
    return bool(reach.all())


def fitted(table: Float[np.ndarray, "k k"]) -> tuple[Float[np.ndarray, " k"], Float[np.ndarray, " k"]]:
    """Ratings and standard errors by Newton's method; the likelihood is concave, and strictly so among mean 0."""
    met, ratings = table + table.T, np.zeros(len(table))

    def likelihood(r: np.ndarray) -> float:
        return float((table * log_expit(r[:, None] - r[None])).sum())

    value = likelihood(ratings)
    for _ in range(100):
        p = expit(ratings[:, None] - ratings[None])
        score = (table - met * p).sum(1)
        step = np.linalg.pinv(information_of(met, ratings), hermitian=True) @ score
        size = 1.0
        while likelihood(ratings + size * step) < value - 1e-12 * abs(value) and size > 1e-6:
            size /= 2
        ratings, value = ratings + size * step, likelihood(ratings + size * step)
        if np.abs(step).max() < 1e-10:
            break
    covariance = np.linalg.pinv(information_of(met, ratings), hermitian=True)
    return ratings - ratings.mean(), np.sqrt(np.diag(covariance))


def information_of(met: Float[np.ndarray, "k k"], ratings: Float[np.ndarray, " k"]) -> Float[np.ndarray, "k k"]:
    """Fisher information of the ratings, from how often each two met; it knows nothing of their mean."""
    p = expit(ratings[:, None] - ratings[None])
    weight = met * p * p.T
    return np.diag(weight.sum(1)) - weight


class SkillRating:
    """Ratings of the newest generator and critic in a tournament of the run's checkpoints.

        skill-rating         rating of the newest generator
        skill-rating/critic  rating of the newest critic

    In the match of G_i and D_j the critic sees n samples of G_i and n real ones, and wins each that it judges right.
    Ratings are those of ``bradley_terry`` (logarithms of odds), 0 being the mean of the run's generators: above it, the
    newest is better than the run's average. They mean something within this tournament only. Every match counts half a
    win more for both sides, so that who never fails has a finite rating. Where the verdict changes: see
    ``critic-robustness``; a critic without a natural threshold takes the midpoint of its mean scores for real samples
    and for those of its own generator.

    Intervals by the block jackknife over samples: a generator's samples meet all critics, so matches are not
    independent.

    Args:
        samples: of each generator, and real ones.
        checkpoints: at most; evenly spread over those saved, the newest among them.
        rule: "bradley-terry"; or "glicko-2", the paper's, with all matches in one period (else their order would
            count), each a game with the share won as its result, in the same unit.

    Source: Olsson et al. (2018), section 3.
    """

    name = "skill-rating"
    needs = "model"
    direction = "max"
    meaning = "How well the newest generator fools the run's critics, against the run's other generators."

    def __init__(
        self,
        *,
        samples: Annotated[int, Ge(20)] = 256,
        checkpoints: Annotated[int, Ge(2)] = 12,
        rule: Literal["bradley-terry", "glicko-2"] = "bradley-terry",
    ) -> None:
        self.samples, self.checkpoints, self.rule = samples, checkpoints, rule

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The two ratings; ``extras`` hold those of all checkpoints and the table of matches.

        Raises:
            MetricError: fewer than 2 saved checkpoints, or too few real samples.
        """
        if subject.at is None or len(subject.steps) < 2:
            raise MetricError(
                "skill-rating: a tournament needs 2 saved models: set checkpoint_every, and keep, in [train]"
            )
        places = np.linspace(0, len(subject.steps) - 1, min(self.checkpoints, len(subject.steps))).round().astype(int)
        steps = [subject.steps[i] for i in places]
        right = self.matches(subject, steps, untrained)  # [critics, generators, samples]
        n, labels = right.shape[2], block_labels(right.shape[2], seed=seed)
        rate = rated if self.rule == "bradley-terry" else by_glicko
        own = len(steps)  # the untrained model's generator comes last, and is no part of the mean

        def ratings(b: int | None) -> np.ndarray:
            kept = right if b is None else right[:, :, labels.numpy() != b]
            critics, generators = rate(kept.sum(2), kept.shape[2])
            return np.concatenate([critics, generators]) - generators[:own].mean()

        found = jackknife_of(lambda b: ratings(b).tolist(), labels, correct=False)
        count = len(right)
        listed = [found.of(i).__dict__ for i in range(len(found.value))]
        extras = {
            "steps": steps,
            "critics": listed[:count],
            "generators": listed[count : count + own],
            "wins": right.mean(2).round(4).tolist(),
        }
        before: dict[str, Any] = {} if untrained is None else {"untrained": float(found.value[-1])}
        method = f"{self.rule} over {count} critics and {right.shape[1]} generators; block jackknife over samples"
        return [
            as_estimate(self, found.of(count + own - 1), "", n, method=method, seed=seed, extras=extras, **before),
            as_estimate(self, found.of(count - 1), "critic", n, method=method, seed=seed),
        ]

    def matches(
        self, subject: Subject, steps: Sequence[int], untrained: Subject | None
    ) -> Float[np.ndarray, "critics generators n"]:
        """Mean of right judgements of each pair of a real and a generated sample (of packs of them)."""
        assert subject.at is not None
        space, m = subject.critical().space, subject.critical().group
        n = min(self.samples, subject.n, subject.dataset.count(subject.split)) // m * m
        if n // m < MINIMUM:
            raise MetricError(f"skill-rating: {n} real samples are too few: give at least {MINIMUM * m}")
        real = subject.real(n)
        conditioning = subject.critical().conditioning
        codes = None if conditioning is None else conditioning.chance(n, subject.rng("labels"))
        own, z, rows = real_codes(subject, n), subject.latents(n, self.name), torch.arange(n, device=subject.device)
        sampled = []
        with torch.no_grad():
            for step in [*steps, None]:
                maker = untrained if step is None else of(subject, subject.at(step))
                if maker is not None:  # copied, as the next model is loaded into the same networks
                    sampled.append(space.take(space.detach(maker.generate(z, codes)), rows))
            right = []
            for i, step in enumerate(steps):
                judge = judge_of(of(subject, subject.at(step)), real, sampled[i], codes)
                reals = judge.margin(real, own) > 0
                right.append(torch.stack([((judge.margin(x, codes) < 0).double() + reals) / 2 for x in sampled]))
        return torch.stack(right).cpu().numpy()


def rated(right: Float[np.ndarray, "c g"], n: int) -> tuple[Float[np.ndarray, " c"], Float[np.ndarray, " g"]]:
    """Ratings of critics and generators from the critics' wins among n games of each pair."""
    c, g = right.shape
    table = np.zeros((c + g, c + g))
    table[:c, c:], table[c:, :c] = right + DRAW, (n - right).T + DRAW
    ratings, _ = fitted(table)
    return ratings[:c], ratings[c:]


def by_glicko(right: Float[np.ndarray, "c g"], n: int) -> tuple[Float[np.ndarray, " c"], Float[np.ndarray, " g"]]:
    """The same by one period of Glicko-2 among strangers, as logarithms of odds."""

    def one(results: np.ndarray) -> float:
        strangers = np.full(len(results), START), np.full(len(results), DEVIATION)
        return (glicko2(START, DEVIATION, VOLATILITY, *strangers, results)[0] - START) / SCALE

    share = right / n
    return np.array([one(row) for row in share]), np.array([one(1 - column) for column in share.T])
