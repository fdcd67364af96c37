"""What metrics of the model are lent: the averaged weights, and twins with the trained ones."""

from __future__ import annotations

from pathlib import Path

import torch

from gansuite.build import build
from gansuite.lending import lender
from gansuite.recipes import read

RING = Path(__file__).parents[2] / "recipes" / "toy" / "ring-r1.toml"


def test_a_twin_has_the_trained_weights_and_the_subject_the_averaged_ones() -> None:
    recipe = read(RING, ["train.ema={half_life=5}"])
    trained = build(recipe, torch.device("cpu"))
    assert trained.average
    for step in range(10):
        trained.engine.at(step)
        trained.stages[0].dynamics.round(trained.engine, trained.stages[0].turns)
        trained.average.after(step + 1)
    asked = [p.requires_grad for p in trained.game.parameters()]  # of those that move next alone
    before = {name: t.clone() for name, t in trained.game.state_dict().items()}
    with lender(trained, recipe, trained.dataset)("test", 10, 0) as subject:
        assert subject.twin and not any(p.requires_grad for p in subject.game.parameters())
        twin, lent = subject.twin().game.state_dict(), subject.game.state_dict()
        assert all(torch.equal(twin[name], t) for name, t in before.items())
        assert any(not torch.equal(lent[name], t) for name, t in before.items())
    assert all(torch.equal(t, before[name]) for name, t in trained.game.state_dict().items())
    assert [p.requires_grad for p in trained.game.parameters()] == asked
    assert any(asked)
