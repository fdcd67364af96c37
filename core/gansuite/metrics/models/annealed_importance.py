"""The log-likelihood of a generator by annealed importance sampling, with a bracket on its own error."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import torch
from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.latents import from_normal, numbers, real_points, slope
from gansuite.metrics.models.points import of_points
from gansuite.metrics.subject import Subject

Decode = Callable[[Tensor], Tensor]

# The first leapfrog step, and how it follows the acceptance. The paper's 0.01, with factors of 1.02 and 0.98, is behind
# for the first hundred laws: its gap is 10 times this one at T = 100 and 300.
STEP, PACE = 0.1, 0.1
STEEPNESS = 4.0  # of the sigmoid schedule
GRID = 4.0 ** -np.arange(8)  # variances that "auto" tries, in units of the data's own


@dataclass(frozen=True)
class Annealing:
    """How a chain goes from the prior to the posterior.

    Args:
        steps: T, intermediate laws.
        chains: for each point.
        leapfrogs: of one Hamiltonian move.
        acceptance: that the step size is steered to, for each point by itself.
    """

    steps: int = 1000
    chains: int = 16
    leapfrogs: int = 10
    acceptance: float = 0.65

    def schedule(self, device: torch.device) -> Float[Tensor, " t"]:
        """beta_0 = 0 .. beta_T = 1 along a sigmoid: dense where the law changes most."""
        t = torch.linspace(-STEEPNESS, STEEPNESS, self.steps + 1, dtype=torch.float64, device=device).sigmoid()
        return (t - t[0]) / (t[-1] - t[0])


class Likelihood:
    """log N(x; G(z), sigma2 I) of every chain's point and its slope in z, computed together."""

    def __init__(self, decode: Decode, x: Float[Tensor, "n d"], sigma2: float, chains: int) -> None:
        self.decode, self.x, self.sigma2, self.chains = decode, x, sigma2, chains
        self.constant = -0.5 * x.shape[1] * math.log(2 * math.pi * sigma2)

    def __call__(self, z: Float[Tensor, "m k"]) -> tuple[Float[Tensor, " m"], Float[Tensor, "m k"]]:
        z = z.detach().requires_grad_()
        with torch.enable_grad():
            made = self.decode(z).flatten(1).unflatten(0, (len(self.x), self.chains))
            value = self.constant - (made - self.x[:, None]).double().square().sum(2).flatten() / (2 * self.sigma2)
            return value.detach(), slope(value, z)


def anneal(
    likelihood: Likelihood, z: Float[Tensor, "m k"], betas: Float[Tensor, " t"], how: Annealing, rng: Rng
) -> tuple[Float[Tensor, "n c"], float]:
    """Log weights sum_t (beta_t - beta_(t-1)) log p(x | z_(t-1)) of every chain, and the share of accepted moves.

    After each weight follows a Hamiltonian move that leaves p(z) p(x | z)^beta_t as it is. Where z begins in the law of
    beta_0, the mean weight is the ratio of the two ends' normalisers without bias, whatever T.
    """
    n = len(likelihood.x)
    step, accepted = z.new_full((n, 1), STEP), 0.0
    weight = torch.zeros(len(z), dtype=torch.float64, device=z.device)
    value, rise = likelihood(z)
    for before, beta in zip(betas[:-1].tolist(), betas[1:].tolist(), strict=True):
        weight += (beta - before) * value
        h = step.expand(n, how.chains).reshape(-1, 1)
        p = rng.normal(*z.shape).to(z.dtype)
        new, momentum, new_value, new_rise = z, p + h / 2 * (beta * rise - z), value, rise
        for i in range(how.leapfrogs):
            new = new + h * momentum
            new_value, new_rise = likelihood(new)
            momentum = momentum + (h if i + 1 < how.leapfrogs else h / 2) * (beta * new_rise - new)
        energy, new_energy = ((a.square() + b.square()).sum(1).double() / 2 for a, b in ((z, p), (new, momentum)))
        log_ratio = beta * (new_value - value) + energy - new_energy
        take = rng.uniform(len(z)).log() < log_ratio  # not where it is NaN: a step that went astray
        z, rise = (torch.where(take[:, None], b, a) for a, b in ((z, new), (rise, new_rise)))
        value = torch.where(take, new_value, value)
        rate = take.double().view(n, how.chains).mean(1, keepdim=True)
        step = step * (PACE * (rate - how.acceptance)).exp().to(step)
        accepted += float(rate.mean()) / (len(betas) - 1)
    return weight.view(n, how.chains), accepted


def log_mean(weights: Float[Tensor, "n c"]) -> Float[np.ndarray, " n"]:
    """The logarithm of the chains' mean weight."""
    return (weights.logsumexp(1) - math.log(weights.shape[1])).cpu().numpy()


def lower_bound(
    decode: Decode, x: Float[Tensor, "n d"], k: int, sigma2: float, how: Annealing, rng: Rng
) -> tuple[Float[np.ndarray, " n"], float]:
    """The estimate of log p(x) of every point, too low in expectation, and the chains' acceptance."""
    z = rng.normal(len(x) * how.chains, k).to(x.dtype)
    weights, accepted = anneal(Likelihood(decode, x, sigma2, how.chains), z, how.schedule(x.device), how, rng)
    return log_mean(weights), accepted


def bracket(
    decode: Decode, n: int, k: int, sigma2: float, how: Annealing, rng: Rng, like: Tensor
) -> Float[np.ndarray, " n"]:
    """Upper less lower bound of log p of ``n`` samples of the model itself: bidirectional Monte Carlo.

    A sample's own latent is an exact draw of its posterior, so chains can also start there and go to the prior:
    their weights estimate 1 / p(x) without bias, hence log p(x) from above. Source: Grosse et al. (2015).
    """
    z = rng.normal(n, k).to(like)
    rows = z.repeat_interleave(how.chains, 0)
    with torch.no_grad():  # as many rows as there are chains, for which a decoder may hold conditions
        made = decode(rows).flatten(1)[:: how.chains]
    x = made + rng.normal(*made.shape, scale=sigma2**0.5).to(made)
    low, _ = lower_bound(decode, x, k, sigma2, how, rng)
    back, _ = anneal(Likelihood(decode, x, sigma2, how.chains), rows, how.schedule(x.device).flip(0), how, rng)
    return -log_mean(back) - low


def log_likelihood(
    decode: Decode,
    x: Tensor | np.ndarray,
    prior: Any,
    *,
    sigma2: float = 0.025,
    steps: int = 1000,
    chains: int = 16,
    leapfrogs: int = 10,
    acceptance: float = 0.65,
    seed: int = 0,
) -> Estimate:
    """Mean log p(x) in nats of a decoder's p(x | z) = N(G(z), sigma2 I), by annealed importance sampling.

        p(x) = E_chains exp sum_t (beta_t - beta_(t-1)) log p(x | z_(t-1))

    Chains of Hamiltonian moves go from the prior to the posterior through p(z) p(x | z)^beta. The mean weight has no
    bias, so its logarithm is too low in expectation, by less the larger T is. Values for different ``sigma2`` are
    those of different models and not to be compared.

    Args:
        decode: G, from latents [m, k] to samples [m, ...], differentiable.
        x: samples, [n, ...].
        prior: k, for standard Gaussian latents; or a prior (normal, uniform, or one with ``from_normal``).
        sigma2: the variance of the noise.
        steps: T, intermediate laws.
        chains: for each sample.
        leapfrogs: of one Hamiltonian move.
        acceptance: that step sizes are steered to.
        seed: of the chains.

    Returns:
        The mean over samples with Student's interval, which covers the choice of samples and not the bound's gap
        to the truth; ``extras["values"]`` has each sample's.

    Raises:
        MetricError: too few samples, samples that are not finite, or of another size than the decoder's.

    Source: Wu, Burda, Salakhutdinov & Grosse (2017), section 3; Neal (2001).
    """
    points = torch.as_tensor(x).flatten(1)
    points = points if points.is_floating_point() else points.float()
    if not torch.isfinite(points).all():
        raise MetricError("ais: the samples are not finite: look for NaN or overflow")
    k = prior if isinstance(prior, int) else prior.size
    made = decode if isinstance(prior, int) else lambda u: decode(from_normal(prior)(u))
    with torch.no_grad():
        size = made(torch.zeros(1, k, dtype=points.dtype, device=points.device)).flatten(1).shape[1]
    if size != points.shape[1]:
        raise MetricError(f"ais: samples of {points.shape[1]} numbers, but the decoder makes {size}")
    how = Annealing(steps, chains, leapfrogs, acceptance)
    rng = Rng(seed, "ais", device=points.device)
    values, accepted = lower_bound(made, points, k, sigma2, how, rng)
    extras = {"sigma2": sigma2, "acceptance": accepted, "values": values.tolist()}
    return of_points(AIS, values, seed=seed, method=METHOD.format(steps, chains), extras=extras)


METHOD = "annealed importance sampling, T = {}, {} chains; mean, Student over samples"


class AIS:
    """Log-likelihood of held-out samples under G(z) + noise, in nats a sample; see ``log_likelihood``.

        ais      mean over held-out x of the lower bound of log p(x)
        ais/gap  upper less lower bound, mean over samples of the model itself: how loose such bounds are here

    The value is to be believed to about the gap. The chains of all samples go through the generator in one batch of
    points x chains rows.

    Args:
        sigma2: the variance of the noise; "auto" tries the real samples' own variance times 4^-i, i = 0..7, on
            validation samples (training ones where those are the ones to be judged, or absent) with a tenth of the
            steps, and takes the likeliest.
        steps: T, intermediate laws; the paper has 10,000.
        chains: for each sample.
        points: held-out samples at most.
        simulated: samples of the model for the gap; 0: none.
        leapfrogs: of one Hamiltonian move.
        acceptance: that step sizes are steered to.

    Source: Wu et al. (2017), sections 3 and 4.
    """

    name = "ais"
    needs = "model"
    direction = "max"
    meaning = "How likely held-out samples are under the model with Gaussian noise added, in nats a sample."

    def __init__(
        self,
        *,
        sigma2: Annotated[float, Gt(0)] | Literal["auto"] = "auto",
        steps: Annotated[int, Gt(0)] = 1000,
        chains: Annotated[int, Gt(0)] = 16,
        points: Annotated[int, Ge(2)] = 32,
        simulated: Annotated[int, Ge(0)] = 16,
        leapfrogs: Annotated[int, Gt(0)] = 10,
        acceptance: Annotated[float, Gt(0), Lt(1)] = 0.65,
    ) -> None:
        self.sigma2, self.points, self.simulated = sigma2, points, simulated
        self.how = Annealing(steps, chains, leapfrogs, acceptance)

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The likelihood and, where asked for, the gap.

        Raises:
            MetricError: no latent prior of known density, samples of integers, codes without labels, or no data.
        """
        game = subject.generative()
        conditioning = game.conditioning
        if conditioning is not None and not conditioning.reads_labels:
            raise MetricError("ais: the codes of real samples are not known, so neither is p(x | code): leave it out")
        x, codes = real_points(subject, min(self.points, subject.n))
        k: int = game.prior.size
        extras: dict[str, Any] = {"split": subject.split}
        if self.sigma2 == "auto":
            sigma2, extras["sigma2_split"] = self.likeliest(subject, seed)
        else:
            sigma2 = float(self.sigma2)
        extras["sigma2"] = sigma2
        values, accepted = lower_bound(self.decoder(subject, codes), x, k, sigma2, self.how, self.rng(subject, seed))
        former = None
        if untrained is not None:
            rng = self.rng(subject, seed)
            former, _ = lower_bound(self.decoder(untrained, codes), x, k, sigma2, self.how, rng)
        method = METHOD.format(self.how.steps, self.how.chains)
        extras["acceptance"] = accepted
        found = [of_points(self, values, untrained=former, seed=seed, method=method, extras=extras)]
        if self.simulated:
            some = None if codes is None else codes[torch.arange(self.simulated) % len(codes)]
            rng = self.rng(subject, seed, "simulated")
            decode = self.decoder(subject, some)
            gap = bracket(decode, self.simulated, k, sigma2, self.how, rng, x)
            method = "bidirectional Monte Carlo; mean, Student over simulated samples"
            found.append(of_points(self, gap, "gap", direction="min", seed=seed, method=method))
        return found

    def likeliest(self, subject: Subject, seed: int) -> tuple[float, str]:
        """The likeliest variance on samples that are not those to be judged, and the split that they are of."""
        enough = subject.split != "valid" and subject.dataset.count("valid") >= 2
        split = "valid" if enough else "train"
        x, codes = real_points(subject, self.points, split)
        if split == subject.split or len(x) < 2:
            raise MetricError("ais: no samples to choose sigma2 on besides those to be judged: set sigma2")
        spread = float(x.double().var(0).mean())
        if not spread > 0:
            raise MetricError("ais: the real samples are all alike: set sigma2")
        how = Annealing(max(self.how.steps // 10, 30), self.how.chains, self.how.leapfrogs, self.how.acceptance)
        decode, k = self.decoder(subject, codes), subject.generative().prior.size
        tried = [lower_bound(decode, x, k, spread * s, how, self.rng(subject, seed, "sigma2"))[0].mean() for s in GRID]
        return spread * float(GRID[int(np.argmax(tried))]), split

    def decoder(self, subject: Subject, codes: Tensor | None) -> Decode:
        """G as a function of standard Gaussian numbers, with the code of each point for all of its chains."""
        latent = from_normal(subject.generative().prior)
        condition = None if codes is None else codes.repeat_interleave(self.how.chains, 0)
        return lambda u: numbers(subject, subject.generate(latent(u), condition))

    def rng(self, subject: Subject, seed: int, *names: str) -> Rng:
        return Rng(seed, "ais", *names, device=subject.device)
