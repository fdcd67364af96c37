"""The game molgan: three costs by hand, who is moved by what, the warm-up, and a run that is stopped and resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

import gansuite
from gansuite.credit.whole import Whole
from gansuite.engine import checkpoint
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.gumbel_softmax import GumbelSoftmax
from gansuite.estimators.reinforce import Reinforce
from gansuite.estimators.softmax import Softmax
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.recipes import read
from gansuite_graph.games.molgan import MolGan
from gansuite_graph.molecules.valence import valid
from gansuite_graph.networks.molgan import MolGanGenerator
from gansuite_graph.networks.rgcn import Rgcn
from gansuite_graph.priors.node_noise import NodeNoise
from gansuite_graph.spec import GraphSpec

SPEC = GraphSpec(
    4, ("C", "N", "O", "F"), ("single", "double", "triple", "aromatic"), sizes=(0.0, 0.3, 0.4, 0.3), molecular=True
)
PRIOR = NodeNoise(SPEC, graph=3, node=0)
B = 32


def game(estimator: Any = None, **options: Any) -> MolGan:
    torch.manual_seed(0)
    critics = (Rgcn(SPEC, widths=[8, 6], aggregate=8, width=8) for _ in range(2))
    generator = MolGanGenerator(SPEC, PRIOR, widths=[8, 8])
    networks = Networks.fixed(
        dict(zip(("generator", "critic", "value"), (generator, *critics), strict=True)), SPEC, PRIOR
    )
    made = MolGan(
        networks, PRIOR, SPEC.space, objective=Wasserstein(), estimator=estimator or StraightThroughGumbel(),
        credit=Whole(), **{"rewards": ["validity"], **options},
    )  # fmt: skip
    made.stages(100)
    return made


def molecules(n: int = B) -> Tensor:
    rng = Rng(3, "molecules")
    return SPEC.tidied(torch.cat([1 + rng.integers(0, 3, n * 4).view(n, 4), rng.integers(0, 3, n * 6).view(n, 6)], 1))


def draw(turn: str = "x", round: int = 0) -> Draw:
    batches = {"prior": PRIOR.sample(B, Rng(1, "z")), "data": molecules()}
    return Draw(batches, lambda name: Rng(2, turn, name), round=round)


def moved(cost: Tensor, network: torch.nn.Module) -> bool:
    found = torch.autograd.grad(cost, list(network.parameters()), retain_graph=True, allow_unused=True)
    return any(g is not None and bool(g.any()) for g in found)


def test_the_third_player_learns_the_rewards_of_drawn_molecules():
    played, real = game(), molecules()
    cost = played.cost_value(draw())
    fake = played.generator.sample(PRIOR.sample(B, Rng(1, "z")), None, Rng(2, "x", "drawn"))
    sides = [((played.value(x).sigmoid() - valid(SPEC, x).float()) ** 2).mean() for x in (real, fake)]
    assert 0 < valid(SPEC, real).float().mean() < 1
    torch.testing.assert_close(cost.value, sides[0] + sides[1])
    torch.testing.assert_close(cost.parts["worth"], valid(SPEC, fake).float().mean())
    assert moved(cost.value, played.value)
    assert not moved(cost.value, played.generator) and not moved(cost.value, played.critic)


@pytest.mark.parametrize(
    "estimator", [Softmax(), GumbelSoftmax(), StraightThroughGumbel()], ids=lambda e: type(e).__name__
)
def test_the_generator_is_paid_by_both(estimator: Any):
    played = game(estimator, share=0.25)
    cost = played.cost_generator(draw())
    choose = lambda logits, rng: estimator.choose(logits, rng, 1.0)  # noqa: E731
    y = played.generator(PRIOR.sample(B, Rng(1, "z")), None, Rng(2, "x", "generator"), choose)
    adversarial, earned = -played.critic(y).mean(), -played.value(y).sigmoid().mean()
    alpha = float((adversarial / earned).abs().detach())
    torch.testing.assert_close(cost.value, 0.25 * adversarial + 0.75 * alpha * earned)
    names = list(played.generator.parameters())
    ours = torch.autograd.grad(cost.value, names, retain_graph=True)
    by_hand = torch.autograd.grad(0.25 * adversarial + 0.75 * alpha * earned, names)  # α is a constant
    for a, b in zip(ours, by_hand, strict=True):
        torch.testing.assert_close(a, b)
    gap = played.value(y).sigmoid().mean() - played.value(y.argmax(2)).sigmoid().mean()
    torch.testing.assert_close(cost.parts["gap"], gap)
    hard = isinstance(estimator, StraightThroughGumbel)
    assert (abs(float(gap.detach())) < 1e-6) == hard  # what is relaxed is judged on what it never learnt


def test_before_the_end_of_the_warm_up_nobody_pays():
    played = game(warm_up=10, share=0.0, balanced=False)
    first, later = played.cost_generator(draw(round=9)), played.cost_generator(draw(round=10))
    torch.testing.assert_close(
        first.value, first.parts["cost"] if "cost" in first.parts else -first.out["fake_score"].mean()
    )
    torch.testing.assert_close(later.value, later.parts["reward"])
    assert moved(first.value, played.critic) and not moved(later.value, played.critic)


def test_a_score_function_is_given_the_reward_itself():
    played = game(Reinforce(baseline="none"), share=0.25)
    made = draw()
    x = played.drawn(made, played.generator)
    told = played.earned(x, played.generator.mask(x), made["prior"], None, made)
    torch.testing.assert_close(told, 0.25 * played.critic(x) + 0.75 * valid(SPEC, x).float())
    assert played.stages(100)[0][2] == ("critic", "generator")  # nobody has to foretell it


def test_without_rewards_it_is_the_game_discrete():
    played = game(rewards=[])
    assert played.stages(100)[0][2] == ("critic", "generator") and not played.asked
    cost = played.cost_generator(draw())
    torch.testing.assert_close(cost.value, -cost.out["fake_score"].mean())


def test_what_cannot_be():
    with pytest.raises(UserError, match="rewards: 'beauty' is none; there are validity"):
        game(rewards=["beauty"])


SMILES = (
    "C CC CCC CCCC CCO CO CCN CN C=O CC=O C#N CC#N CNC COC C=C CC=C FC FCC NCO OCO N#CC=O C1CC1 C1CO1 C1CN1 "
    "O=CO CC(C)C CC(C)O CC(C)N NC=O CC(F)F FCF FC(F)F NN OO CON CNO C=CO C=CN OCCO NCCN NCCO FCCO"
)


def tables(path: Path) -> dict[str, Any]:
    path.write_text(SMILES.replace(" ", "\n") + "\n")
    critic = {"name": "rgcn", "widths": [8], "aggregate": 8, "width": 8}
    return {
        "plugin": "graph",
        "data": {"name": "smiles", "path": str(path), "batch_size": 16},
        "prior": {"name": "node-noise", "graph": 3, "node": 0},
        "players": {"generator": {"name": "molgan", "widths": [8]}, "critic": critic, "value": critic},
        "game": {"name": "molgan", "rewards": ["validity", "novelty"], "warm_up": 4, "penalties": ["gradient-penalty"]},
        "dynamics": {"name": "alternating", "moves": {"likelihood": 1, "critic": 2, "value": 1, "generator": 1}},
        "train": {"steps": 12, "checkpoint_every": 6, "sample_every": 6, "log_every": 4, "samples": 4},
        "evaluation": {"n": 20},
        "metrics": [],
    }


def test_a_resumed_run_is_the_run_that_was_never_stopped(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))
    recipe = tables(tmp_path / "molecules.smi")
    whole, stopped = (
        gansuite.run(read(recipe), out=tmp_path / name, device="cpu").folder for name in ("whole", "stopped")
    )
    last = stopped / "checkpoints" / checkpoint.name(12)
    for file in last.iterdir():
        file.unlink()
    last.rmdir()
    gansuite.resume(stopped, device="cpu")
    first, second = (
        load_file(folder / "checkpoints" / checkpoint.name(12) / checkpoint.FILES[0]) for folder in (whole, stopped)
    )
    assert first.keys() == second.keys() and any("value." in key for key in first)
    assert all(torch.equal(first[key], second[key]) for key in first)
