"""One whole training step of every recipe on PyTorch's meta device: made for the GPU, proven without one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.plugins.resources import recipes_folder
from gansuite.recipes import read
from gansuite.testing.device import play_on_meta

SMALL = ["data.batch_size=4", "players.generator.dim=2", "players.critic.dim=2", "train.ema={half_life=10.0}"]
RECIPES = {
    "wavegan": SMALL,
    "wavegan-digits": [*SMALL, 'data={name="drums", length=16384}'],
    "wavegan-sc09": [*SMALL, 'data={name="drums", length=16384}'],
    "wavegan-long": [*SMALL, 'data={name="drums", length=65536, rate=44100, channels=2, mode="random-slice"}'],
}


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("dynamics", ["alternating", "simultaneous"])
def test_a_step_needs_no_host(name: str, dynamics: str) -> None:
    experiment = play_on_meta(read(name, [*RECIPES[name], f'dynamics.name="{dynamics}"']))
    assert {p.device.type for p in experiment.game.parameters()} == {"meta"}
    notes = experiment.engine.ledger.notes
    assert set(notes) == {"critic/cost", "critic/gradient-penalty", "generator/cost"}
    assert all(value.device.type == "meta" for values in notes.values() for value in values)


# The look-ahead of an unrolled critic reads Adam's count of steps, which is on the host.
TOYS = sorted(path for path in (recipes_folder() / "toy").glob("*.toml") if "unrolled" not in path.stem)


@pytest.mark.parametrize("path", TOYS, ids=[path.stem for path in TOYS])
def test_a_step_on_a_toy_needs_no_host(path: Path) -> None:
    experiment = play_on_meta(read(path, ["data.count=200"]))
    assert {p.device.type for p in experiment.game.parameters()} == {"meta"}
    assert all(value.device.type == "meta" for values in experiment.engine.ledger.notes.values() for value in values)


CRIMES = {
    "item": lambda x: x.sum().item(),
    "bool": lambda x: bool(x.sum() > 0),
    "addition": lambda x: x + torch.ones(x.shape),
    "mask": lambda x: x[x > 0],
    "product": lambda x: x @ torch.ones(x.shape[-1], 1),
    "factory": lambda x: torch.zeros(3),
    "copy": lambda x: x.cpu(),
}


@pytest.mark.parametrize("crime", CRIMES)
def test_it_raises_where_a_gpu_would_fail_or_wait(crime: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cost = Gan.cost_critic

    def guilty(self: Gan, draw: Draw) -> Cost:
        found = cost(self, draw)
        CRIMES[crime](found.out["real"])
        return found

    monkeypatch.setattr(Gan, "cost_critic", guilty)
    with pytest.raises((RuntimeError, NotImplementedError)):
        play_on_meta(read("wavegan", SMALL), rounds=1)
