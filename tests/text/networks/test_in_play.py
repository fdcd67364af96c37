"""The relaxed and dense systems in play: one move of each player does what the player is there for."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import torch

from gansuite.conditioning.info_gan import InfoGan
from gansuite.credit.per_choice import PerChoice
from gansuite.credit.whole import Whole
from gansuite.engine.rng import Rng
from gansuite.estimators.gumbel_softmax import GumbelSoftmax
from gansuite.estimators.reinforce import Reinforce
from gansuite.estimators.softmax import Softmax
from gansuite.games.discrete import Discrete
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.objectives.kernel_matching import KernelMatching
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic import Relativistic
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.priors.none import NoLatent
from gansuite.priors.normal import Normal
from gansuite.rewards.of_scores import Signed
from gansuite_text.networks.convolutional import Convolutional
from gansuite_text.networks.dense_recurrent import DenseRecurrent
from gansuite_text.networks.latent_recurrent import LatentRecurrent
from gansuite_text.networks.multi_representation import MultiRepresentation
from gansuite_text.networks.one_shot import OneShot
from gansuite_text.networks.recurrent import Recurrent
from gansuite_text.networks.relational_memory import RelationalMemory
from gansuite_text.networks.residual_convolutional import ResidualConvolutional
from gansuite_text.networks.transformer import Transformer
from gansuite_text.networks.transformer_critic import TransformerCritic
from gansuite_text.spec import TextSpec

SPEC, NONE, N = TextSpec(9, 6), NoLatent(None), 48


def wgan() -> dict[str, Any]:
    prior = Normal(SPEC, size=4)
    return {
        "prior": prior,
        "generator": OneShot(SPEC, prior, width=12, blocks=2, kernel=3),
        "critic": ResidualConvolutional(SPEC, width=12, blocks=2, kernel=3),
        "objective": Wasserstein(),
        "estimator": Softmax(),
        "penalties": [GradientPenalty(weight=10.0)],
    }


SYSTEMS: dict[str, Any] = {
    "relgan": lambda: {
        "generator": RelationalMemory(SPEC, NONE, embedding=8, heads=2, head_size=6),
        "critic": MultiRepresentation(SPEC, embedding=8, representations=4, channels=8, hidden=6),
        "objective": Relativistic(),
        "estimator": GumbelSoftmax(temperature=1.0, final=0.1),
    },
    "scratchgan": lambda: {
        "generator": Recurrent(SPEC, NONE),
        "critic": DenseRecurrent(SPEC, embedding=8, hidden=12),
        "objective": NonSaturating(),
        "estimator": Reinforce(baseline="rloo"),
        "reward": Signed(),
        "credit": PerChoice(discount=0.23),
    },
    "wgan-gp-text": wgan,
    "transformer": lambda: {
        "generator": Transformer(SPEC, NONE, layers=1, heads=2, width=16),
        "critic": TransformerCritic(SPEC, layers=1, heads=2, width=16),
        "objective": NonSaturating(),
        "estimator": Reinforce(),
        "likelihood": 0.5,
        "anchor": 0.1,
    },
    "transformer, relaxed": lambda: {
        "generator": Transformer(SPEC, NONE, layers=1, heads=2, width=16),
        "critic": TransformerCritic(SPEC, layers=1, heads=2, width=16),
        "objective": NonSaturating(),
        "estimator": GumbelSoftmax(),
    },
    "transformer, dense": lambda: {
        "generator": Transformer(SPEC, NONE, layers=1, heads=2, width=16),
        "critic": TransformerCritic(SPEC, judges="choices", layers=1, heads=2, width=16),
        "objective": NonSaturating(),
        "estimator": Reinforce(),
        "reward": Signed(),
        "credit": PerChoice(),
    },
}
RATES = {"relgan": 5.0}  # its scores are means over representations: small slopes
everyone = pytest.mark.parametrize("name", SYSTEMS)


def play(name: str) -> Discrete:
    torch.manual_seed(0)
    system = SYSTEMS[name]()
    prior = system.pop("prior", NONE)
    system = {"credit": Whole()} | system
    networks = Networks.fixed({key: system.pop(key) for key in ("generator", "critic")}, SPEC, prior)
    game = Discrete(networks, prior, SPEC.space, **system)
    game.stages(100)
    return game


def draw_of(game: Discrete, index: int = 0) -> Draw:
    rng = partial(Rng, 0, "draw", index=index)
    real = SPEC.tidied(Rng(index, "real").integers(1, 4, N * 6).view(N, 6))  # three tokens of nine
    return Draw({"data": real, "prior": game.prior.sample(N, Rng(index, "z"))}, rng, index=index)


def moved(game: Discrete, turn: str, lr: float, index: int = 0) -> tuple[float, float]:
    """A small step of a turn: its cost on the same draw, before and after."""
    draw, terms = draw_of(game, index), [term for term in game.terms() if term.turn == turn]
    parameters = list(getattr(game, "generator" if turn == "likelihood" else turn).parameters())
    before = game(turn, draw, terms).value
    gradients = torch.autograd.grad(before, parameters, allow_unused=True)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            if gradient is not None:
                parameter -= lr * gradient
    return float(before.detach()), float(game(turn, draw, terms).value.detach())


@everyone
def test_the_critic_lowers_its_cost_and_the_generator_then_raises_its_scores(name):
    game = play(name)
    before, after = moved(game, "critic", 1e-3)
    assert after < before
    for index in range(1, 25):
        moved(game, "critic", 0.02 if game.terms() else 0.1, index)

    def score() -> float:
        draw = draw_of(game, 99)
        with torch.no_grad():
            return float(game.see(game.generated(draw)).scores.mean())

    first = score()
    for index in range(12):
        moved(game, "generator", RATES.get(name, 0.1), index)
    assert score() > first + 0.01


@everyone
def test_likelihood_pretraining_lowers_the_likelihood_cost(name):
    game = play(name)
    before, _ = moved(game, "likelihood", 0.3)
    for _ in range(10):
        _, after = moved(game, "likelihood", 0.3)
    assert after < before - 0.1


@everyone
def test_each_turn_reaches_its_player_alone(name):
    game = play(name)
    for turn, other in (("critic", "generator"), ("generator", "critic")):
        for player in ("critic", "generator"):
            getattr(game, player).requires_grad_(player == turn)
        value = game(turn, draw_of(game), ()).value
        gradients = torch.autograd.grad(value, list(getattr(game, turn).parameters()), allow_unused=True)
        reached = [gradient for gradient in gradients if gradient is not None and gradient.any()]
        assert len(reached) > len(gradients) // 2, f"{turn}, {other} at rest"


def test_textgan_tells_its_code_back():
    """The latent is the code; the critic's features are taught to tell it, and the generator to write what tells it."""
    torch.manual_seed(0)
    prior, code = NONE, InfoGan(categories=[], continuous=3, continuous_weight=1.0)
    made = Networks(
        SPEC,
        prior,
        {
            "generator": (("spec", "prior"), partial(LatentRecurrent, hidden=16)),
            "critic": (("spec",), partial(Convolutional, widths=[1, 2], channels=8, dropout=0.0)),
        },
    )
    game = Discrete(
        made,
        prior,
        SPEC.space,
        objective=KernelMatching(critic=NonSaturating()),
        estimator=Softmax(temperature=0.1),
        conditioning=code,
        credit=Whole(),
    )
    game.stages(100)
    assert game.conditioning is code
    draw = draw_of(game)
    cost = game("generator", draw, ())
    assert set(cost.parts) >= {"cost", "information"}
    (gradient,) = torch.autograd.grad(cost.value, game.generator.told.weight)
    assert gradient.any()
    texts = game.sample(5, Rng(0))
    assert texts.shape == (5, 6)
    assert game.log_prob(texts) is None
