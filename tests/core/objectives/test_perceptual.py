"""The perceptual distance and its frozen network."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.perceptual import Perceptual

SHAPES = [(2,), (1, 64), (3, 8, 8), (1, 4, 4, 4)]
shapes = pytest.mark.parametrize("shape", SHAPES, ids=str)


def make(**options) -> Perceptual:
    return Perceptual(critic=NonSaturating(), **options)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@shapes
def test_equal_samples_are_at_no_distance(shape) -> None:
    """Zero with a finite gradient at x = y; positive and symmetric elsewhere; the global random numbers rest."""
    x, y, state = normal(5, *shape).requires_grad_(), normal(5, *shape, seed=1), torch.random.get_rng_state()
    objective = make(width=8)
    distance = objective.distance(x, x.detach())
    assert distance.tolist() == [0] * 5
    (gradient,) = torch.autograd.grad(distance.sum(), x)
    assert gradient.isfinite().all()
    apart = objective.distance(x, y)
    assert (apart > 0).all()
    torch.testing.assert_close(objective.distance(y, x), apart)
    (gradient,) = torch.autograd.grad(apart.sum(), x)
    assert gradient.isfinite().all()
    assert gradient.flatten(1).norm(dim=1).min() > 0
    assert torch.equal(state, torch.random.get_rng_state())


def test_distance_by_loops() -> None:
    """Two layers of a network of vectors, one number at a time."""
    weights, width = [0.5, 2.0], 4
    objective = make(weights=weights, width=width)
    x, y = normal(3, 2), normal(3, 2, seed=1)
    kernels = [kernel.tolist() for kernel in objective.network(x)]

    def layers(values: list[float]) -> list[list[float]]:
        found = []
        for kernel in kernels:
            sums = [sum(w * v for w, v in zip(row, values, strict=True)) for row in kernel]
            values = [max(0.2 * s, s) for s in sums]
            found.append(values)
        return found

    for i, distance in enumerate(objective.distance(x, y).tolist()):
        pairs = zip(weights, layers(x[i].tolist()), layers(y[i].tolist()), strict=True)
        wanted = sum(w * sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) / width for w, a, b in pairs)
        assert distance == pytest.approx(wanted, rel=1e-5)


@shapes
def test_the_network_is_a_function_of_seed_and_shape(shape) -> None:
    """A resumed run has the same one, though it saves nothing; another seed has another; double precision too."""
    x, y = normal(2, *shape), normal(2, *shape, seed=1)
    distance = make().distance(x, y)
    assert torch.equal(make().distance(x, y), distance)
    assert not torch.equal(make(seed=1).distance(x, y), distance)
    assert make().state_dict() == {}
    assert list(make().parameters()) == []
    torch.testing.assert_close(make().distance(x.double(), y.double()), distance.double(), atol=1e-5, rtol=1e-5)


def test_layers_keep_the_scale() -> None:
    """He's scale: the second moment of standard normal samples passes all layers."""
    found = make(width=256, weights=[1.0] * 4).layers(normal(64, 200))
    assert [float(each.square().mean()) for each in found] == pytest.approx([1] * 4, abs=0.15)


def test_unpaired_samples_are_compared_by_means() -> None:
    """Zero for the same samples in another order, and not drawn to one mean: pairs would be."""
    objective, x = make(), normal(6, 2)
    assert float(objective.generator(x[[3, 1, 5, 0, 2, 4]], x).max()) < 1e-12
    assert float(objective.generator(x.mean(0).expand(6, 2), x).min()) > 1e-3
    assert objective.generator_sees == "samples"
    one = objective.generator(x[:1], x[1:2])
    torch.testing.assert_close(one, objective.distance(x[:1], x[1:2]))
