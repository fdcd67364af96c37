"""Batch mixing: one batch for batch statistics, and nothing else."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gansuite.conditioning.conditional import Conditional
from gansuite.conditioning.projection import Projection
from gansuite.inputs.batch_mixing import BatchMixing
from gansuite.inputs.packing import Packing
from gansuite.objectives.relativistic_average import RelativisticAverage
from gansuite.testing.toy import Critic, PointsSpec


class Normalised(Critic):
    """A critic that takes the mean of its batch away."""

    couples_batch = True

    def features(self, x: Tensor, rng: object = None) -> Tensor:
        features = super().features(x)
        return features - features.mean(0)


def critic(dim: int = 2) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return Normalised(PointsSpec(dim))


def test_the_statistics_are_those_of_both_kinds_on_both_turns(game, draw) -> None:
    mixed, batch = game([BatchMixing()], critic=critic()), draw()
    fake = mixed.generated(batch)
    real_score, fake_score = mixed.critic(torch.cat([batch["data"], fake])).chunk(2)
    out = mixed("critic", batch).out
    torch.testing.assert_close((out["real_score"], out["fake_score"]), (real_score, fake_score))
    torch.testing.assert_close(mixed("generator", batch).out["fake_score"], fake_score)
    assert mixed.draws("generator") == ("data", "prior")
    apart = game([], critic=critic())
    assert not torch.allclose(apart("critic", batch).out["fake_score"], fake_score)
    assert apart.draws("generator") == ("prior",)


@pytest.mark.parametrize("objective", [None, RelativisticAverage()], ids=["separable", "joint"])
@pytest.mark.parametrize(
    ("inputs", "conditioning"),
    [([], None), ([Packing(m=2)], Conditional()), ([Packing(m=2)], Projection()), ([], Projection())],
    ids=["plain", "packed conditional", "packed projection", "projection"],
)
def test_nothing_changes_for_a_critic_that_judges_each_sample_alone(
    game, draw, objective, inputs, conditioning
) -> None:
    with pytest.warns(UserWarning, match="changes nothing"):
        mixed = game([*inputs, BatchMixing()], objective, conditioning)
    plain = game(inputs, objective, type(conditioning)() if conditioning else None)
    plain.load_state_dict(mixed.state_dict(), strict=False)
    for turn in ("critic", "generator"):
        torch.testing.assert_close(mixed(turn, draw()).value, plain(turn, draw()).value)
