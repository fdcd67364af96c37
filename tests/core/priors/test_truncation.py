"""The truncation trick against scipy's truncated normal law, and against drawing anew."""

from __future__ import annotations

import math

import pytest
import torch
from scipy import stats

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.latent import Latent
from gansuite.priors.none import NoLatent
from gansuite.priors.normal import Normal
from gansuite.priors.truncation import truncated, truncated_normal
from gansuite.priors.uniform import Uniform
from gansuite.testing.contracts import PriorContract

TAUS = [0.04, 0.5, 1.0, 2.0, 6.0]


class TestNormal(PriorContract):
    def make(self) -> Normal:
        return Normal(None, size=3, truncation=0.5)


@pytest.mark.parametrize("tau", TAUS)
def test_quantiles_go_to_quantiles(tau):
    z = torch.linspace(-4, 4, 801, dtype=torch.float64)[:, None]
    expected = stats.truncnorm(-tau, tau).ppf(stats.norm.cdf(z.numpy()))
    torch.testing.assert_close(truncated_normal(z, tau), torch.from_numpy(expected), rtol=0, atol=1e-9)


@pytest.mark.parametrize("tau", TAUS)
def test_law_and_variance(tau):
    z = truncated(Normal(None, size=50), 4000, Rng(0, "z"), tau).flatten().double()
    assert z.abs().max() <= tau
    assert stats.kstest(z.numpy(), stats.truncnorm(-tau, tau).cdf).pvalue > 0.01
    density, within = math.exp(-tau * tau / 2) / math.sqrt(2 * math.pi), math.erf(tau / math.sqrt(2))
    variance = 1 - 2 * tau * density / within
    assert z.var().item() == pytest.approx(variance, rel=6 * math.sqrt(2 / len(z)))


def test_equal_to_drawing_anew():
    tau, rng = 0.7, Rng(1, "anew")
    anew = rng.normal(60000, 1).flatten()
    anew = anew[anew.abs() <= tau]
    mapped = truncated(Normal(None, size=1), len(anew), Rng(2, "z"), tau).flatten()
    assert stats.ks_2samp(anew.numpy(), mapped.numpy()).pvalue > 0.01


def test_spread_grows_with_tau_for_every_latent():
    prior = Normal(None, size=7)
    steps = torch.stack([truncated(prior, 30, Rng(0, "z"), tau).abs() for tau in (0.1, 0.3, 1.0, 3.0)])
    assert (steps[1:] > steps[:-1]).all()
    assert (truncated(prior, 30, Rng(0, "z"), 0.1).sign() == prior.sample(30, Rng(0, "z")).sign()).all()
    torch.testing.assert_close(truncated(prior, 30, Rng(0, "z"), 12.0), prior.sample(30, Rng(0, "z")))


def test_scale_and_the_priors_own_limit():
    wide, own = Normal(None, size=4, scale=2.0), Normal(None, size=4, truncation=0.5)
    torch.testing.assert_close(
        truncated(wide, 9, Rng(0, "z"), 0.5), 2 * truncated(Normal(None, size=4), 9, Rng(0, "z"), 0.5)
    )
    assert torch.equal(own.sample(9, Rng(0, "z")), truncated(Normal(None, size=4), 9, Rng(0, "z"), 0.5))
    assert torch.equal(truncated(own, 9, Rng(0, "z"), 2.0), own.sample(9, Rng(0, "z")))


@pytest.mark.parametrize(
    ("prior", "tau", "told"),
    [
        (Uniform(None), 0.5, "the prior uniform has no tails"),
        (NoLatent(None), 0.5, "has no tails"),
        (Normal(None), 0.0, r"truncation = 0\.0: give a positive number"),
        (Normal(None), -1.0, "positive number"),
        (Normal(None), math.inf, "positive number"),
        (Normal(None), math.nan, "positive number"),
    ],
)
def test_refusals(prior, tau, told):
    with pytest.raises(UserError, match=told) as caught:
        truncated(prior, 2, Rng(0, "z"), tau)
    assert "\n" not in str(caught.value)


def test_codes_are_what_follows_the_priors_coordinates():
    assert Latent(13, Normal(None, size=3)).codes == 10
    assert Latent(13).codes == 0
