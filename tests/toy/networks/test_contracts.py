"""Every toy network keeps the contract of its kind, on domains of every shape."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.normal import Normal
from gansuite.testing.contracts import CriticContract, GeneratorContract
from gansuite_toy.networks.autoencoder import AutoencoderCritic
from gansuite_toy.networks.critic import MLPCritic
from gansuite_toy.networks.deep_set import DeepSetCritic
from gansuite_toy.networks.maxout import MaxoutCritic
from gansuite_toy.networks.perceptron import MLPEncoder, MLPGenerator, MLPTranslator
from gansuite_toy.networks.smallest import PointGenerator, QuadraticCritic, ScaleGenerator, SlopeCritic
from gansuite_toy.spec import ImageSpec, OneHotSpec, PointsSpec, SignalSpec, ToySpec

POINTS = PointsSpec(2)
IMAGES = ImageSpec(height=4, width=3, channels=2)


class TestMLPGenerator(GeneratorContract):
    spec, prior = POINTS, Normal(POINTS, size=3)

    def make(self) -> nn.Module:
        return MLPGenerator(self.spec, self.prior, width=8)


class TestMLPGeneratorOfPictures(GeneratorContract):
    spec, prior = IMAGES, Normal(IMAGES, size=3)

    def make(self) -> nn.Module:
        return MLPGenerator(self.spec, self.prior, width=8, norm="layer", activation="tanh", output="tanh")


class TestScaleGenerator(GeneratorContract):
    spec, prior = POINTS, Normal(POINTS, size=2)

    def make(self) -> nn.Module:
        return ScaleGenerator(self.spec, self.prior, start=0.5)


class TestMLPCritic(CriticContract):
    spec = POINTS

    def make(self) -> nn.Module:
        return MLPCritic(self.spec, width=8)


class TestPackedMLPCritic(CriticContract):
    spec = IMAGES.widened(6)

    def make(self) -> nn.Module:
        return MLPCritic(self.spec, width=8, depth=1, init="orthogonal", gain=1.4)


class TestDiscriminatingCritic(CriticContract):
    spec = POINTS

    def make(self) -> nn.Module:
        return MLPCritic(self.spec, width=8, minibatch="discrimination", kernels=3, dimensions=2)


class TestMaxoutCritic(CriticContract):
    spec = IMAGES

    def make(self) -> nn.Module:
        return MaxoutCritic(self.spec, width=6, depth=2, pieces=3, init="normal")


class TestAutoencoderCritic(CriticContract):
    spec = POINTS

    def make(self) -> nn.Module:
        return AutoencoderCritic(self.spec, width=8, code=2)

    def test_the_score_is_the_head_of_the_features(self) -> None:
        with pytest.raises(UserError, match="no function of the features"):
            AutoencoderCritic(self.spec).head(torch.zeros(3, 8))


class TestDeepSetCritic(CriticContract):
    spec = POINTS

    def make(self) -> nn.Module:
        return DeepSetCritic(self.spec, width=8)


class TestSlopeCritic(CriticContract):
    spec = POINTS

    def make(self) -> nn.Module:
        return SlopeCritic(self.spec)


class TestQuadraticCritic(CriticContract):
    spec = POINTS

    def make(self) -> nn.Module:
        return QuadraticCritic(self.spec)


def score(critic: nn.Module, x: Tensor) -> Tensor:
    return critic(x, None, None)


class TestFeatures:
    critics: ClassVar[dict[str, Any]] = {
        "mlp": lambda: MLPCritic(POINTS, width=8),
        "stddev": lambda: MLPCritic(POINTS, width=8, minibatch="stddev"),
        "discrimination": lambda: MLPCritic(POINTS, width=8, minibatch="discrimination", kernels=3),
        "flat": lambda: MLPCritic(POINTS, depth=0),
        "maxout": lambda: MaxoutCritic(POINTS, width=8),
        "deep-set": lambda: DeepSetCritic(POINTS, width=8),
    }

    @pytest.mark.parametrize("name", critics)
    def test_the_score_is_linear_in_the_features(self, name: str):
        critic, x = self.critics[name]().eval(), Rng(0, "x").normal(8, 2)
        features = critic.features(x)
        assert features.shape == (8, critic.width)
        assert torch.equal(critic.head(features), score(critic, x))

    @pytest.mark.parametrize("name", [*critics, "autoencoder", "slope", "quadratic"])
    def test_width_is_that_of_the_features(self, name: str):
        others = {"autoencoder": AutoencoderCritic, "slope": SlopeCritic, "quadratic": QuadraticCritic}
        critic = self.critics[name]() if name in self.critics else others[name](POINTS)
        assert critic.features(torch.ones(4, 2)).shape == (4, critic.width)


def test_the_smallest_players_by_hand():
    x = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
    assert score(SlopeCritic(POINTS, start=2.0), x).tolist() == [-2, 7]
    assert score(QuadraticCritic(POINTS, start=2.0), x).tolist() == [10, 18.5]
    assert PointGenerator(POINTS, None, start=0.7)(torch.zeros(3, 1)).tolist() == [[pytest.approx(0.7)] * 2] * 3
    scaled = ScaleGenerator(POINTS, Normal(POINTS, size=2), start=-3.0)(x)
    assert torch.equal(scaled, -3 * x)
    with pytest.raises(ValueError, match="size = 2"):
        ScaleGenerator(POINTS, Normal(POINTS, size=3))


def test_one_slope_moves_every_sample_of_the_point():
    network = PointGenerator(PointsSpec(1), None, start=0.0)
    network(torch.zeros(5, 1)).sum().backward()
    assert network.theta.grad is not None and network.theta.grad.tolist() == [5]


def test_spectral_norm_bounds_the_critic():
    critic = MLPCritic(POINTS, width=16, norm="spectral", lipschitz=1.5).train()
    x = 3 * Rng(0, "x").normal(64, 2)
    for _ in range(60):
        score(critic, x)  # the power method needs a few passes
    x.requires_grad_()
    (slope,) = torch.autograd.grad(score(critic.eval(), x).sum(), x)
    assert float(slope.norm(dim=1).max()) <= 1.5**3 * 1.001
    layers = [module for module in critic.modules() if isinstance(module, nn.Linear)]
    for layer in layers:
        assert float(torch.linalg.svdvals(layer.weight.detach())[0]) == pytest.approx(1.5, rel=1e-3)
    assert len(layers) == 3


def test_the_energy_is_the_distance_of_what_is_given_back():
    critic, x = AutoencoderCritic(IMAGES, width=8), Rng(0, "x").normal(5, *IMAGES.shape)
    back = critic.decoder(critic.features(x))
    assert torch.allclose(score(critic, x), (back - x.flatten(1)).norm(dim=1), atol=1e-5)
    assert (score(critic, x) > 0).all()


def test_a_deep_set_follows_every_order_and_sees_its_batch():
    critic, x = DeepSetCritic(POINTS, width=8), Rng(0, "x").normal(6, 2)
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    assert torch.allclose(score(critic, x[order]), score(critic, x)[order], atol=1e-6)
    assert not torch.allclose(score(critic, x[:3]), score(critic, x)[:3], atol=1e-3)
    alone = MLPCritic(POINTS, width=8)
    assert torch.allclose(score(alone, x[:3]), score(alone, x)[:3], atol=1e-6)


@pytest.mark.parametrize("norm", ["none", "batch", "layer", "pixel", "virtual-batch"])
def test_every_norm_trains(norm: Any):
    network = MLPGenerator(POINTS, Normal(POINTS, size=3), width=8, norm=norm)
    network(Rng(0, "z").normal(16, 3)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())


def test_outputs_lie_in_the_range_of_their_data():
    z = 10 * Rng(0, "z").normal(9, 3)
    for output, low, high in (("tanh", -1, 1), ("sigmoid", 0, 1)):
        x = MLPGenerator(IMAGES, Normal(IMAGES, size=3), output=output)(z)
        assert low <= float(x.detach().min()) < float(x.detach().max()) <= high
    text = OneHotSpec(vocabulary=5, length=4)
    x = MLPGenerator(text, Normal(text, size=3), output="softmax")(z)
    assert torch.allclose(x.sum(1), torch.ones(9, 4), atol=1e-6)


def test_initial_weights_are_what_was_asked_for():
    orthogonal = MLPGenerator(POINTS, Normal(POINTS, size=8), width=8, init="orthogonal", gain=1.4)
    layer = orthogonal.body[0]
    assert isinstance(layer, nn.Linear)
    assert torch.allclose(layer.weight @ layer.weight.T, 1.4**2 * torch.eye(8), atol=1e-5)
    assert not layer.bias.any()
    narrow = MaxoutCritic(POINTS, init="normal")
    assert float(narrow.body[1].affine.weight.detach().std()) == pytest.approx(0.02, rel=0.02)
    assert [module.affine.weight.shape for module in narrow.body] == [(1000, 2), (1000, 200), (1000, 200)]


def test_an_encoder_gives_codes_of_the_priors_size():
    encoder = MLPEncoder(IMAGES, Normal(IMAGES, size=7), width=8)
    assert encoder(Rng(0, "x").normal(4, *IMAGES.shape)).shape == (4, 7)


@pytest.mark.parametrize(
    ("spec", "source"),
    [(POINTS, PointsSpec(5)), (SignalSpec(length=16), SignalSpec(length=4)), (IMAGES, POINTS)],
    ids=["points", "signals", "pictures"],
)
def test_a_translator_goes_from_any_shape_to_any(spec: ToySpec, source: ToySpec):
    network = MLPTranslator(spec, source, width=8)
    assert network(Rng(0, "x").normal(4, *source.shape)).shape == (4, *spec.shape)


def test_a_labelled_translator_obeys_its_label():
    spec = PointsSpec(2, labels=("a", "b", "c"))
    network, x = MLPTranslator(spec, spec, width=8, labelled=True), Rng(0, "x").normal(3, 2)
    there = [network(x, torch.eye(3)[torch.full([3], label)]) for label in range(3)]
    assert not torch.allclose(there[0], there[1])
    assert torch.equal(network(x), network(x, torch.zeros(3, 3)))
    with pytest.raises(ValueError, match="labels"):
        MLPTranslator(POINTS, POINTS, labelled=True)


def test_a_residual_translator_begins_at_its_input():
    network, x = MLPTranslator(POINTS, POINTS, width=8, residual=True), Rng(0, "x").normal(4, 2)
    nn.init.zeros_(network.head.weight)
    nn.init.zeros_(network.head.bias)
    assert torch.equal(network(x), x)
    with pytest.raises(ValueError, match="residual"):
        MLPTranslator(POINTS, PointsSpec(3), residual=True)


@pytest.mark.parametrize(
    "options",
    [{"lipschitz": 4.0}, {"kernels": 4}, {"dimensions": 2, "minibatch": "stddev"}, {"gain": 1.4}],
    ids=["lipschitz", "kernels", "dimensions", "gain"],
)
def test_an_option_that_would_do_nothing_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="does nothing without"):
        MLPCritic(POINTS, **options)
