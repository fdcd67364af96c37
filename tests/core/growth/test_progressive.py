"""Growing: the level of each round, what real samples are blended to, and that a run takes its level along."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.growth.growing import Growing
from gansuite.growth.progressive import Progressive, enlarged, shrunk
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.normal import Normal
from gansuite.spaces import TensorSpace
from gansuite.testing.toy import PointsSpec


class Coarse(Growing):
    """A generator of [n, 1, 8] that is as fine as its level; a critic of the same."""

    width = 8

    def __init__(self, levels: int = 3) -> None:
        super().__init__(levels)
        self.make = nn.Linear(2, 8)

    def forward(self, z: Tensor, condition: Any = None, rng: Rng | None = None) -> Tensor:
        if z.dim() == 3:
            return shrunk(z, 2 ** int(self.levels - self.level)).flatten(1).sum(1) * self.make.weight.sum()
        x = self.make(z).unsqueeze(1)
        return enlarged(shrunk(x, 2 ** int(self.levels - self.level)), x)


def game_of(growth: Progressive, generator: nn.Module | None = None, critic: nn.Module | None = None) -> Gan:
    spec = PointsSpec()
    prior = Normal(spec, size=2)
    networks = Networks.fixed({"generator": generator or Coarse(), "critic": critic or Coarse()}, spec, prior)
    return Gan(networks, prior, TensorSpace(), objective=NonSaturating(), growth=growth)


def test_a_level_is_played_then_the_next_one_is_faded_in() -> None:
    growth = Progressive(stable=4, fade=2)
    game = game_of(growth)
    assert growth.level == 3  # an untrained model is fully grown
    levels = []
    for round in range(22):
        game.at(round)
        levels.append(growth.level)
        assert game.generator.level == game.critic.level == growth.level
    assert levels == [0, 0, 0, 0, 0, 0.5, 1, 1, 1, 1, 1, 1.5, 2, 2, 2, 2, 2, 2.5, 3, 3, 3, 3]


def test_real_samples_are_blended_as_generated_ones_are() -> None:
    growth = Progressive(stable=1, fade=4)
    game = game_of(growth)
    x = torch.arange(8.0).view(1, 1, 8).square()
    pairs, fours = x.view(4, 2).mean(1).repeat_interleave(2), x.view(2, 4).mean(1).repeat_interleave(4)
    game.at(5 + 2)  # level 1 + 1/4
    torch.testing.assert_close(growth.blended(x).flatten(), 0.25 * pairs + 0.75 * fours)
    game.at(5)  # in between nothing is taken from them: the critic shrinks by itself
    assert growth.blended(x) is x
    # A critic at level 1 sees the same of the blend as of the sample: averages of averages.
    torch.testing.assert_close(shrunk(growth.blended(x), 4), shrunk(x, 4))


def test_pictures_shrink_along_both_axes() -> None:
    x = torch.randn(2, 3, 4, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(shrunk(x, 2), nn.functional.avg_pool2d(x, 2))


def test_the_level_is_saved_with_the_weights() -> None:
    game = game_of(Progressive(stable=2, fade=2))
    game.at(3)
    other = game_of(Progressive(stable=2, fade=2))
    other.load_state_dict(game.state_dict())
    assert other.generator.level == 0.5
    z = torch.ones(1, 2)
    assert torch.equal(other.generator(z), game.generator(z))


def test_networks_that_cannot_grow_alike_are_refused() -> None:
    with pytest.raises(UserError, match=r"no levels to grow through; choose networks that have"):
        game_of(Progressive(stable=2, fade=2), critic=nn.Linear(8, 1))
    with pytest.raises(UserError, match=r"have 2 and 3 levels; give them as many"):
        game_of(Progressive(stable=2, fade=2), critic=Coarse(2))
