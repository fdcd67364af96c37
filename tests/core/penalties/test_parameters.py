"""Penalties and constraints on the parameters themselves."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.player import Player
from gansuite.engine.rng import Rng
from gansuite.penalties.historical_averaging import HistoricalAveraging
from gansuite.penalties.orthogonal import Orthogonal
from gansuite.penalties.weight_clipping import WeightClipping
from gansuite.spaces import TensorSpace


def seeded(*layers: nn.Module) -> nn.Sequential:
    network = nn.Sequential(*layers)
    rng = Rng(0, "network")
    with torch.no_grad():
        for p in network.parameters():
            p.copy_(rng.normal(*p.shape))
    return network


def test_orthogonal_filters_cost_nothing_whatever_their_lengths(price) -> None:
    linear, convolution = nn.Linear(6, 6), nn.Conv1d(2, 4, 3)
    q, _ = torch.linalg.qr(Rng(0, "q").normal(6, 6))
    with torch.no_grad():
        linear.weight.copy_(q * torch.arange(1.0, 7)[:, None])
        convolution.weight.copy_(q[:4].view(4, 2, 3) * 5)
    network = nn.Sequential(linear, convolution)
    assert price(Orthogonal(), {}, networks={"generator": network}) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("layer", "flat"),
    [
        (nn.Linear(5, 3), lambda w: w),
        (nn.Conv2d(2, 4, 3), lambda w: w.reshape(4, -1)),
        (nn.ConvTranspose1d(2, 4, 3), lambda w: w.transpose(0, 1).reshape(4, -1)),
    ],
    ids=["linear", "convolution", "transposed convolution"],
)
def test_the_cost_is_the_sum_over_pairs_of_filters(price, layer, flat) -> None:
    """Σ_{i≠j} (w_i . w_j)², pair by pair; a transposed convolution keeps its filters on the second axis."""
    network = seeded(layer)
    rows = flat(layer.weight.detach())
    wanted = sum(float(a @ b) ** 2 for i, a in enumerate(rows) for j, b in enumerate(rows) if i != j)
    assert price(Orthogonal(), {}, networks={"generator": network}) == pytest.approx(wanted, rel=1e-5)


def test_layers_add_up_and_embeddings_and_biases_do_not_count(price) -> None:
    one, two = nn.Linear(5, 3), nn.Linear(3, 2)
    seeded(one, two)
    parts = [price(Orthogonal(), {}, networks={"generator": net}) for net in (one, two)]
    both = nn.ModuleList([nn.Embedding(7, 5), one, two])
    assert price(Orthogonal(), {}, networks={"generator": both}) == pytest.approx(sum(parts), rel=1e-6)


@pytest.mark.parametrize(("turn", "other"), [("generator", "critic"), ("critic", "generator")])
def test_orthogonality_is_asked_of_the_networks_of_its_turn_alone(charge, turn, other) -> None:
    networks = {"generator": seeded(nn.Linear(3, 3)), "critic": seeded(nn.Linear(3, 3))}
    own, rest = (next(networks[name].parameters()) for name in (turn, other))
    slope, through = torch.autograd.grad(
        charge(Orthogonal(turn=turn), {}, networks=networks), [own, rest], allow_unused=True
    )
    assert slope.abs().sum() > 0
    assert through is None


def test_descending_it_makes_filters_orthogonal(charge) -> None:
    layer = nn.Linear(6, 3)
    seeded(layer)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.01)
    for _ in range(200):
        optimizer.zero_grad()
        charge(Orthogonal(), {}, networks={"generator": layer}).backward()
        optimizer.step()
    rows = nn.functional.normalize(layer.weight.detach())
    assert float((rows @ rows.T - torch.eye(3)).abs().max()) < 0.05


def test_every_weight_stays_within_the_bound_after_each_move() -> None:
    network = seeded(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    parameters = list(network.parameters())
    player = Player("critic", parameters, torch.optim.SGD(parameters, lr=1.0), projections=[WeightClipping().project])
    inside = torch.tensor(0.004)
    with torch.no_grad():
        parameters[1][0] = inside
    player.move([torch.zeros_like(p) for p in parameters])
    assert all(float(p.detach().abs().max()) <= 0.01 for p in parameters)
    assert torch.equal(parameters[1][0].detach(), inside)  # what is inside is not touched
    assert float(parameters[0].detach().abs().max()) == pytest.approx(0.01)


def test_the_estimate_of_a_clipped_linear_critic_is_proportional_to_the_shift() -> None:
    """N(0, 1) against N(m, 1) under D = w x, |w| ≤ c: the best critic has w = c and tells c m."""
    shifts, estimates = torch.tensor([0.25, 0.5, 1.0, 2.0, 4.0]), []
    for shift in shifts:
        w, b = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))
        player = Player("critic", [w, b], torch.optim.RMSprop([w, b], lr=1e-3), projections=[WeightClipping().project])
        for i in range(40):
            x, y = Rng(0, "x", index=i).normal(512) + shift, Rng(0, "y", index=i).normal(512)
            value = (y * w + b).mean() - (x * w + b).mean()
            player.move(torch.autograd.grad(value, [w, b]))
        x, y = Rng(1, "x").normal(20000) + shift, Rng(1, "y").normal(20000)
        estimates.append(float(((x - y) * w).mean().detach()))
    found = torch.tensor(estimates)
    residual = (found - 0.01 * shifts).square().sum() / (found - found.mean()).square().sum()
    assert float(residual) < 0.01  # R² > 0.99 for the very line of slope c


class Place(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.zeros(2))


def historical(stage, **options) -> Any:
    """A game of one moving point with a penalty on its way."""
    game, penalty = stage({"generator": Place()}, TensorSpace()), HistoricalAveraging(**options)
    game.kept.append(penalty)
    penalty.bind(game)
    return game


def walk(game, draw, steps: int) -> list[Tensor]:
    """Move the point along known places."""
    places = [torch.tensor([1.0, 2.0]) * i**2 for i in range(1, steps + 1)]
    for place in places:
        with torch.no_grad():
            game.generator.place.copy_(place)
        game.kept[0].after(game, draw(), {})
    return places


def test_history_is_the_mean_of_all_moves(stage, draw) -> None:
    """And of the moves alone: the place before the first is not among them."""
    game = historical(stage)
    assert float(game.kept[0](game, draw(), {}).detach()) == 0  # there is no history yet
    with torch.no_grad():
        game.generator.place.fill_(7.0)
    places = walk(game, draw, 5)
    now, mean = places[-1], torch.stack(places).mean(0)
    value = game.kept[0](game, draw(), {})
    assert float(value.detach()) == pytest.approx(float((now - mean).square().sum()), rel=1e-5)
    (slope,) = torch.autograd.grad(value, game.generator.place)
    torch.testing.assert_close(slope, 2 * (now - mean))


def test_history_survives_a_checkpoint_bit_for_bit(stage, draw) -> None:
    first, second = historical(stage), historical(stage)
    walk(first, draw, 4)
    second.load_state_dict(first.state_dict())
    assert torch.equal(first.kept[0](first, draw(), {}), second.kept[0](second, draw(), {}))
    for game in (first, second):
        game.kept[0].after(game, draw(), {})
    for key, tensor in first.state_dict().items():
        assert torch.equal(tensor, second.state_dict()[key]), key


def test_history_is_read_at_the_parameters_of_the_call(stage, draw) -> None:
    """A cost that is run at substituted parameters (unrolled, extragradient) is charged for those."""
    game = historical(stage)
    game.forward = lambda: game.kept[0](game, draw(), {})
    value = torch.func.functional_call(game, {"generator.place": torch.tensor([3.0, 4.0])}, ())
    assert float(value.detach()) == pytest.approx(25)


def test_history_ends_the_circles_of_alternating_moves(stage, draw) -> None:
    """min over θ, max over ψ of θψ circles for ever under alternating steps; with the history of both it closes in."""
    radii = []
    for weight in (0.0, 0.1):
        players = {"generator": nn.ParameterList([torch.ones(())]), "critic": nn.ParameterList([torch.ones(())])}
        game = stage(players, TensorSpace())
        terms = {turn: HistoricalAveraging(turn=turn) for turn in ("generator", "critic")}
        for term in terms.values():
            term.bind(game)
        theta, psi = game.generator[0], game.critic[0]
        for _ in range(600):
            for turn, p, sign in (("generator", theta, 1), ("critic", psi, -1)):
                cost = sign * theta * psi + weight * terms[turn](game, draw(), {})
                (slope,) = torch.autograd.grad(cost, p)
                with torch.no_grad():
                    p -= 0.1 * slope
                terms[turn].after(game, draw(), {})
        radii.append(float(theta.detach() ** 2 + psi.detach() ** 2) ** 0.5)
    assert 1.2 < radii[0] < 1.7
    assert radii[1] < 0.02
