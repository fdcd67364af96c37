"""Penalties of the generator's turn, on generators and features whose Jacobians are known."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw
from gansuite.penalties.jacobian_clamping import JacobianClamping
from gansuite.penalties.path_length import PathLength
from gansuite.penalties.repelling import Repelling
from gansuite.spaces import TensorSpace


def out_of(generator: Any, z: Tensor, features: Any = None) -> dict[str, Any]:
    out = {"latent": z, "fake": generator(z), "generator": generator}
    return out | ({"features": lambda x, rng=None: features(x)} if features else {})


def latents(n: int = 64, d: int = 4) -> Tensor:
    return Rng(0, "z").normal(n, d)


@pytest.mark.parametrize("step", [0.1, 1.0, 3.0])
@pytest.mark.parametrize(("a", "wanted"), [(0.5, 0.25), (1.0, 0.0), (7.0, 0.0), (20.0, 0.0), (25.0, 25.0)])
def test_clamping_of_a_linear_generator(price, a, wanted, step) -> None:
    """G(z) = a z stretches by a everywhere: free between 1 and 20, else the squared distance from there."""
    value = price(JacobianClamping(step=step), out_of(lambda z: a * z, latents()))
    assert value == pytest.approx(wanted, rel=1e-3, abs=1e-8)


def test_clamping_is_per_sample(price) -> None:
    """One latent in four is stretched by 22: 2²/4; a norm over the batch would find nothing wrong."""
    a = torch.ones(64, 1) * 5
    a[::4] = 22
    assert price(JacobianClamping(), out_of(lambda z: a * z, latents())) == pytest.approx(1, rel=1e-4)


def test_clamping_looks_in_all_directions_alike(price) -> None:
    """For G = diag(c) z, E Q² over uniform directions is the mean of c²."""
    c = torch.tensor([1.0, 2.0, 3.0, 4.0])
    z = latents(20000)
    value = price(JacobianClamping(low=0.0, high=1e-9), out_of(lambda z: c * z, z))
    assert value == pytest.approx(float(c.square().mean()), rel=0.02)


def test_clamping_refuses_bounds_that_leave_nothing_free() -> None:
    with pytest.raises(ValueError, match="low = 3 lies above high = 2"):
        JacobianClamping(low=3.0, high=2.0)


def test_path_length_of_a_linear_generator(price) -> None:
    """G(z) = A z has Jᵀy = Aᵀy at every z; with a = 0 the mean square is |A|²_F."""
    A = Rng(0, "A").normal(3, 4)
    value = price(PathLength(), out_of(lambda z: z @ A.T, latents(20000)))
    assert value == pytest.approx(float(A.square().sum()), rel=0.03)


def test_path_length_of_a_scaled_isometry_rests_at_its_scale(price) -> None:
    """A scalar sample: ‖Jᵀy‖ = |g| |y|, so E (|g| |y| - a)² is g² - 2 a g sqrt(2/π) + a² for any a."""
    g = torch.tensor([[0.6, 0.8, 0.0, 0.0]]) * 3
    penalty = PathLength()
    penalty.mean.fill_(2.0)
    value = price(penalty, out_of(lambda z: z @ g.T, latents(40000)))
    assert value == pytest.approx(9 - 2 * 2 * 3 * math.sqrt(2 / math.pi) + 4, rel=0.03)


def test_path_length_does_not_grow_with_the_resolution(price) -> None:
    """One plane A z repeated at all places: Jᵀy = Aᵀ Σ y, and Σ y ~ N(0, 1) whatever their number."""
    A = Rng(0, "A").normal(2, 4)
    for side in (2, 4, 8):
        value = price(
            PathLength(), out_of(lambda z, s=side: (z @ A.T)[:, :, None, None].expand(-1, -1, s, s), latents(20000))
        )
        assert value == pytest.approx(float(A.square().sum()), rel=0.05)


def test_the_running_mean_moves_after_a_move_and_never_in_a_cost(stage, draw) -> None:
    A = Rng(0, "A").normal(3, 4)
    penalty, game, out = PathLength(decay=0.25, every=2), stage({}, TensorSpace()), out_of(lambda z: z @ A.T, latents())
    first = penalty(game, draw(), out)
    assert torch.equal(first, penalty(game, draw(), out))
    lengths = penalty.lengths(game, draw(), out).detach()
    penalty.after(game, draw(), out)
    assert float(penalty.mean) == pytest.approx(0.25 * float(lengths.mean()), rel=1e-6)
    penalty.after(game, draw(index=1), out)  # a move of which the penalty was no part
    assert float(penalty.mean) == pytest.approx(0.25 * float(lengths.mean()), rel=1e-6)
    other = PathLength()
    other.load_state_dict(penalty.state_dict())
    assert torch.equal(other.mean, penalty.mean)


class Plain(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))

    def forward(self, z: Tensor) -> Tensor:
        return self.net(z)


@pytest.mark.parametrize("make", [JacobianClamping, PathLength], ids=["jacobian-clamping", "path-length"])
def test_the_generator_learns_from_it(charge, make) -> None:
    """Descending the penalty alone lowers it: the gradient goes through the Jacobian."""
    generator, penalty = Plain(), make()
    optimizer = torch.optim.Adam(generator.parameters(), lr=0.01)
    costs = []
    for _ in range(60):
        value = charge(penalty, out_of(generator, latents()))
        costs.append(float(value.detach()))
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    assert costs[-1] < 0.3 * costs[0]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([[1.0, 2.0]] * 5, 1.0),
        ([[1.0, 0.0], [0.0, 7.0]], 0.0),
        ([[1.0, 1.0], [-3.0, -3.0]], 1.0),
        ([[1.0, 0.0], [1.0, 1.0]], 0.5),
    ],
    ids=["identical", "orthogonal", "opposite", "at 45 degrees"],
)
def test_repelling_is_the_mean_squared_cosine_of_pairs(price, rows, wanted) -> None:
    fake = torch.tensor(rows)
    assert price(Repelling(), {"fake": fake, "features": lambda x, rng=None: x}) == pytest.approx(wanted, abs=1e-6)


def test_repelling_ignores_order_and_length(price) -> None:
    fake = latents(16)
    out = {"features": lambda x, rng=None: x}
    value = price(Repelling(), out | {"fake": fake})
    assert price(Repelling(), out | {"fake": fake.flip(0) * torch.arange(1, 17)[:, None]}) == pytest.approx(
        value, rel=1e-5
    )


def test_repelling_drives_samples_apart(charge) -> None:
    fake = (latents(2, 4) * 0.1 + 1).requires_grad_()
    out = {"fake": fake, "features": lambda x, rng=None: x}
    (slope,) = torch.autograd.grad(charge(Repelling(), out), fake)
    moved = (fake - slope).detach()
    assert float(torch.cosine_similarity(moved[0], moved[1], dim=0)) < float(
        torch.cosine_similarity(*fake.detach(), dim=0)
    )


def test_repelling_compares_the_samples_of_all_ranks(price, stage) -> None:
    """Two ranks of eight rows each are charged for the pairs of all sixteen."""
    fake = latents(16)
    draw = Draw({}, lambda name: Rng(0, name), gather=lambda rows: torch.cat([rows, fake[8:]]))
    out = {"features": lambda x, rng=None: x}
    mine = Repelling()(stage({}, TensorSpace()), draw, out | {"fake": fake[:8]})
    assert float(mine) == pytest.approx(price(Repelling(), out | {"fake": fake}), rel=1e-6)


def test_repelling_of_one_sample_is_refused(charge) -> None:
    with pytest.raises(UserError, match="batch_size must exceed 1"):
        charge(Repelling(), {"fake": latents(1), "features": lambda x, rng=None: x})


def test_path_length_is_taken_from_the_styles_where_there_are_some(price) -> None:
    """x = Σ_l A w_l + z has the gradient Aᵀy at each of the l styles, so their mean square is |A|²_F for any l."""
    A = Rng(0, "A").normal(3, 4)
    make = lambda styles: styles.sum(1) @ A.T  # noqa: E731
    out = out_of(lambda z: 100 * z, latents()) | {"styles": lambda z: z[:, None].expand(-1, 5, -1), "synthesis": make}
    wanted = float(A.square().sum())
    seen = [price(PathLength(), {**out, "latent": Rng(i, "z").normal(4096, 4).requires_grad_()}) for i in range(2)]
    assert sum(seen) / 2 == pytest.approx(wanted, rel=0.05)
