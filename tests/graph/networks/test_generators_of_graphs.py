"""One-shot generators: nodes of exchangeable noise are exchangeable, and nothing hangs on one that is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite.plugins.registry import registry
from gansuite.priors.latent import Latent
from gansuite.priors.normal import Normal
from gansuite_graph.networks.adjacency import Adjacency
from gansuite_graph.networks.molgan import MolGanGenerator
from gansuite_graph.networks.one_shot import OneShot
from gansuite_graph.priors.node_noise import NodeNoise
from gansuite_graph.spec import GraphSpec, WalkSpec, pairs_of

N = 7
SPEC = GraphSpec(N, ("C", "N"), ("single", "double", "triple"), sizes=(0.0, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2))
SIZED = GraphSpec(N, SPEC.node_types, SPEC.edge_types, SPEC.sizes, ("three", "seven"), (3, 7))
NOISE = NodeNoise(SPEC, graph=3, node=4)
GENERATORS: dict[str, Callable[..., OneShot]] = {"molgan": MolGanGenerator, "adjacency": Adjacency}
SMALL: dict[str, Any] = {"molgan": {"widths": [16, 16]}, "adjacency": {"width": 16, "layers": 2, "heads": 4}}
each = pytest.mark.parametrize("name", GENERATORS)


def made(name: str, spec: GraphSpec = SPEC, prior: Any = NOISE) -> OneShot:
    torch.manual_seed(0)
    return GENERATORS[name](spec, prior, **SMALL[name]).double()


def latents(n: int = 40, seed: int = 0) -> Tensor:
    return NOISE.sample(n, Rng(seed, "z")).double()


def renoised(z: Tensor, nodes: Tensor) -> Tensor:
    """The latents with other noise of nodes [n, N, 4]."""
    return torch.cat([z[:, : 1 + NOISE.graph], nodes.flatten(1)], 1)


def relaxed(generator: OneShot, z: Tensor, codes: Tensor | None = None) -> Tensor:
    estimator = StraightThroughGumbel()
    return generator(z, codes, Rng(0, "x"), lambda logits, rng: estimator.choose(logits, rng, 1.0))


def test_every_one_shot_generator_is_here():
    found = {e.component.name for e in registry().entries("generator") if e.plugin == "graph"}
    assert set(GENERATORS) <= found
    assert all(registry().find("generator", f"graph/{name}").load() is made_of for name, made_of in GENERATORS.items())


def test_to_permute_the_noise_is_to_permute_the_graph():
    generator, z = made("adjacency"), latents()
    number, _, nodes = NOISE.split(z)
    order = torch.stack(  # of the nodes that there are, among themselves
        [
            torch.cat([torch.randperm(m, generator=torch.Generator().manual_seed(k)), torch.arange(m, N)])
            for k, m in enumerate(number.tolist())
        ]
    )
    rows = torch.arange(len(z)).unsqueeze(1)
    before, after = generator.logits(None, z), generator.logits(None, renoised(z, nodes[rows, order]))
    assert not torch.allclose(before, after)
    torch.testing.assert_close(after[:, :N], before[rows, order], rtol=1e-10, atol=1e-10)
    square = matrices(before)[rows.unsqueeze(2), order.unsqueeze(2), order.unsqueeze(1)]
    torch.testing.assert_close(matrices(after), square, rtol=1e-10, atol=1e-10)


def matrices(logits: Tensor) -> Tensor:
    """The logits of pairs, from either side: [n, N, N, k]."""
    i, j = pairs_of(N)
    full = logits.new_zeros(len(logits), N, N, logits.shape[2])
    full[:, i, j] = full[:, j, i] = logits[:, N:]
    return full


@each
def test_what_is_not_there_has_no_influence(name: str):
    """The noise of absent nodes for ``adjacency``; whatever is at their places, no edge leads there for both."""
    generator, z = made(name), latents()
    number, _, nodes = NOISE.split(z)
    absent = torch.arange(N) >= number[:, None]
    assert absent.any()
    other = renoised(z, torch.where(absent.unsqueeze(2), 9.0, nodes))
    i, j = pairs_of(N)
    counts = torch.cat([~absent, ~absent[:, i] & ~absent[:, j]], 1)
    before, after = generator.logits(None, z)[counts], generator.logits(None, other)[counts]
    if name == "adjacency":
        torch.testing.assert_close(after, before, rtol=1e-10, atol=1e-10)
    else:  # a perceptron reads its latent as a whole
        assert not torch.allclose(after, before)


@each
def test_each_node_has_an_influence(name: str):
    generator, z = made(name), latents()
    z[:, 0] = N
    for node in range(N):
        nodes = NOISE.split(z).nodes.clone()
        nodes[:, node] += 1
        moved = (generator.logits(None, renoised(z, nodes)) - generator.logits(None, z)).abs().amax((0, 2))
        assert (moved[:N] > 1e-6).any() and (moved[N:] > 1e-6).all()  # everybody looks at everybody


@each
@pytest.mark.parametrize("form", ["drawn", "relaxed", "likeliest"])
@pytest.mark.parametrize("says", ["latent", "code"])
def test_sizes_are_followed_and_nothing_hangs_on_a_padded_node(name: str, form: str, says: str):
    z, codes, number = latents(200), None, NOISE.split(latents(200)).number
    prior: Any = NOISE
    spec = SPEC
    if says == "code":
        spec, prior = SIZED, Latent(NOISE.size + 2, NOISE)
        label = torch.arange(len(z)) % 2
        codes = nn.functional.one_hot(label, 2).double()
        number = torch.tensor(SIZED.label_sizes)[label]
        z = torch.cat([z, codes], 1)
    generator = made(name, spec, prior)
    y = relaxed(generator, z, codes) if form == "relaxed" else None
    alpha = float("inf") if form == "likeliest" else 1.0
    x = generator.sample(z, codes, Rng(0, "x"), alpha=alpha) if y is None else y
    there = torch.arange(N) < number[:, None]
    hard = x if y is None else y.argmax(2)
    assert torch.equal(hard[:, :N] != 0, there)
    dense = spec.dense(x)
    assert torch.equal(dense.mask.detach() > 0.5, there) and torch.equal(dense.sizes, number)
    gone = ~(there[:, :, None] & there[:, None])
    assert not dense.edges.detach()[gone.unsqueeze(1).expand_as(dense.edges)].any()
    assert not dense.nodes.detach()[~there].any()
    assert torch.equal(dense.edges, dense.edges.transpose(2, 3)) and dense.edges.any()
    assert not dense.edges.diagonal(dim1=2, dim2=3).any()


@each
def test_a_code_is_read_beside_its_number(name: str):
    """Two labels of one size make different graphs: the code itself is read, not only what it says of the size."""
    spec = GraphSpec(N, SPEC.node_types, SPEC.edge_types, SPEC.sizes, ("a", "b"))
    generator = made(name, spec, Latent(NOISE.size + 2, NOISE))
    z, codes = latents(4), torch.eye(2, dtype=torch.float64)
    a, b = (generator.logits(None, torch.cat([z, c.expand(4, -1)], 1), c.expand(4, -1)) for c in codes)
    assert not torch.allclose(a, b)


@each
@pytest.mark.parametrize("says", ["latent", "code"])
def test_the_number_of_nodes_is_known_to_the_network(name: str, says: str):
    """It is an input of its own, whoever says it: nothing else tells a lone node in much room from one in little."""
    if says == "latent":
        generator, z = made(name), latents(10)
        numbers = [torch.cat([torch.full_like(z[:, :1], m), z[:, 1:]], 1) for m in (4, 5)]
        asked: list[tuple[Tensor, Tensor | None]] = [(each, None) for each in numbers]
    else:
        generator, z = made(name, SIZED, Latent(NOISE.size + 2, NOISE)), latents(10)
        z = torch.cat([z, torch.zeros(10, 2, dtype=z.dtype)], 1)  # the number alone differs, not the code beside it
        asked = [(z, code.expand(10, -1)) for code in torch.eye(2, dtype=z.dtype)]
    if isinstance(generator, Adjacency):
        for block in generator.blocks:  # attention would tell by whom it sees
            nn.init.zeros_(block.get_parameter("say.weight"))
    a, b = (generator.scores(*each)[1] for each in asked)
    assert not torch.allclose(a, b)


@each
@pytest.mark.parametrize("of", ["nodes", "edges"])
def test_gradients_reach_all_parameters(name: str, of: str):
    """Types of nodes and edges each move all that stands before them, through the relaxation and the dense form."""
    generator, z = made(name), latents()
    dense = SPEC.dense(relaxed(generator, z))
    seen, other = (dense.nodes, ("pair.", "points.")) if of == "nodes" else (dense.edges.transpose(1, 3), ("node.",))
    types = torch.arange(seen.shape[-1], dtype=seen.dtype)
    (seen * types).sum().backward()
    named = [(key, p.grad) for key, p in generator.named_parameters() if not key.startswith(other)]
    assert not [key for key, grad in named if grad is None or not grad.isfinite().all() or not grad.any()]


@each
def test_places_have_only_their_own_types(name: str):
    generator = made(name)
    x = generator.sample(latents(500), None, Rng(0, "x"), alpha=0.01)
    assert x[:, :N].max() == 2 and x[:, N:].max() == 3


def test_molgan_chooses_who_is_there_under_a_plain_prior():
    prior = Normal(SPEC, size=5)
    x = made("molgan", prior=prior).sample(prior.sample(300, Rng(0, "z")).double(), None, Rng(0, "x"))
    assert len(set((x[:, :N] != 0).sum(1).tolist())) > 2 and torch.equal(x, SPEC.tidied(x))


def test_what_they_cannot_be_given():
    with pytest.raises(
        UserError, match=r'^nodes are told apart by their noise: take \[prior\] name = "node-noise", node > 0$'
    ):
        Adjacency(SPEC, Normal(SPEC, size=5))
    with pytest.raises(UserError, match="node > 0"):
        Adjacency(SPEC, NodeNoise(SPEC, node=0))
    with pytest.raises(UserError, match=r"^heads = 3 do not share width = 16$"):
        Adjacency(SPEC, NOISE, width=16, heads=3)
    for made_of in GENERATORS.values():
        with pytest.raises(UserError, match="the data are walks of one: take netgan"):
            made_of(WalkSpec(5, 4, 6), NOISE)
