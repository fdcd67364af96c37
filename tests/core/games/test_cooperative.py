"""Cooperative training against its costs written out over all samples, and at its equilibrium."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.cooperative import CooperativeTraining
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.priors.latent import Latent
from gansuite.priors.none import NoLatent
from gansuite.spaces import TensorSpace

from .tabular import EVERY, T, Tabular, V

NONE = NoLatent(None)


def make(discount: float = 0.0, pretraining: int = 0, **networks: Any) -> Any:
    players = {"generator": Tabular(1), "mediator": Tabular(2)} | networks
    fixed = Networks.fixed(players, None, NONE)
    return CooperativeTraining(fixed, NONE, TensorSpace(), discount=discount, pretraining=pretraining).double()


def draw_of(x: Tensor = EVERY, **batches: Tensor) -> Draw:
    return Draw({"data": x, "prior": torch.zeros(len(x), 0), **batches}, partial(Rng, 3))


def on(game: Any, x: Tensor) -> None:
    """Let the generator write these samples."""
    game.generator.sample = lambda z, codes, rng, **options: x


def expected_gradient(game: Any) -> list[Tensor]:
    """The gradient of the generator's turn, averaged over all samples with the generator's own probabilities."""
    total = [torch.zeros_like(p) for p in game.generator.parameters()]
    for x, p in zip(EVERY, game.generator.probabilities().detach(), strict=True):
        on(game, x.unsqueeze(0))
        value = game("generator", draw_of(x.unsqueeze(0))).value
        found = torch.autograd.grad(value, list(game.generator.parameters()), allow_unused=True)
        for into, g in zip(total, found, strict=True):
            into += 0 if g is None else p * g
    return total


def test_the_generators_gradient_is_that_of_its_cost_with_the_beginnings_held() -> None:
    game, value = make(), torch.tensor(0.0, dtype=torch.float64)
    cells = game.generator.probabilities().detach().view(*[V] * T)
    for t in range(T):
        reached = cells.flatten(t).sum(-1).flatten()  # how probable each beginning is
        g, m = (player.tables[t].softmax(-1) for player in (game.generator, game.mediator))
        value = value + (reached * (g * (g / m).log()).sum(-1)).sum() / T
    exact = torch.autograd.grad(value, list(game.generator.parameters()))
    torch.testing.assert_close(expected_gradient(game), list(exact))


def test_with_a_discount_of_one_it_is_that_of_the_divergence_of_whole_samples() -> None:
    game = make(discount=1.0)
    g, m = game.generator.probabilities(), game.mediator.probabilities()
    exact = torch.autograd.grad((g * (g / m).log()).sum() / T, list(game.generator.parameters()))
    torch.testing.assert_close(expected_gradient(game), list(exact))
    local = expected_gradient(make())
    assert max((a - b).abs().max() for a, b in zip(local, exact, strict=True)) > 1e-2


def test_the_mediator_is_best_at_the_even_mixture() -> None:
    game, p = make(), Tabular(5).double().probabilities().detach()
    g = game.generator.probabilities().detach()
    mixture = (p + g) / 2
    game.mediator.become(mixture)
    value = torch.tensor(0.0, dtype=torch.float64)
    for x, share, own in zip(EVERY, p, g, strict=True):
        on(game, x.unsqueeze(0))
        parts = game("mediator", draw_of(x.unsqueeze(0))).parts
        value = value + 0.5 * share * parts["real"] + 0.5 * own * parts["fake"]
    gradient = torch.autograd.grad(value, list(game.mediator.parameters()))
    assert all(each.abs().max() < 1e-12 for each in gradient)
    entropy = [-(q * q.log()).sum() for q in (p, g, mixture)]
    divergence = entropy[2] - (entropy[0] + entropy[1]) / 2  # Jensen-Shannon
    torch.testing.assert_close(T * value, divergence + (entropy[0] + entropy[1]) / 2)


def test_the_game_ends_at_the_data() -> None:
    p = Tabular(5).double().probabilities().detach()
    game = make()
    descent = torch.optim.Adam(game.generator.parameters(), lr=0.1)
    for _ in range(120):
        g = game.generator.probabilities().detach()
        game.mediator.become((p + g) / 2)
        for parameter, gradient in zip(game.generator.parameters(), expected_gradient(game), strict=True):
            parameter.grad = gradient
        descent.step()
    g = game.generator.probabilities().detach()
    assert (p * (p / g).log()).sum() < 1e-3


def test_the_mediator_pays_both_sides_by_their_choices() -> None:
    """Texts of unlike length: the mixture is of samples, and so the sums are joined before they are divided."""

    class Ended(Tabular):
        def mask(self, x: Tensor) -> Tensor:
            over = (x == 0).cumsum(1)
            return torch.nn.functional.pad(over, (1, 0))[:, :-1] == 0

    game = make(generator=Ended(1), mediator=Ended(2))
    real, fake = torch.tensor([[1, 2, 1], [2, 0, 0]]), torch.tensor([[0, 0, 0], [1, 0, 0]])
    on(game, fake)
    cost = game("mediator", draw_of(real))
    log_m = game.mediator.logits(torch.cat([real, fake]), None).log_softmax(-1)
    kept = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0), (3, 0), (3, 1)]
    rows = torch.cat([real, fake])
    total = sum(-log_m[i, t, rows[i, t]] for i, t in kept)
    torch.testing.assert_close(cost.value, total / len(kept))
    on(game, real[1:])
    first = game("generator", draw_of(real[1:])).value
    g, m = (player.logits(real[1:], None)[0, :2].softmax(-1) for player in (game.generator, game.mediator))
    torch.testing.assert_close(first, (g * (g / m).log()).sum() / 2)  # nothing of the place behind the end


def test_each_turn_moves_its_own_player_and_pretraining_comes_first() -> None:
    game = make(pretraining=4)
    assert game.stages(10) == [
        ("likelihood-pretraining", 4, ("likelihood",)),
        ("train", 6, ("mediator", "generator")),
    ]
    assert make().stages(10) == [("train", 10, ("mediator", "generator"))]
    assert [game.movers(turn) for turn in game.turns] == [("generator",), ("mediator",), ("generator",)]
    assert game.draws("generator") == ("prior",)
    for turn, moved, rests in (("mediator", "mediator", "generator"), ("generator", "generator", "mediator")):
        game.zero_grad()
        game(turn, draw_of()).value.backward()
        assert all(p.grad is not None for p in getattr(game, moved).parameters())
        assert all(p.grad is None for p in getattr(game, rests).parameters())
    likelihood = -game.generator.probabilities().log().mean() / T
    torch.testing.assert_close(game("likelihood", draw_of()).value, likelihood)


def test_what_cannot_be_played_is_refused() -> None:
    with pytest.raises(UserError, match="leaves none"):
        make(pretraining=10).stages(10)
    with pytest.raises(UserError, match="no latent may stand before"):
        CooperativeTraining(Networks.fixed({}), Latent(2), TensorSpace())


def test_a_choice_answers_for_the_divergence_behind_it() -> None:
    game, x = make(discount=0.5), torch.tensor([[2, 0, 1]])
    on(game, x)
    found = torch.autograd.grad(game("generator", draw_of(x)).value, list(game.generator.parameters()))
    g, m = (player.logits(x, None)[0].log_softmax(-1) for player in (game.generator, game.mediator))
    apart, log_g = (g.exp() * (g - m)).sum(-1), g[range(3), x[0]]
    later = [0.5 * apart[1] + 0.25 * apart[2], 0.5 * apart[2]]
    value = (apart.sum() + sum(log_g[t] * each.detach() for t, each in enumerate(later))) / T
    torch.testing.assert_close(found, torch.autograd.grad(value, list(game.generator.parameters())))
