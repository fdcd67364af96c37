"""What a critic's score says: real or generated, and where between the two it changes its mind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.games.game import Game
from gansuite.metrics.models.latents import real_codes
from gansuite.metrics.subject import Subject

GRID = torch.linspace(-4, 4, 801, dtype=torch.float64)


@dataclass(frozen=True)
class Judge:
    """A critic as a judge: its margin of a sample (of a pack) is above 0 where it says real.

    margin = sign (score - threshold), the sign being -1 for energies. ``natural`` says where the threshold is from:
    the objective's own undecided score, or, where it has none (Wasserstein), the midpoint of the mean scores of real
    and generated samples.
    """

    subject: Subject
    sign: float
    threshold: float
    natural: bool

    def margin(self, x: Any, codes: Tensor | None = None) -> Float[Tensor, " n"]:
        """The margins of samples under codes, differentiable in the samples."""
        return self.sign * (self.subject.score(x, codes) - self.threshold)


def judge_of(subject: Subject, real: Any, fake: Any, codes: Tensor | None = None) -> Judge:
    """The critic of a game as a judge; ``subject.real(n)`` and ``fake`` (of these ``codes``) show its scores."""
    game = subject.critical()
    sign, threshold = (-1.0 if game.objective.energy else 1.0), undecided(game)
    if threshold is not None:
        return Judge(subject, sign, threshold, True)
    with torch.no_grad():
        own = real_codes(subject, game.space.size(real))
        means = [float(subject.score(x, c).double().mean()) for x, c in ((real, own), (fake, codes))]
    return Judge(subject, sign, sum(means) / 2, False)


def undecided(game: Any) -> float | None:
    """The score that costs the critic least for a sample as likely real as generated: its verdict is "either".

    0 for logits and hinge, 1/2 for least squares with targets 0 and 1. None where every score costs the same, where
    the cost falls without end, and where it is not a score's own (energies, relativistic and other coupled costs).
    """
    objective = game.objective
    if not objective.separable or objective.energy or objective.critic_sees != "scores":
        return None
    cost = (objective.on_real(GRID) + objective.on_fake(GRID)).detach()
    least = (cost <= cost.min() + 1e-9).nonzero().flatten()
    return None if least[0] == 0 or least[-1] == len(GRID) - 1 else round(float(GRID[least].mean()), 6) + 0.0


def of(subject: Subject, game: Game) -> Subject:
    """The same subject with another game: a saved model of the run."""
    return replace(subject, game=game)
