"""The lens: how it fades, that it leaves to the bit, and which way it bends the data."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import softplus

from gansuite.errors import UserError
from gansuite.games.tempered import Tempered
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic_average import RelativisticAverage

from .remedies import draw_of, engine_of, make, moved_by


def test_its_strength_falls_from_one_to_nought() -> None:
    game = make(Tempered, NonSaturating(), rounds=200)
    assert game.strength(0) == 1
    assert game.strength(200) == pytest.approx(0, abs=1e-12)
    assert game.strength(100) == pytest.approx(1 - 0.5**0.5)


def test_the_critic_sees_the_lens_and_later_the_data_to_the_bit() -> None:
    game = make(Tempered, NonSaturating(), rounds=10)
    before, after = draw_of(round=9), draw_of(round=10)
    torch.testing.assert_close(game("critic", before).out["real"], game.lens(before["data"]))
    assert not torch.equal(game("critic", before).out["real"], before["data"])
    assert torch.equal(game("critic", after).out["real"], after["data"])


def test_its_cost_is_the_papers() -> None:
    game, draw = make(Tempered, NonSaturating(), rounds=10), draw_of(round=5)
    bent = game.lens(draw["data"])
    against = softplus(game.critic(bent)).mean()  # -E log(1 - D(L(x)))
    wanted = (1 - 0.5**0.5) * against + (draw["data"] - bent).square().sum(1).mean()
    torch.testing.assert_close(game("lens", draw).value, wanted)
    assert moved_by(game, "lens", draw) == {"lens"}


@pytest.mark.parametrize("objective", [NonSaturating(), Hinge()], ids=["non-saturating", "hinge"])
def test_it_lowers_the_critics_score_of_what_is_real(objective) -> None:
    """With the sign of one summary of the paper, -E log D(L(x)), it would help the critic."""
    game = make(Tempered, objective, rounds=1000)
    for parameter in game.lens.net[2].parameters():
        torch.nn.init.zeros_(parameter)  # the identity, where the distance has no slope
    engine, turns = engine_of(game)
    draw = engine.draw(turns["lens"])
    before = game.critic(game.lens(draw["data"])).mean()
    engine.move(turns["lens"], engine.gradients(turns["lens"], draw))
    assert game.critic(game.lens(draw["data"])).mean() < before


def energy_distance(x: Tensor, y: Tensor) -> Tensor:
    return 2 * torch.cdist(x, y).mean() - torch.cdist(x, x).mean() - torch.cdist(y, y).mean()


def test_it_brings_the_ring_nearer_to_the_generator() -> None:
    game = make(Tempered, NonSaturating(), rounds=10_000)
    engine, turns = engine_of(game, batch_size=128)
    for step in range(100):
        engine.at(step)
        for name in ("critic", "lens"):
            engine.move(turns[name], engine.gradients(turns[name], engine.draw(turns[name])))
    draw = engine.draw(turns["critic"])
    with torch.no_grad():
        fake, bent = game.generator(draw["prior"]), game.lens(draw["data"])
        assert energy_distance(bent, fake) < 0.9 * energy_distance(draw["data"], fake)


def test_it_leaves_within_the_run() -> None:
    game = make(Tempered, NonSaturating(), rounds=60)
    plain = ("critic", "generator")
    assert list(game.stages(100)) == [("tempered", 60, (*plain, "lens")), ("plain", 40, plain)]
    with pytest.raises(UserError, match="rounds = 60"):
        game.stages(59)


def test_objectives_that_compare_scores_are_refused() -> None:
    options = {"objective": RelativisticAverage(), "inputs": [], "conditioning": None}
    with pytest.raises(UserError, match="judges each score alone"):
        Tempered.check(options, 16)
