"""What a run relies on, as test classes to be subclassed: one per kind of component.

```python
class TestMyCritic(CriticContract):
    spec = PointsSpec()

    def make(self):
        return MyCritic(self.spec, width=4)
```
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.objectives.objective import Objective

N = 5


def quiet_on_global_rng(call: Any) -> Any:
    """The result of a call that must leave torch's global random numbers alone."""
    before = torch.random.get_rng_state()
    result = call()
    assert torch.equal(before, torch.random.get_rng_state()), "it draws from the global random numbers; use rng"
    return result


def every_parameter_learns(network: nn.Module, output: Tensor) -> None:
    """The output's gradient reaches every parameter, finite."""
    names, parameters = zip(*network.named_parameters(), strict=True)
    gradients = torch.autograd.grad(output.square().sum(), parameters, allow_unused=True)
    for name, gradient in zip(names, gradients, strict=True):
        assert gradient is not None, f"{name} has no part in the output"
        assert gradient.isfinite().all(), f"the gradient of {name} is not finite"


class PriorContract(ABC):
    """A prior: ``size``, and latents [n, size] that are a function of the random numbers given."""

    @abstractmethod
    def make(self) -> Any:
        """The prior."""

    def test_latents(self) -> None:
        prior = self.make()
        z = quiet_on_global_rng(lambda: prior.sample(N, Rng(0, "z")))
        assert z.shape == (N, prior.size)
        assert torch.equal(z, prior.sample(N, Rng(0, "z")))
        assert not torch.equal(z, prior.sample(N, Rng(1, "z")))


class GeneratorContract(ABC):
    """A generator: latents to samples of the specification's shape."""

    spec: Any
    prior: Any

    @abstractmethod
    def make(self) -> nn.Module:
        """The network."""

    def draw(self, network: nn.Module, seed: int = 0) -> Tensor:
        """Samples from fixed random numbers."""
        z = self.prior.sample(N, Rng(seed, "z"))
        return quiet_on_global_rng(lambda: network(z, None, Rng(seed, "network")))

    def test_shape_and_finiteness(self) -> None:
        samples = self.draw(self.make())
        assert samples.shape == (N, *self.spec.shape)
        assert samples.isfinite().all()

    def test_same_numbers_same_samples(self) -> None:
        network = self.make().eval()
        assert torch.equal(self.draw(network), self.draw(network))
        assert not torch.equal(self.draw(network), self.draw(network, seed=1))

    def test_gradients(self) -> None:
        network = self.make()
        every_parameter_learns(network, self.draw(network))


class CriticContract(ABC):
    """A critic: samples to one score each."""

    spec: Any

    @abstractmethod
    def make(self) -> nn.Module:
        """The network."""

    def samples(self) -> Tensor:
        """What is scored; override where samples are no standard normal numbers."""
        return Rng(0, "samples").normal(N, *self.spec.shape)

    def test_one_score_a_sample(self) -> None:
        network = self.make()
        scores = quiet_on_global_rng(lambda: network(self.samples(), None, Rng(0, "network")))
        assert scores.shape == (N,)
        assert scores.isfinite().all()

    def test_same_numbers_same_scores(self) -> None:
        network, x = self.make().eval(), self.samples()
        assert torch.equal(network(x, None, Rng(0, "network")), network(x, None, Rng(0, "network")))

    def test_the_score_is_the_head_of_the_features(self) -> None:
        network: Any = self.make().eval()
        x = self.samples()
        if hasattr(network, "features"):  # without them, games that put heads of their own on a critic refuse it
            features = network.features(x, Rng(0, "network"))
            assert features.shape == (N, network.width)
            torch.testing.assert_close(network.head(features), network(x, None, Rng(0, "network")))

    def test_gradients(self) -> None:
        network, x = self.make(), self.samples().requires_grad_()
        scores = network(x, None, Rng(0, "network"))
        (slope,) = torch.autograd.grad(scores.sum(), x, retain_graph=True)
        assert slope.isfinite().all()
        every_parameter_learns(network, scores)


class SeveralScoresContract(CriticContract):
    """A critic of several scores a sample, [n, m]."""

    def test_one_score_a_sample(self) -> None:
        network: Any = self.make()
        x = self.samples()
        scores = quiet_on_global_rng(lambda: network(x, None, Rng(0, "network")))
        assert scores.dim() == 2
        assert len(scores) == N
        assert scores.isfinite().all()
        assert network.several

    def test_the_score_is_the_head_of_the_features(self) -> None:
        network: Any = self.make().eval()
        x = self.samples()
        if hasattr(network, "read"):  # features of the whole beside the scores
            scores, features = network.read(x, Rng(0, "network"))
            assert features.shape == (N, network.width)
            assert torch.equal(scores, network(x, None, Rng(0, "network")))
            assert torch.equal(features, network.features(x, Rng(0, "network")))

    def test_a_penalty_may_use_its_slope(self) -> None:
        network, x = self.make(), self.samples().requires_grad_()
        (slope,) = torch.autograd.grad(network(x).mean(1).sum(), x, create_graph=True)
        weights = [each for each in network.parameters() if each.dim() > 1]
        gradients = torch.autograd.grad(slope.square().sum(), weights)
        assert all(each.isfinite().all() and each.any() for each in gradients)


class PresenterContract(ABC):
    """A presenter: samples to as many exhibits as they make, which need nothing from elsewhere."""

    @abstractmethod
    def make(self) -> Any:
        """The presenter."""

    @abstractmethod
    def samples(self, n: int) -> Any:
        """An array of ``n`` samples."""

    def test_an_exhibit_each(self) -> None:
        presenter = self.make()
        exhibits = presenter(self.samples(3 * presenter.together))
        assert len(exhibits) == 3
        assert all(each.words and "<" in each.html for each in exhibits)

    def test_nothing_from_elsewhere(self) -> None:
        presenter = self.make()
        page = presenter.style + presenter.script + presenter(self.samples(presenter.together))[0].html
        assert not re.search(r"""(src|href)=["'](?!data:|#)|url\((?!["']?(data:|#))|@import""", page)

    def test_the_same_for_the_same_sample(self) -> None:
        presenter = self.make()
        x = self.samples(2 * presenter.together)
        assert presenter(x)[0].html == presenter(x[: presenter.together])[0].html


class ObjectiveContract(ABC):
    """An objective: scores or features to unreduced costs, whose critic is paid for telling real from fake."""

    @abstractmethod
    def make(self) -> Objective:
        """The objective."""

    def seen(self, sees: str, start: float, end: float) -> Tensor:
        """What a side is called with, of an even number of samples."""
        x = torch.linspace(start, end, 2 * N)
        return x if sees == "scores" else torch.stack([x, x.square(), x.cos()], 1)

    def generator_cost(self, objective: Objective, fake: Tensor, real: Tensor) -> Tensor:
        """The generator's cost, as a game asks for it."""
        return objective.generator(fake, real if objective.generator_needs_real else None)

    def test_one_cost_an_example(self) -> None:
        objective = self.make()
        critic_sees = self.seen(objective.critic_sees, -2.0, 2.0), self.seen(objective.critic_sees, 3.0, -3.0)
        generator_sees = self.seen(objective.generator_sees, 3.0, -3.0), self.seen(objective.generator_sees, -2.0, 2.0)
        assert objective.critic(*critic_sees).shape == (2 * N,)
        assert self.generator_cost(objective, *generator_sees).shape == (2 * N,)

    def test_who_gains_by_which_score(self) -> None:
        objective, sign = self.make(), 1
        if objective.energy:
            objective.after(torch.full([N], 2.0), torch.full([N], 0.5))  # state that begins at nothing has moved
            sign = -1
        # Scores between the targets 0 and 1 that some objectives set, and inside the margins of others.
        real, fake = (torch.full([N], 0.25, requires_grad=True) for _ in range(2))
        if objective.critic_sees == "scores":
            for_real, for_fake = torch.autograd.grad(objective.critic(real, fake).sum(), (real, fake))
            assert (sign * for_real < 0).all(), "the critic loses by scoring real samples as real"
            assert (sign * for_fake > 0).all(), "the critic gains by scoring fake samples as real"
        if objective.generator_sees == "scores":
            # Taken for fake: on the other side of the boundary, which some generators seek and no more.
            taken = torch.full([N], -0.25 * sign, requires_grad=True)
            (gain,) = torch.autograd.grad(self.generator_cost(objective, taken, real).sum(), taken)
            assert (sign * gain < 0).all(), "the generator loses by scores that mean real"

    def test_an_example_alone_unless_the_batch_is_coupled(self) -> None:
        objective = self.make()
        if not objective.joint:
            real, fake = self.seen(objective.critic_sees, -2.0, 2.0), self.seen(objective.critic_sees, 3.0, -3.0)
            assert torch.allclose(objective.critic(real, fake)[:2], objective.critic(real[:2], fake[:2]))

    def test_halves_where_separable(self) -> None:
        objective = self.make()
        if objective.separable:
            real, fake = self.seen("scores", -2.0, 2.0), self.seen("scores", 3.0, -3.0)
            halves = objective.on_real(real) + objective.on_fake(fake)  # type: ignore[attr-defined]
            assert torch.equal(objective.critic(real, fake), halves)
