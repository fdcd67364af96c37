"""What all one-shot generators share: sizes, types that a place has not, the law of what is drawn, no padded node."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite.priors.latent import Latent
from gansuite.priors.none import NoLatent
from gansuite.priors.normal import Normal
from gansuite_graph.networks.one_shot import OneShot
from gansuite_graph.priors.node_noise import NodeNoise
from gansuite_graph.spec import GraphSpec, WalkSpec

SPEC = GraphSpec(4, ("C", "N", "O"), ("single", "double"), sizes=(0.0, 0.5, 0.0, 0.5))


class Flat(OneShot):
    """The same logits whatever the latent says."""

    def __init__(self, spec: Any, prior: Any) -> None:
        super().__init__(spec, prior)
        rng = Rng(1, "flat")
        self.node, self.pair = (nn.Parameter(rng.normal(p, k + 1)) for p, k in ((spec.nodes, 3), (spec.pairs, 2)))

    def scores(self, z: Tensor, codes: Tensor | None) -> tuple[Tensor, Tensor]:
        return self.node.expand(len(z), -1, -1), self.pair.expand(len(z), -1, -1)


def test_the_latent_says_how_many_nodes_there_are():
    noise = NodeNoise(SPEC)
    generator, z = Flat(SPEC, noise), noise.sample(500, Rng(0, "z"))
    number = noise.split(z).number
    assert set(number.tolist()) == {2, 4}
    for x in (generator.sample(z, None, Rng(0, "x")), relaxed(generator, z).argmax(2)):
        assert torch.equal((x[:, :4] != 0).sum(1), number)
        assert torch.equal(x[:, :4] != 0, torch.arange(4) < number[:, None])  # the first ones
    x = generator.sample(z, None, Rng(0, "x"))
    assert torch.equal(x, SPEC.tidied(x))  # no edge of a node that is not there


def test_a_code_says_how_many_nodes_there_are():
    spec = GraphSpec(4, sizes=SPEC.sizes, labels=("two", "four"), label_sizes=(2, 4))
    noise = NodeNoise(spec)
    z = noise.sample(100, Rng(0, "z"))
    codes = nn.functional.one_hot(torch.arange(100) % 2, 2).float()

    class Plain(Flat):
        def scores(self, z: Tensor, codes: Tensor | None) -> tuple[Tensor, Tensor]:
            return torch.zeros(len(z), 4, 2), torch.zeros(len(z), 6, 2)

    generator = Plain(spec, Latent(noise.size + 2, noise))
    x = generator.sample(torch.cat([z, codes], 1), codes, Rng(0, "x"))
    assert torch.equal((x[:, :4] != 0).sum(1), torch.tensor([2, 4] * 50))


def test_nothing_is_chosen_that_a_place_has_not():
    generator = Flat(SPEC, Normal(SPEC, size=2))
    z = torch.zeros(2000, 2)
    x = generator.sample(z, None, Rng(0, "x"), alpha=0.01)
    assert x[:, :4].max() == 3 and x[:, 4:].max() == 2
    assert relaxed(generator, z)[:, 4:, 3].max() == 0  # a pair has no third type


def test_the_law_of_what_is_drawn():
    generator, n = Flat(SPEC, Normal(SPEC, size=2)), 40_000
    x = generator.sample(torch.zeros(n, 2), None, Rng(0, "x"))
    share = nn.functional.one_hot(x[:, :4], 4).float().mean(0)
    assert torch.allclose(share, generator.node.softmax(1), atol=0.01)
    there = (x[:, 0] != 0) & (x[:, 1] != 0)
    share = nn.functional.one_hot(x[there, 4], 3).float().mean(0)
    assert torch.allclose(share, generator.pair[0].softmax(0), atol=0.02)
    likeliest = generator.sample(torch.zeros(1, 2), None, Rng(0, "x"), alpha=float("inf"))
    assert torch.equal(likeliest[0, :4], generator.node.argmax(1))


def test_the_mask_holds_all_nodes_and_the_pairs_that_can_be():
    generator = Flat(SPEC, Normal(SPEC, size=2))
    mask = generator.mask(torch.tensor([[1, 0, 2, 0, 1, 1, 1, 1, 1, 1]]))
    assert mask.tolist() == [[True] * 4 + [False, True, False, False, False, False]]


def test_what_it_cannot_be_given():
    with pytest.raises(UserError, match="take netgan"):
        Flat(WalkSpec(5, 4, 6), Normal(SPEC, size=2))
    with pytest.raises(UserError, match="take the prior normal or node-noise"):
        Flat(SPEC, NoLatent(SPEC))
    with pytest.raises(UserError, match="leave the prompt out"):
        Flat(SPEC, Normal(SPEC, size=2)).sample(torch.zeros(1, 2), None, Rng(0), prefix=torch.zeros(1, 1))


def relaxed(generator: OneShot, z: Tensor) -> Tensor:
    estimator = StraightThroughGumbel()
    return generator(z, None, Rng(0, "x"), lambda logits, rng: estimator.choose(logits, rng, 1.0))
