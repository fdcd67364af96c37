"""SPECTRE: spectra, rotations, what order and sign change, costs by hand, schedules, samples, and a resumed run."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

import gansuite
from gansuite.engine import checkpoint
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.softmax import Softmax
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.priors.normal import Normal
from gansuite.recipes import read
from gansuite_graph.dense import Dense
from gansuite_graph.games.spectre import Compared, Side, Spectre, arranged, from_uniform, steepness
from gansuite_graph.networks.spectre.players import SpectreCritic, SpectreGenerator
from gansuite_graph.networks.spectre.spectrum import Spectrum, kept, order, signed, spectrum
from gansuite_graph.priors.node_noise import NodeNoise
from gansuite_graph.spec import GraphSpec, WalkSpec

N, K, B = 9, 3, 16
SPEC = GraphSpec(N, sizes=(0.0, 0.1, 0.1, 0.0, 0.1, 0.2, 0.2, 0.2, 0.1))
PRIOR = NodeNoise(SPEC, graph=0, node=6)


def players(seed: int = 0, spec: GraphSpec = SPEC) -> tuple[SpectreGenerator, SpectreCritic]:
    torch.manual_seed(seed)
    prior = NodeNoise(spec, graph=0, node=6)
    options: dict[str, Any] = {"eigenvectors": K, "width": 8, "layers": 2, "kernels": [3, 5]}
    made = SpectreGenerator(spec, prior, rounds=2, bank=4, mapping=1, **options), SpectreCritic(spec, **options)
    return made[0].double(), made[1].double()


def game(spec: GraphSpec = SPEC, **options: Any) -> Spectre:
    generator, critic = players(0, spec)
    prior = NodeNoise(spec, graph=0, node=6)
    networks = Networks.fixed({"generator": generator, "critic": critic}, spec, prior)
    made = Spectre(networks, prior, spec.space, **{"objective": Wasserstein(), "estimator": Softmax(), **options})
    made.stages(100)
    return made


def graphs(n: int = B, spec: GraphSpec = SPEC) -> Tensor:
    rng = Rng(5, "graphs")
    sizes = rng.integers(2, N + 1, n).unsqueeze(1)
    nodes = rng.integers(1, len(spec.node_types) + 1, n * N).view(n, N) * (torch.arange(N) < sizes)
    return spec.tidied(torch.cat([nodes, rng.integers(0, len(spec.edge_types) + 1, n * spec.pairs).view(n, -1)], 1))


def draw(round: int = 0, spec: GraphSpec = SPEC, turn: str = "x") -> Draw:
    batches = {"prior": NodeNoise(spec, graph=0, node=6).sample(B, Rng(1, "z")).double(), "data": graphs(B, spec)}
    return Draw(batches, lambda name: Rng(2, turn, name), round=round)


def dense(x: Tensor, spec: GraphSpec = SPEC) -> Dense:
    return spec.dense(x).to(torch.float64)


def true(x: Tensor) -> Spectrum:
    found = dense(x)
    return spectrum(found.adjacency, found.mask, K)


def permutations(n: int, sizes: Tensor | None = None) -> Tensor:
    """Orders of the nodes; given sizes, of those that there are among themselves."""
    key = Rng(7, "order").uniform(n, N)
    return (key if sizes is None else key + (torch.arange(N) >= sizes.unsqueeze(1))).argsort(1)


def taken(x: Tensor, index: Tensor) -> Tensor:
    return x[torch.arange(len(x)).unsqueeze(1), index]


def moved(cost: Tensor, network: torch.nn.Module) -> bool:
    found = torch.autograd.grad(cost, list(network.parameters()), retain_graph=True, allow_unused=True)
    return any(g is not None and bool(g.any()) for g in found)


# Spectra.


def test_the_spectrum_is_that_of_networkx():
    x = graphs()
    found, parts = true(x), dense(x)
    for i, m in enumerate(parts.sizes.tolist()):
        laplacian = nx.normalized_laplacian_matrix(nx.from_numpy_array(parts.adjacency[i, :m, :m].numpy())).toarray()
        values = np.linalg.eigvalsh(laplacian)[1 : K + 1]
        there = min(K, m - 1)
        np.testing.assert_allclose(found.values[i, :there], values, atol=1e-6)
        assert not found.values[i, there:].any() and not found.vectors[i, :, there:].any()
        u = found.vectors[i, :m, :there].numpy()
        np.testing.assert_allclose(laplacian @ u, u * values, atol=1e-5)
        np.testing.assert_allclose(u.T @ u, np.eye(there), atol=1e-5)
        assert not found.vectors[i, m:].any()


def test_another_order_of_the_nodes_is_another_order_of_the_rows():
    x = dense(graphs())
    index = permutations(B)
    found, other = (spectrum(each.adjacency, each.mask, K) for each in (x, x.permuted(index)))
    torch.testing.assert_close(found.values, other.values, atol=1e-6, rtol=0)
    gap = torch.cat([torch.zeros(B, 1), found.values], 1).diff(dim=1)
    alone = ((gap > 1e-3) & (torch.cat([gap[:, 1:], torch.ones(B, 1)], 1) > 1e-3)) & kept(x.mask, K)
    u, v = taken(found.vectors, index), other.vectors
    largest = u.abs().topk(2, 1).values
    alone &= largest[:, 0] - largest[:, 1] > 1e-3  # else two entries fight for the sign
    alone[:, K - 1] = False  # its neighbour beyond K is not known
    assert alone.sum() > B // 2
    difference = (u - v).abs().amax(1)
    assert float(difference[alone].max()) < 1e-4


def test_signs_are_chosen_by_the_largest_entry():
    u = Rng(3).normal(B, N, K)
    flips = torch.where(Rng(4).uniform(B, 1, K) < 0.5, -1.0, 1.0)
    torch.testing.assert_close(signed(u), signed(u * flips))
    torch.testing.assert_close(signed(u).abs(), u.abs())
    assert (signed(u).gather(1, u.abs().argmax(1, keepdim=True)) > 0).all()


def test_nodes_are_sorted_by_the_first_vector_then_the_second_and_the_absent_last():
    u = Rng(3).normal(B, N, K)
    u[:, :4, 0] = 0.25  # a tie for the second to decide
    mask = (torch.arange(N) < Rng(4).integers(5, N + 1, B).unsqueeze(1)).float()
    index = order(u, mask)
    rows, there = taken(u, index), taken(mask, index)
    assert torch.equal(there, mask)
    for i in range(B):
        keys = [tuple(round(v, 4) for v in row) for row in rows[i, : int(mask[i].sum())].tolist()]
        assert keys == sorted(keys)
    again = permutations(B, mask.sum(1))
    torch.testing.assert_close(
        taken(taken(u, again), order(taken(u, again), mask)) * mask[:, :, None], rows * mask[:, :, None]
    )


# The networks.


def test_generated_eigenvectors_are_orthonormal_and_live_on_the_nodes_that_there_are():
    generator, _ = players()
    z = PRIOR.sample(200, Rng(1)).double()
    mask, noise = generator.mask(z), generator.nodes(z)
    values = generator.values(noise, mask)
    u, _ = generator.vectors(values, noise, mask, Rng(2))
    there = kept(mask, K)
    torch.testing.assert_close(u.transpose(1, 2) @ u, torch.diag_embed(there.double()), atol=1e-9, rtol=0)
    assert not (u * (1 - mask).unsqueeze(2)).any()
    assert not values[~there].any() and values.abs().max() < 2
    assert (torch.where(there, values, 9.0).diff(dim=1) >= 0).all()
    assert {2, 3, 9} <= set(mask.sum(1).int().tolist())  # fewer eigenpairs than K among them


def test_rotations_and_graphs_follow_the_nodes():
    generator, critic = players()
    z = PRIOR.sample(B, Rng(1)).double()
    mask, noise = generator.mask(z), generator.nodes(z)
    index = permutations(B)
    u = torch.linalg.qr(Rng(3).normal(B, N, K).double())[0] * mask.unsqueeze(2)
    known = torch.cat([u, noise], 2)
    turns: list[Any] = [*generator.eigenvectors.left, *generator.eigenvectors.right]
    for turn in turns:
        wide = torch.cat([known, known], 2)[:, :, : turn.points.own[0].in_features]
        wide = torch.nn.functional.pad(wide, (0, turn.points.own[0].in_features - wide.shape[2]))
        one, other = turn(u, wide, mask), turn(taken(u, index), taken(wide, index), taken(mask, index))
        assert float((one - u).detach().abs().max()) > 1e-3
        torch.testing.assert_close(taken(one, index), other)
    values = generator.values(noise, mask)
    torch.testing.assert_close(values, generator.values(taken(noise, index), taken(mask, index)))
    given = Spectrum(values, u)
    logits = generator.logits(given, noise, mask)
    permuted = generator.logits(Spectrum(values, taken(u, index)), taken(noise, index), taken(mask, index))
    x, y = (SPEC.dense(each.softmax(2)) for each in (logits, permuted))
    torch.testing.assert_close(x.permuted(index).edges, y.edges)
    torch.testing.assert_close(logits, generator.logits(Spectrum(values, -u), noise, mask))  # signs say nothing
    for one, other in (
        (critic.eigenvectors(values, u, mask), critic.eigenvectors(values, taken(u, index), taken(mask, index))),
        (critic.adjacency(x, given), critic.adjacency(x.permuted(index), Spectrum(values, taken(u, index)))),
    ):
        assert float(one.detach().std()) > 0
        torch.testing.assert_close(one, other)


def test_room_for_more_nodes_changes_nothing_that_is_judged():
    """Absent nodes hold no noise of any value, and their noise is not read."""
    generator, _ = players()
    z = PRIOR.sample(B, Rng(1)).double()
    mask, noise = generator.mask(z), generator.nodes(z)
    other = torch.where(mask.unsqueeze(2) == 0, 9.0, noise)
    given = Spectrum(*(each.double() for each in true(graphs())))
    given = Spectrum(given.values, given.vectors * mask.unsqueeze(2))
    torch.testing.assert_close(generator.values(noise, mask), generator.values(other, mask))
    torch.testing.assert_close(
        generator.vectors(given.values, noise, mask, Rng(2))[0], generator.vectors(given.values, other, mask, Rng(2))[0]
    )
    torch.testing.assert_close(generator.logits(given, noise, mask), generator.logits(given, other, mask))


def test_all_activations_are_there():
    """Without them a network of sets is linear: here the second difference along a line is not 0."""
    generator, critic = players()
    points = [generator.eigenvectors.left[0].points, critic.eigenvectors.points, critic.eigenvectors.right[0].points]
    mask = torch.ones(4, N).double()
    for net in points:
        size = net.own[0].in_features
        a, b = (Rng(i).normal(4, N, size).double() for i in (1, 2))
        bend = net(a + b, mask) + net(a - b, mask) - 2 * net(a, mask)
        assert float(bend.detach().abs().max()) > 1e-2


# The game.


def test_the_costs_are_those_of_the_formulas():
    played = game(slope=5.0, drift=0.25, spread=0.5)
    made = draw(round=60)
    games, spread = played.compared(made)
    assert [each.name for each in games] == ["eigenvalues", "eigenvectors", "adjacency"]
    expected, earned = torch.zeros(()), 0.5 * spread
    for each in games:
        real, fake = each.score(each.real), each.score(each.fake)
        slope = steepness(each, made.rng(f"path/{each.name}"))
        expected = expected + (fake - real).mean() + 0.25 * real.square().mean() + 5 * slope
        earned = earned - fake.mean()
    critic, generator = played.cost_critic(made), played.cost_generator(made)
    torch.testing.assert_close(critic.value, expected)
    torch.testing.assert_close(generator.value, earned)
    assert moved(critic.value, played.critic) and moved(generator.value, played.generator)


def test_each_generator_learns_of_its_own_critic():
    played = game(forced=0.0)
    games, _ = played.compared(draw(round=100))
    nets = played.generator.eigenvalues, played.generator.eigenvectors, played.generator.adjacency
    for i, each in enumerate(games):
        score = each.score(each.fake).mean()
        assert [moved(score, net) for net in nets] == [i == j for j in range(3)]


def test_the_penalty_charges_slopes_above_one_alone():
    w = torch.tensor([3.0, 4.0]).double()  # a critic that is linear: its slope is 5 everywhere, and 5 c
    ones = torch.ones(B, 2).double()
    sides = Side((Rng(1).normal(B, 2).double(),), ones), Side((Rng(2).normal(B, 2).double(),), ones)
    for c, charge in ((1.0, 16.0), (0.1, 0.0), (0.4, 1.0)):
        linear = Compared("x", lambda side, c=c: c * (side.parts[0] @ w), *sides)
        assert float(steepness(linear, Rng(3))) == pytest.approx(charge, abs=1e-6)
    # One norm for all that a critic is shown of a graph, and the gradient at a place between the two sides.
    a, b, t = sides[0].parts[0], sides[1].parts[0], Rng(3).uniform(B).double().unsqueeze(1)
    norm = (2 * (t * a + (1 - t) * b)).norm(dim=1)
    square = Compared("x", lambda side: side.parts[0].square().sum(1), *sides)
    torch.testing.assert_close(steepness(square, Rng(3)), (norm - 1).relu().square().mean())


def test_sides_are_arranged_as_graphs():
    x = graphs()
    parts, found = dense(x), true(x)
    side = arranged(Side((found.values, found.vectors, parts.nodes, parts.edges), parts.mask))
    index = order(found.vectors, parts.mask)
    torch.testing.assert_close(side.parts[1], taken(found.vectors, index))
    torch.testing.assert_close(side.parts[3], parts.permuted(index).edges)
    assert torch.equal(side.mask, parts.mask)
    index = permutations(B)
    again = arranged(Side((found.values, taken(found.vectors, index)), taken(parts.mask, index)))
    torch.testing.assert_close(again.parts[1], side.parts[1], atol=1e-3, rtol=0)


def test_a_network_is_given_the_truth_as_often_as_the_schedule_says():
    played = game(forced=0.8, warm_up=20, over=40)
    assert [played.teacher(t) for t in (0, 20, 60, 99)] == pytest.approx([1, 1, 0.8, 0.8])
    assert played.teacher(40) == pytest.approx(0.9)
    assert played.teacher(30) == pytest.approx(0.8 + 0.2 * 0.5 * (1 + math.cos(math.pi / 4)))
    assert game(forced=0.5).teacher(100) == pytest.approx(0.5)  # all rounds that are left
    early, _ = played.compared(draw(round=0))
    for name, parts in ((each.name, each.fake.parts) for each in early[1:]):
        torch.testing.assert_close(parts[0], early[1].real.parts[0])
        if name == "adjacency":
            torch.testing.assert_close(parts[1], early[1].real.parts[1])
    late, _ = game(forced=0.0).compared(draw(round=100))
    torch.testing.assert_close(late[1].fake.parts[0], late[0].fake.parts[0])
    torch.testing.assert_close(late[2].fake.parts[0], late[0].fake.parts[0])
    torch.testing.assert_close(late[2].fake.parts[1], late[1].fake.parts[1])
    half, _ = game(forced=0.5).compared(draw(round=100))
    same = (half[1].fake.parts[0] == half[1].real.parts[0]).all(1) & kept(half[1].real.mask, K).any(1)
    assert 0 < same.sum() < B
    own = (half[2].fake.parts[1] == half[2].real.parts[1]).flatten(1).all(1)
    torch.testing.assert_close(half[2].fake.parts[0][own], half[2].real.parts[0][own])  # both or neither
    assert 0 < own.sum() < B and (same & ~own).any()  # true eigenvalues with eigenvectors that were made for them


def test_the_choice_of_a_frame_cools_and_is_kept_wide():
    played = game(cooling=80)
    assert [played.temperature(t) for t in (0, 40, 80, 99)] == pytest.approx([1, 0.25, 1 / 16, 1 / 16])
    logits = Rng(1).normal(B, 4).double()
    p = logits.softmax(1)
    torch.testing.assert_close(from_uniform(logits), (p * (4 * p).log()).sum(1).mean())
    assert float(from_uniform(torch.zeros(3, 7))) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("spec", [SPEC, GraphSpec(N, ("C", "N"), ("single", "double", "triple"), sizes=SPEC.sizes)])
def test_samples_are_the_likeliest_types_of_as_many_nodes_as_in_the_data(spec: GraphSpec):
    played = game(spec)
    x = played.sample(400, Rng(11))
    assert x.dtype == torch.int64 and torch.equal(x, spec.tidied(x))
    assert (x[:, :N].amax(), x[:, N:].amax()) <= (len(spec.node_types), len(spec.edge_types))
    z = played.prior.sample(400, Rng(11)).double()
    assert torch.equal((x[:, :N] != 0).sum(1), z[:, 0].long())  # the prior's numbers, the first of the places
    assert torch.equal(x[:, :N] != 0, torch.arange(N) < z[:, :1])
    shares = torch.bincount((x[:, :N] != 0).sum(1), minlength=N + 1)[1:] / 400
    assert float((shares - torch.tensor(spec.sizes)).abs().max()) < 0.08
    generator, rng = played.generator, Rng(11)
    z = played.prior.sample(400, rng).double()
    mask, noise = generator.mask(z), generator.nodes(z)
    values = generator.values(noise, mask)
    u, _ = generator.vectors(values, noise, mask, rng)
    p = generator.logits(Spectrum(values, u), noise, mask).softmax(2)
    assert torch.equal(x, spec.tidied(p.argmax(2)))
    if len(spec.edge_types) == 1:
        assert torch.equal(x[:, N:] == 1, p[:, N:, 1] > 0.5)
        assert 0.02 < (x[:, N:] == 1).float().mean() < 0.98


@pytest.mark.parametrize("estimator", [Softmax(), StraightThroughGumbel()], ids=lambda e: type(e).__name__)
def test_critics_are_shown_no_node_that_is_not_there(estimator: Any):
    games, _ = game(estimator=estimator).compared(draw(round=50))
    nodes, edges = games[2].fake.parts[2:]
    mask = games[2].real.mask
    torch.testing.assert_close(nodes.sum(2), mask)
    pairs = mask.unsqueeze(1) * mask.unsqueeze(2)
    assert not (edges * (1 - pairs).unsqueeze(1)).any() and not edges.diagonal(dim1=2, dim2=3).any()
    torch.testing.assert_close(edges, edges.transpose(2, 3))
    hard = bool(((edges == 0) | (edges == 1)).all())
    assert hard == isinstance(estimator, StraightThroughGumbel)


def test_what_cannot_be():
    walks = WalkSpec(5, 2, 4)
    with pytest.raises(UserError, match="netgan"):
        SpectreGenerator(walks, Normal(walks, size=3))
    with pytest.raises(UserError, match="netgan"):
        SpectreCritic(walks)
    with pytest.raises(UserError, match="node-noise"):
        SpectreGenerator(SPEC, NodeNoise(SPEC, node=0))
    with pytest.raises(UserError, match="make 4 eigenvalues of 5"):
        SpectreGenerator(SPEC, PRIOR, eigenvectors=5, kernels=[3])
    networks = Networks.fixed(
        {"generator": SpectreGenerator(SPEC, PRIOR, width=4), "critic": SpectreCritic(SPEC, eigenvectors=3, width=4)},
        SPEC,
        PRIOR,
    )
    with pytest.raises(UserError, match="as many eigenvectors"):
        Spectre(networks, PRIOR, SPEC.space, objective=Wasserstein(), estimator=Softmax())


def tables() -> dict[str, Any]:
    player = {"name": "spectre", "width": 8, "layers": 1, "kernels": [3]}
    counts = {"count": 32, "valid": 8, "test": 8}
    data = {"name": "synthetic", "kind": "community", "sizes": [6, 8], "batch_size": 8, **counts}
    return {
        "plugin": "graph",
        "data": data,
        "prior": {"name": "node-noise", "graph": 0, "node": 4},
        "players": {"generator": player, "critic": player},
        "game": {"name": "spectre", "cooling": 6},
        "train": {
            "steps": 8, "checkpoint_every": 4, "sample_every": 4, "log_every": 4, "samples": 4, "ema": {"half_life": 2}
        },
        "evaluation": {"n": 8},
        "metrics": [],
    }  # fmt: skip


def test_a_resumed_run_is_the_run_that_was_never_stopped(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))
    whole, stopped = (
        gansuite.run(read(tables()), out=tmp_path / name, device="cpu").folder for name in ("whole", "stopped")
    )
    last = stopped / "checkpoints" / checkpoint.name(8)
    for file in last.iterdir():
        file.unlink()
    last.rmdir()
    gansuite.resume(stopped, device="cpu")
    first, second = (
        load_file(folder / "checkpoints" / checkpoint.name(8) / checkpoint.FILES[0]) for folder in (whole, stopped)
    )
    assert first.keys() == second.keys() and any("eigenvectors.bank" in key for key in first)
    assert all(torch.equal(first[key], second[key]) for key in first)
    model = gansuite.load(whole, "cpu")
    assert torch.equal(model.sample(20, 3), gansuite.load(stopped, "cpu").sample(20, 3))
