"""What holds for every game of translation: samples, pairs, who moves, which objectives and penalties."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Game
from gansuite.games.translation.cyclegan import CycleGan
from gansuite.games.translation.domain_transfer import DomainTransfer
from gansuite.games.translation.munit import Munit
from gansuite.games.translation.pix2pix import Pix2Pix, pairs_of
from gansuite.games.translation.stargan import StarGan
from gansuite.games.translation.translation import kept, paired
from gansuite.games.translation.unit import Unit
from gansuite.inputs.instance_noise import InstanceNoise
from gansuite.inputs.packing import Packing
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.penalties.consistency import Consistency
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.penalties.r1 import R1
from gansuite.plugins.builtin import COMPONENTS
from gansuite.plugins.options import bind
from gansuite.plugins.registry import registry
from gansuite.spaces import TensorSpace

from .domains import COARSE, POINTS, SIGNALS, Domain, draw_of, game_of

GAMES: list[Any] = [Pix2Pix, CycleGan, Unit, Munit, StarGan, DomainTransfer]
each_game = pytest.mark.parametrize("cls", GAMES, ids=lambda cls: cls.__name__)
each_spec = pytest.mark.parametrize("spec", [POINTS, SIGNALS, COARSE], ids=["points", "signals", "coarse"])
OBJECTIVES = [component.name for component in COMPONENTS if component.kind == "objective"]
SPACE = TensorSpace()


def options_of(cls: type[Game], objective: Any) -> dict[str, Any]:
    return {"objective": objective, "inputs": [], "penalties": []}


def refusal_of(cls: type[Game], options: dict[str, Any]) -> str:
    """Why options are refused, or nothing."""
    try:
        cls.check(options, 8)
    except UserError as refusal:
        return str(refusal)
    return ""


@each_spec
@each_game
def test_each_turn_moves_its_movers_and_nobody_else_is_needed(cls: type[Game], spec: Domain):
    game, draw = game_of(cls, NonSaturating(), spec), draw_of(spec)
    for turn in cls.turns:
        game.zero_grad()
        cost = game(turn, draw)
        cost.value.backward()
        for player in game.movers(turn):
            parameters = [p for module in game.owned(player) for p in module.parameters()]
            assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in parameters), (turn, player)
        assert cost.out["score"](cost.out["fake"], Rng(0)).shape == (8,)


@each_game
def test_a_cost_that_is_run_again_is_the_same_and_changes_nothing(cls: type[Game]):
    game, draw = game_of(cls, NonSaturating()), draw_of()
    before = {name: value.clone() for name, value in game.state_dict().items()}
    for turn in cls.turns:
        assert torch.equal(game(turn, draw).value, game(turn, draw).value)
    assert all(torch.equal(value, before[name]) for name, value in game.state_dict().items())


@each_game
def test_moves_on_one_draw_share_what_they_compute(cls: type[Game]):
    game, draw = game_of(cls, NonSaturating()), draw_of()
    alone = [game(turn, draw).value for turn in cls.turns]
    with draw.shared():
        together = [game(turn, draw).value for turn in cls.turns]
    torch.testing.assert_close(together, alone)


@pytest.mark.parametrize("objective", OBJECTIVES)
@each_game
def test_every_objective_is_played_or_refused_with_a_reason(cls: type[Game], objective: str):
    made = bind(registry(), "objective", objective, objective, None).make()
    reason = refusal_of(cls, options_of(cls, made))
    if reason:
        assert "choose" in reason or "play the game" in reason
        return
    game, draw = game_of(cls, made), draw_of()
    for turn in cls.turns:
        cost = game(turn, draw)
        assert bool(cost.value.isfinite())
        game.after(turn, draw, cost.out)


@pytest.mark.parametrize(
    ("cls", "movers"),
    [(CycleGan, {"generator", "inverse"}), (Unit, {"generator", "encoder"}), (Munit, {"generator", "encoder"})],
)
def test_both_ways_are_moved_together_and_the_critics_each_alone(cls: Any, movers: set[str]):
    game = game_of(cls, NonSaturating())
    assert set(game.movers("generator")) == movers
    assert [game.movers(turn) for turn in ("critic", "inverse_critic")] == [("critic",), ("inverse_critic",)]
    assert game.side("inverse_critic") == "critic"


def test_an_objective_with_a_state_cannot_serve_two_critics():
    began = bind(registry(), "objective", "began", "began", None).make()
    assert "here are two" in refusal_of(CycleGan, options_of(CycleGan, began))
    assert refusal_of(Pix2Pix, options_of(Pix2Pix, began)) == ""


@pytest.mark.parametrize("penalty", [R1(), GradientPenalty(), Consistency()], ids=["r1", "gradient-penalty", "bcr"])
@each_game
def test_penalties_hang_on_every_critic(cls: type[Game], penalty: Any):
    game, draw = game_of(cls, NonSaturating(), penalties=[penalty]), draw_of()
    for turn in (turn for turn in cls.turns if game.side(turn) == "critic"):
        cost = game(turn, draw, [penalty])
        assert cost.parts[penalty.name] > 0
        torch.testing.assert_close(cost.value, game(turn, draw).value + penalty.weight * cost.parts[penalty.name])


@each_game
def test_critics_may_be_shown_packs_or_noise(cls: type[Game]):
    for each in (Packing(m=2), InstanceNoise()):
        if cls is StarGan and each.group > 1:
            assert "leave out packing" in refusal_of(cls, options_of(cls, NonSaturating()) | {"inputs": [each]})
            continue
        game = game_of(cls, NonSaturating(), SIGNALS, inputs=[each])
        assert all(bool(game(turn, draw_of(SIGNALS)).value.isfinite()) for turn in cls.turns)


@each_game
def test_data_without_a_second_domain_is_refused(cls: type[Game]):
    with pytest.raises(UserError, match=r"no source domain|no labels"):
        game_of(cls, NonSaturating(), Domain((2,)))


class Gallery:
    """Held-out sources that tell themselves apart."""

    spec, fingerprint, summary = POINTS, "gallery", MappingProxyType({})

    def to(self, device: Any) -> Gallery:
        return self

    def names(self, split: str) -> list[str]:
        return []

    def count(self, split: str) -> int:
        return {"train": 5, "valid": 0, "test": 7}[split]

    def batch(self, split: str, index: torch.Tensor, rng: object) -> dict[str, torch.Tensor]:
        rows = index.double()[:, None].expand(-1, 2) + (0 if split == "test" else 100)
        return {"source": rows, "data": rows}


@each_game
def test_samples_are_translations_of_held_out_sources(cls: type[Game]):
    game = game_of(cls, NonSaturating())
    game.furnish(Gallery())
    assert game.gallery[:8, 0].tolist() == [0, 1, 2, 3, 4, 5, 6, 0]
    assert game.sample(5, Rng(0)).shape == (5, 2)
    assert torch.equal(game.sample(5, Rng(0)), game.sample(5, Rng(0)))
    if cls is not StarGan:
        x = draw_of()["source"]
        assert torch.equal(game.sample(8, Rng(0), game.condition(x, 8)), game.sample(8, Rng(0), x))
        with pytest.raises(UserError, match=r"4 sources \[4, 2\] wanted, not \[8, 2\]"):
            game.condition(x, 4)
        with pytest.raises(UserError, match="no conditioning"):
            game.condition("a", 4)


def test_sources_become_further_channels():
    y, x = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]])
    assert paired(SPACE, y, x).tolist() == [[1, 2, 3, 4]]
    y, x = torch.tensor([[[1.0, 2.0]]]), torch.tensor([[[3.0, 4.0], [5.0, 6.0]]])
    assert paired(SPACE, y, x).tolist() == [[[1, 2], [3, 4], [5, 6]]]


def test_coarse_sources_are_stretched_over_the_samples():
    y, x = torch.tensor([[[1.0, 2.0, 3.0, 4.0]]]), torch.tensor([[[5.0, 6.0]]])
    assert paired(SPACE, y, x).tolist() == [[[1, 2, 3, 4], [5, 5, 6, 6]]]
    y, x = torch.zeros(1, 1, 2, 4), torch.tensor([[[[1.0, 2.0]]]])
    assert paired(SPACE, y, x)[0, 1].tolist() == [[1, 1, 2, 2], [1, 1, 2, 2]]


def test_vectors_become_planes_beside_signals_but_not_the_other_way_round():
    assert paired(SPACE, torch.zeros(1, 1, 3), torch.tensor([[7.0]])).tolist() == [[[0, 0, 0], [7, 7, 7]]]
    assert pairs_of(Domain((1, 8), source=Domain((2,)))).shape == (3, 8)
    with pytest.raises(UserError, match="cannot be shown beside"):
        pairs_of(Domain((2,), source=Domain((1, 8))))


def test_a_penalty_with_state_hears_of_both_critics():
    class Counting(R1, nn.Module):
        heard = 0

        def after(self, game: Game, draw: Any, out: Any) -> None:
            self.heard += 1

    penalty = Counting()
    game, draw = game_of(CycleGan, NonSaturating(), penalties=[penalty]), draw_of()
    for turn in CycleGan.turns:
        game.after(turn, draw, game(turn, draw).out)
    assert penalty.heard == 2


def test_a_quarter_of_a_gigabyte_of_sources_is_kept_at_most() -> None:
    assert kept((3, 256, 256)) == 256
    assert kept((256, 256, 256)) == 4  # one-hot maps
    assert kept((2**27,)) == 1
