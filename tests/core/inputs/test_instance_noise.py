"""Instance noise: its schedule, its law, and what it does to Dirac-GAN."""

from __future__ import annotations

import cmath

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw
from gansuite.inputs.instance_noise import InstanceNoise
from gansuite.objectives.minimax import Minimax
from gansuite.spaces import TensorSpace


def test_the_noise_goes_linearly_or_halves_or_stays() -> None:
    linear, halving = InstanceNoise(scale=0.8, until=4), InstanceNoise(scale=0.8, half_life=2.0)
    assert [linear.scale(t) for t in (0, 1, 4, 9)] == pytest.approx([0.8, 0.6, 0.0, 0.0])
    assert [halving.scale(t) for t in (0, 2, 6)] == pytest.approx([0.8, 0.4, 0.1])
    assert InstanceNoise().scale(10**6) == 0.1
    with pytest.raises(ValueError, match="until or half_life"):
        InstanceNoise(until=3, half_life=2.0)


def test_both_sides_get_normal_noise_of_the_scale_and_none_when_it_has_gone() -> None:
    noise, x = InstanceNoise(scale=0.5, until=10), torch.zeros(20_000, 2)
    moved = noise.samples(x, True, TensorSpace(), Rng(0, "x"), 5)
    assert abs(float(moved.std()) - 0.25) < 3 * 0.25 / (2 * moved.numel()) ** 0.5
    assert noise.samples(x, True, TensorSpace(), Rng(0, "x"), 10) is x


def test_the_game_anneals_by_its_rounds(game, draw) -> None:
    noisy, plain = game([InstanceNoise(scale=1.0, until=2)]), game([])
    values = [noisy("critic", draw(round=t)).value for t in (0, 1, 2)]
    assert values[0] != values[1] != values[2] == plain("critic", draw()).value
    assert not torch.equal(noisy("generator", draw()).value, plain("generator", draw()).value)


class PlusMinus(Rng):
    """Noise of mean 0 and variance scale², exactly: +scale and -scale in turn."""

    def normal(self, n: int, *shape: int, scale: float = 1.0) -> Tensor:
        return scale * torch.tensor([1.0, -1.0], dtype=torch.float64).repeat(n // 2).view(n, *shape)


class Point(nn.Module):
    """All mass at θ."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, z: Tensor, condition: object = None, rng: object = None) -> Tensor:
        return self.weight.expand(len(z), 1)


class Slope(Point):
    """D(x) = ψ x."""

    def forward(self, x: Tensor, condition: object = None, rng: object = None) -> Tensor:
        return self.weight * x.squeeze(1)


@pytest.mark.parametrize("s", [0.7, 1.4, 2.0])
def test_dirac_gan_converges_with_the_eigenvalues_of_the_paper(game, s: float) -> None:
    """f''s² ± √(f''²s⁴ - f'²) with f' = ½, f'' = -¼ (Mescheder et al. 2018, lemma 3.2)."""
    played = game([InstanceNoise(scale=s)], Minimax(), dim=1, generator=Point(), critic=Slope())
    zeros = torch.zeros(4, 1, dtype=torch.float64)
    draw = Draw({"data": zeros, "prior": zeros}, lambda name: PlusMinus(0))
    parameters = [played.generator.weight, played.critic.weight]
    field = [
        -torch.autograd.grad(played(turn, draw).value, parameter, create_graph=True)[0]
        for turn, parameter in zip(("generator", "critic"), parameters, strict=True)
    ]
    jacobian = torch.stack([torch.stack(torch.autograd.grad(v, parameters, retain_graph=True)) for v in field])
    found = sorted(torch.linalg.eigvals(jacobian).tolist(), key=lambda x: (x.real, x.imag))
    root = cmath.sqrt(s**4 / 16 - 0.25)
    expected = sorted([-(s**2) / 4 + root, -(s**2) / 4 - root], key=lambda x: (x.real, x.imag))
    assert found == pytest.approx(expected, abs=1e-7)


def test_tokens_are_refused_before_anything_is_trained() -> None:
    class Tokens:
        class space:
            continuous = False

    with pytest.raises(UserError, match="tokens"):
        InstanceNoise().widen(Tokens())
