"""Optimisers, schedules, and the moving average."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from torch import nn

from gansuite.engine.follower import Average
from gansuite.engine.optimizers import adam, adamw, rmsprop, sgd
from gansuite.engine.player import Player
from gansuite.engine.rng import Rng
from gansuite.engine.schedules import constant, cosine, linear, piecewise


def test_adams_first_step_is_the_rate_whatever_the_gradient() -> None:
    for size in (1e-3, 1.0, 1e3):
        p = nn.Parameter(torch.zeros(3))
        Player("x", [p], adam([p], lr=0.01)).move([torch.tensor([size, -size, 0.0])])
        torch.testing.assert_close(p.data, torch.tensor([-0.01, 0.01, 0.0]), rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("make", [adam, adamw, rmsprop, sgd])
def test_a_gradient_in_another_order_of_memory_moves_the_same_weights(make) -> None:
    """Fused kernels read memory from end to end; those of a product or a convolution come transposed."""
    values = torch.arange(12.0).view(3, 4) - 5
    moved = []
    for gradient in (values, values.T.contiguous().T):
        p = nn.Parameter(torch.zeros(3, 4))
        player = Player("x", [p], make([p], lr=0.01))
        for _ in range(3):
            player.move([gradient])
        moved.append(p.detach())
    assert not values.T.contiguous().T.is_contiguous()
    assert torch.equal(*moved)


@pytest.mark.parametrize("make", [adam, adamw, rmsprop, sgd])
def test_optimisers_descend_a_bowl(make) -> None:
    p = nn.Parameter(torch.tensor([1.0, -1.0]))
    player = Player("x", [p], make([p], lr=0.01))
    for _ in range(500):
        player.move([p.data.clone()])
    assert float(p.data.norm()) < 0.1


def test_negative_momentum_follows_the_heavy_ball() -> None:
    """v ← beta v + g; x ← x - h v, by hand."""
    p = nn.Parameter(torch.tensor([1.0]))
    player = Player("x", [p], sgd([p], lr=0.1, momentum=-0.5))
    x, v = 1.0, 0.0
    for _ in range(6):
        player.move([p.data.clone()])
        v = -0.5 * v + x
        x = x - 0.1 * v
    assert float(p.data) == pytest.approx(x, rel=1e-5)


def test_schedules_are_functions_of_the_step() -> None:
    assert constant(100)(99) == 1
    ramp = linear(100, begin=0.5, final=0.2)
    assert [ramp(s) for s in (0, 50, 75, 100)] == pytest.approx([1, 1, 0.6, 0.2])
    curve = cosine(100)
    assert [curve(s) for s in (0, 50, 100)] == pytest.approx([1, 0.5, 0])
    p = nn.Parameter(torch.zeros(1))
    player = Player("x", [p], sgd([p], lr=0.4), ramp)
    player.at(75)
    assert player.optimizer.param_groups[0]["lr"] == pytest.approx(0.24)
    player.at(0)
    assert player.optimizer.param_groups[0]["lr"] == pytest.approx(0.4)


def test_average_forgets_half_in_its_half_life() -> None:
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 1.0)
    average = Average([layer], half_life=10.0, ramp=math.inf)
    nn.init.constant_(layer.weight, 0.0)
    for step in range(1, 11):
        average.after(step)
    assert float(average.shadow[0]) == pytest.approx(0.5, rel=1e-5)


def test_average_ramps_up_and_swaps() -> None:
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 5.0)
    average = Average([layer], half_life=1000.0)
    for step, value in enumerate((1.0, 2.0, 3.0), start=1):
        nn.init.constant_(layer.weight, value)
        average.after(step)
    assert 2.8 < float(average.shadow[0]) < 3  # the first weights are forgotten at once
    shadow = float(average.shadow[0])
    weight = layer.weight
    with average.applied():
        assert float(layer.weight.detach()) == shadow
        assert layer.weight is weight  # the optimiser's parameter, not a copy
    assert float(layer.weight.detach()) == 3
    assert float(average.shadow[0]) == shadow


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("make", [adam, adamw])
def test_our_fused_adam_is_torchs_to_the_bit(make, decay: float) -> None:
    """Over changing rates, a parameter that rests for a step, and a state that is saved and loaded."""
    rng = Rng(0, "adam")
    start = [rng.normal(5, 3), rng.normal(7)]
    theirs = torch.optim.Adam if make is adam else torch.optim.AdamW
    ours_p, theirs_p = ([nn.Parameter(t.clone()) for t in start] for _ in range(2))
    ours = make(ours_p, lr=0.01, weight_decay=decay)
    reference = theirs(theirs_p, lr=0.01, betas=(0.5, 0.9), weight_decay=decay, fused=True)
    for step in range(30):
        for optimizer in (ours, reference):
            optimizer.param_groups[0]["lr"] = 0.01 / (1 + step)
        gradients = [rng.normal(*t.shape) for t in start]
        if step == 12:
            gradients[1] = None
        Player("x", ours_p, ours).move(gradients)
        for p, g in zip(theirs_p, gradients, strict=True):
            p.grad = g
        reference.step()
        if step == 20:
            state = copy.deepcopy(ours.state_dict())
            ours = make(ours_p, lr=1.0)
            ours.load_state_dict(state)
        assert all(torch.equal(a, b) for a, b in zip(ours_p, theirs_p, strict=True)), step
    assert ours.state_dict().keys() == reference.state_dict().keys()


def test_average_follows_a_shared_weight_once_and_copies_buffers() -> None:
    shared, norm = nn.Linear(1, 1, bias=False), nn.BatchNorm1d(1)
    nn.init.constant_(shared.weight, 1.0)
    average = Average([shared, nn.Sequential(shared, norm)], half_life=10.0)
    nn.init.constant_(shared.weight, 5.0)
    norm.running_mean.fill_(3.0)
    with average.applied():
        assert float(shared.weight.detach()) == 1
        assert float(norm.running_mean) == 0
    assert float(shared.weight.detach()) == 5
    assert float(norm.running_mean) == 3
    average.after(1)
    with average.applied():
        assert float(norm.running_mean) == 3


def test_our_fused_adam_survives_a_copy_and_new_parameters() -> None:
    p, q = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    optimizer = adam([p], lr=0.1)
    p.grad = torch.ones(2)
    optimizer.step()
    copy.deepcopy(optimizer).step()
    optimizer.add_param_group({"params": [q]})
    q.grad = torch.ones(2)
    optimizer.step()
    torch.testing.assert_close(q.data, torch.full((2,), 0.9))


def test_a_clipped_gradient_keeps_its_direction_over_all_parameters() -> None:
    a, b, c = (nn.Parameter(torch.zeros(n)) for n in (1, 1, 2))
    player = Player("x", [a, b, c], sgd([a, b, c], lr=1.0), clip=1.0)
    player.move([torch.tensor([3.0]), torch.tensor([4.0]), None])  # norm 5
    torch.testing.assert_close(torch.cat([a.data, b.data, c.data]), torch.tensor([-0.6, -0.8, 0.0, 0.0]))
    player.move([torch.tensor([0.1]), torch.tensor([0.2]), None])  # short enough
    torch.testing.assert_close(torch.cat([a.data, b.data]), torch.tensor([-0.7, -1.0]))


def test_piecewise_rates() -> None:
    rate = piecewise(10, at=[3, 7], factors=[1.0, 0.1, 0.5])
    assert [rate(step) for step in (0, 2, 3, 6, 7, 9)] == [1.0, 1.0, 0.1, 0.1, 0.5, 0.5]
    for at, factors in (([3], [1.0]), ([3, 3], [1.0, 1.0, 1.0]), ([7, 3], [1.0, 1.0, 1.0])):
        with pytest.raises(ValueError, match="one factor more"):
            piecewise(10, at=at, factors=factors)
