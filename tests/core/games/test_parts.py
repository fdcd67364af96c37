"""Critics that judge parts of a sample: each score is priced by itself, and penalties see their mean."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.conditioning.projection import Projection
from gansuite.errors import UserError
from gansuite.games.tempered import Tempered
from gansuite.inputs.adaptive_augmentation import AdaptiveAugmentation
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.least_squares import LeastSquares
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic_average import RelativisticAverage

from .remedies import make


class Patches(nn.Module):
    """A score for each coordinate."""

    several = True
    width = 2

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))

    def forward(self, x: Tensor, condition: Any = None, rng: Any = None) -> Tensor:
        return x * self.scale

    def features(self, x: Tensor, rng: Any = None) -> Tensor:
        return x

    def head(self, features: Tensor) -> Tensor:
        return features.sum(1)


@pytest.mark.parametrize("objective", [LeastSquares(), Hinge(), RelativisticAverage()])
def test_each_score_is_priced_by_itself(game, draw, objective) -> None:
    critic = Patches()
    played, batch = game([], objective, critic=critic), draw()
    fake = played.generator(batch["prior"])
    real_scores, fake_scores = critic(batch["data"]).flatten(), critic(fake).flatten()
    wanted = objective.critic(real_scores, fake_scores).mean()
    torch.testing.assert_close(played("critic", batch).value, wanted)
    needs = (real_scores,) if objective.generator_needs_real else ()
    torch.testing.assert_close(played("generator", batch).value, objective.generator(fake_scores, *needs).mean())


def test_what_reads_one_score_of_a_sample_is_given_their_mean(game, draw) -> None:
    critic = Patches()
    played, batch = game([], NonSaturating(), critic=critic), draw()
    out = played("critic", batch).out
    torch.testing.assert_close(out["real_score"], critic(batch["data"]).mean(1))
    torch.testing.assert_close(out["score"](batch["data"]), critic(batch["data"]).mean(1))
    game([AdaptiveAugmentation()], NonSaturating(), critic=critic)("critic", batch)  # reads the sign of real scores


def test_games_and_conditionings_that_need_one_score_refuse_it(game) -> None:
    with pytest.raises(UserError, match="several scores a sample and has no features of the whole"):
        game([], NonSaturating(), Projection(), critic=Patches())
    with pytest.raises(UserError, match="this game needs one; choose another critic"):
        make(Tempered, NonSaturating(), makers={"critic": ((), Patches)})
