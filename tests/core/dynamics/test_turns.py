"""What each dynamics draws, in which order it moves, and how often: the defects of other suites as tests."""

from __future__ import annotations

import pytest
import torch

from gansuite.dynamics.alternating import Alternating
from gansuite.dynamics.simultaneous import Simultaneous
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.wasserstein import Wasserstein


def record(engine) -> tuple[list[str], list]:
    """Names of the moves and the draws they were made on, as they happen."""
    moves, draws = [], []
    move, gradients = engine.move, engine.gradients
    engine.move = lambda turn, g: (moves.append(turn.name), move(turn, g))[1]
    engine.gradients = lambda turn, draw: (draws.append(draw), gradients(turn, draw))[1]
    return moves, draws


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_moves_per_round_are_what_the_recipe_says(gan, k: int) -> None:
    """torchgan gives 1, 1, 3, 2, 4.8 critic moves for 1..5 where two losses count together."""
    engine, turns = gan(Wasserstein(), moves={"critic": k, "generator": 1})
    moves, draws = record(engine)
    for _ in range(3):
        Alternating().round(engine, turns)
    assert moves == (["critic"] * k + ["generator"]) * 3
    batches = [draw["data"] for draw in draws if "data" in draw]
    latents = [draw["prior"] for draw in draws]
    assert not any(torch.equal(a, b) for i, a in enumerate(batches) for b in batches[:i])  # vegans reuses one batch
    assert not any(torch.equal(a, b) for i, a in enumerate(latents) for b in latents[:i])


def test_order_of_moves_is_the_order_of_the_recipe(gan) -> None:
    engine, turns = gan(Wasserstein(), moves={"generator": 1, "critic": 2})
    moves, _ = record(engine)
    Alternating().round(engine, turns)
    assert moves == ["generator", "critic", "critic"]


def test_simultaneous_moves_all_from_one_point_on_one_draw(gan) -> None:
    engine, turns = gan(NonSaturating())
    before = {name: p.detach().clone() for name, p in engine.game.named_parameters()}
    moves, draws = record(engine)
    Simultaneous().round(engine, turns)
    assert moves == ["critic", "generator"]
    assert draws[0] is draws[1]
    after = {name: p.detach().clone() for name, p in engine.game.named_parameters()}
    engine.game.load_state_dict(before)
    for turn in turns:  # plain descent from the same point, by hand
        (player,) = turn.players
        engine.attend(player)
        value = engine.cost(turn, draws[0]).value
        parameters = dict(engine.game.get_submodule(player).named_parameters(prefix=player))
        slopes = torch.autograd.grad(value, list(parameters.values()))
        for (name, _), slope in zip(parameters.items(), slopes, strict=True):
            torch.testing.assert_close(after[name], before[name] - 0.1 * slope, rtol=1e-6, atol=1e-7)


def test_alternating_generator_sees_the_moved_critic(gan) -> None:
    """The second gradient differs from the one at the starting point."""
    engine, turns = gan(NonSaturating())
    first = engine.gradients(turns[1], engine.draw(turns[1]))
    engine, turns = gan(NonSaturating())
    seen = []
    gradients = engine.gradients
    engine.gradients = lambda turn, draw: (seen.append(gradients(turn, draw)), seen[-1])[1]
    Alternating().round(engine, turns)
    assert not torch.allclose(first[0], seen[1][0])
