"""InfoGAN: the bound on the mutual information, and codes that are drawn and not read off the data."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from gansuite.conditioning.info_gan import InfoGan
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.objectives.non_saturating import NonSaturating


def equipped(game, **options: object) -> InfoGan:
    return game([], conditioning=InfoGan(**options)).conditioning


def test_codes_are_uniform_categories_and_uniform_numbers(game) -> None:
    codes = equipped(game, categories=[3, 2], continuous=2).chance(20_000, Rng(0, "c"))
    assert codes.shape == (20_000, 7)
    assert torch.equal(codes[:, :3].sum(1), torch.ones(20_000)) and torch.equal(
        codes[:, 3:5].sum(1), torch.ones(20_000)
    )
    shares = torch.tensor([1 / 3] * 3 + [1 / 2] * 2)
    torch.testing.assert_close(codes[:, :5].mean(0), shares, atol=4 * 0.5 / 20_000**0.5, rtol=0)
    assert float(codes[:, 5:].min()) < -0.99 and float(codes[:, 5:].max()) > 0.99
    assert abs(float(torch.corrcoef(codes[:, [0, 3, 5, 6]].T).tril(-1).sum())) < 0.1


def test_the_bound_never_exceeds_the_entropy_and_reaches_it_where_codes_are_read_for_sure(game) -> None:
    conditioning = equipped(game, categories=[5])
    codes = conditioning.chance(64, Rng(0, "c")).double()
    torch.manual_seed(0)
    bounds = torch.stack([conditioning.information(torch.randn(64, 32).double(), codes) for _ in range(20)])
    assert (bounds < math.log(5)).all()
    with torch.no_grad():
        conditioning.read.weight.zero_()
        conditioning.read.bias.zero_()
        conditioning.read.weight[:, :5] = 100 * torch.eye(5)
    perfect = torch.cat([codes, torch.zeros(64, 27).double()], 1)
    assert conditioning.information(perfect, codes).item() == pytest.approx(math.log(5), abs=1e-12)
    assert conditioning.information(torch.zeros(64, 32).double(), codes).item() == pytest.approx(0.0, abs=1e-12)


def test_the_bound_is_the_exact_information_of_a_noisy_channel(game) -> None:
    """c uniform on 2 values, x = c but for a flip of probability e, Q the posterior: I = log 2 - h(e)."""
    e, conditioning = 0.2, equipped(game, categories=[2])
    with torch.no_grad():
        conditioning.read.weight.zero_()
        conditioning.read.bias.zero_()
        conditioning.read.weight[:, :2] = math.log((1 - e) / e) * torch.eye(2)
    c = torch.tensor([0] * 5 + [1] * 5)
    x = torch.tensor([0, 0, 0, 0, 1, 1, 1, 1, 1, 0])
    features = torch.nn.functional.one_hot(x, 32).double()
    entropy = -(e * math.log(e) + (1 - e) * math.log(1 - e))
    found = conditioning.information(features, torch.nn.functional.one_hot(c, 2).double())
    assert found.item() == pytest.approx(math.log(2) - entropy, abs=1e-12)


def test_continuous_codes_are_read_by_a_normal_of_deviation_1(game) -> None:
    conditioning = equipped(game, categories=[], continuous=2)
    codes, features = conditioning.chance(50, Rng(0, "c")).double(), torch.rand(50, 32).double()
    q = torch.distributions.Normal(conditioning.read(features), 1.0)
    expected = q.log_prob(codes).mean(0) + math.log(2)
    torch.testing.assert_close(conditioning.information(features, codes), expected)


def test_both_sides_pay_for_unreadable_codes_and_the_critic_sees_none(game, draw) -> None:
    played, batch = (
        game([], conditioning=InfoGan(categories=[4], continuous=1, weight=2.0, continuous_weight=0.5)),
        draw(),
    )
    codes = played.codes(batch)
    assert played.draws("generator") == ("prior",) and codes.shape == (12, 5)
    assert played.critic.trunk[0].in_features == 2
    out = {turn: played(turn, batch) for turn in ("critic", "generator")}
    read = played.conditioning.read(out["critic"].out["features"](out["critic"].out["fake"]))
    discrete = math.log(4) - cross_entropy(read[:, :4], codes[:, :4].double())
    error = 0.5 * (read[:, 4] - codes[:, 4]).square().mean()
    expected = -2.0 * discrete - 0.5 * (math.log(2) - 0.5 * math.log(2 * math.pi) - error)
    for cost in out.values():
        torch.testing.assert_close(cost.parts["information"], expected)
    costs = NonSaturating().generator(out["generator"].out["fake_score"]).mean()
    torch.testing.assert_close(out["generator"].value, costs + expected)


def test_a_condition_names_a_value_of_the_first_code(game) -> None:
    played = game([], conditioning=InfoGan(categories=[3, 2], continuous=1))
    assert played.condition("2", 2).tolist() == [[0, 0, 1, 1, 0, 0]] * 2
    with pytest.raises(UserError, match="no label '3'"):
        played.condition(3, 2)


def test_it_needs_a_code_and_single_samples() -> None:
    with pytest.raises(ValueError, match="without a code"):
        InfoGan(categories=[])
    with pytest.raises(UserError, match="leave out packing"):
        InfoGan().check(NonSaturating(), 3)
