"""The nouns that every game is made of: networks on demand, draws that can be shared, sides, terms and constraints."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gansuite.dynamics.simultaneous import Simultaneous
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic_average import RelativisticAverage
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.penalties.r1 import R1
from gansuite.priors.latent import Latent
from gansuite.spaces import TensorSpace


def networks(seed: int = 0) -> Networks:
    makers = {"critic": (("spec",), lambda size: nn.Linear(size, 1)), "encoder": (("spec", "prior"), make_encoder)}
    return Networks(3, Latent(2), makers, seed)


def make_encoder(size: int, prior: Latent) -> nn.Module:
    return nn.Linear(size, prior.size)


def test_a_network_is_a_function_of_the_seed_the_player_and_the_copy() -> None:
    first = networks().make("critic").weight
    torch.rand(3)  # whatever the global state is
    assert torch.equal(first, networks().make("critic").weight)
    assert not torch.equal(first, networks(1).make("critic").weight)
    assert not torch.equal(first, networks().make("critic", copy=1).weight)
    state = torch.get_rng_state()
    networks().make("critic")
    assert torch.equal(state, torch.get_rng_state())


def test_a_game_overrides_what_a_network_is_given() -> None:
    assert networks().make("critic", spec=6).in_features == 6
    assert networks().make("encoder").out_features == 2
    assert networks().make("encoder", prior=Latent(4)).out_features == 4


def test_what_is_computed_once_is_shared_only_while_turns_share_a_pass() -> None:
    draw, calls = Draw({}, lambda name: None), []
    draw.once("x", lambda: calls.append(1))
    draw.once("x", lambda: calls.append(1))
    assert len(calls) == 2
    with draw.shared():
        assert draw.once("x", lambda: calls.append(1) or 7) == 7
        assert draw.once("x", lambda: 8) == 7
    assert draw.once("x", lambda: 8) == 8


@pytest.mark.parametrize("objective", [NonSaturating(), RelativisticAverage()], ids=["separable", "joint"])
@pytest.mark.parametrize("penalties", [(), (GradientPenalty(), R1())], ids=["plain", "penalised"])
def test_gradients_from_a_shared_pass_are_those_of_separate_ones(gan, objective, penalties) -> None:
    engine, turns = gan(objective, penalties)
    draw = engine.draw(*turns)
    together = engine.gradients_of(turns, draw)
    for turn, shared in zip(turns, together, strict=True):
        alone = engine.gradients(turn, draw)
        torch.testing.assert_close(tuple(shared), tuple(alone))


def test_a_shared_pass_runs_each_network_once(gan) -> None:
    engine, turns = gan(NonSaturating())
    calls = {"generator": 0, "critic": 0}
    for name in calls:
        network = engine.game.get_submodule(name)
        network.register_forward_pre_hook(lambda module, args, name=name: calls.update({name: calls[name] + 1}))
    Simultaneous().round(engine, turns)
    assert calls == {"generator": 1, "critic": 1}


def test_packing_puts_neighbours_side_by_side_and_attaching_adds_constant_channels() -> None:
    space, x = TensorSpace(), torch.arange(24.0).view(4, 2, 3)
    packed = space.pack(x, 2)
    assert packed.shape == (2, 4, 3)
    assert torch.equal(packed[1], torch.cat([x[2], x[3]]))
    attached = space.attach(x, torch.tensor([[1.0], [2.0], [3.0], [4.0]]))
    assert attached.shape == (4, 3, 3)
    assert torch.equal(attached[:, :2], x)
    assert torch.equal(attached[2, 2], torch.full((3,), 3.0))
