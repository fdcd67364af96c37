"""The loops that a careful person writes by hand: the competitors of ``loop_overhead.py``.

Frugal means: nothing recorded through the player at rest, one call of the critic for real and generated samples, one
forward pass where players move at once, fused Adam, losses kept on the device, nothing read back before the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, leaky_relu, linear, softplus

from gansuite.priors.normal import Normal
from gansuite.testing.toy import Critic, Generator, PointsSpec, Ring

BATCH, LATENT, STEPS = 64, 8, 20
ADAM = {"lr": 1e-4, "betas": (0.5, 0.9), "fused": True}


def networks() -> dict[str, nn.Module]:
    """Two layers of 64 each."""
    torch.manual_seed(0)
    spec = PointsSpec()
    return {"generator": Generator(spec, Normal(spec, size=LATENT), width=64), "critic": Critic(spec, width=64)}


class Loop:
    """Networks, optimisers and batches; a loop adds ``step``, which returns its losses."""

    def __init__(self) -> None:
        nets = networks()
        self.generator, self.critic = nets["generator"], cast(Critic, nets["critic"])
        self.theta, self.psi = list(self.generator.parameters()), list(self.critic.parameters())
        self.generator_adam, self.critic_adam = torch.optim.Adam(self.theta, **ADAM), torch.optim.Adam(self.psi, **ADAM)
        ring = Ring(count=16384)
        self.points = ring.batch("train", torch.arange(ring.count("train")), None)["data"]
        self.rng = torch.Generator().manual_seed(0)

    def real(self) -> Tensor:
        return self.points[torch.randint(len(self.points), (BATCH,), generator=self.rng)]

    def latent(self) -> Tensor:
        return torch.randn(BATCH, LATENT, generator=self.rng)

    def scores(self, real: Tensor, fake: Tensor) -> Sequence[Tensor]:
        return self.critic(torch.cat([real, fake])).split(BATCH)

    def run(self, step: Callable[[], list[Tensor]]) -> Callable[[], None]:
        def steps() -> None:
            losses = []
            for _ in range(STEPS):
                losses += step()
            torch.stack(losses).tolist()

        return steps


def follow(optimizer: torch.optim.Optimizer, parameters: Sequence[nn.Parameter], gradients: Sequence[Tensor]) -> None:
    """One step along gradients that are there already."""
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = g
    optimizer.step()


def alternating(penalised: bool, leanest: bool = False) -> Callable[[], None]:
    """Non-saturating, or WGAN-GP: ``zero_grad``, ``backward``, ``step``; leanest: ``autograd.grad`` for the mover."""
    loop = Loop()

    def move(cost: Tensor, parameters: list[nn.Parameter], optimizer: torch.optim.Optimizer) -> None:
        if leanest:
            follow(optimizer, parameters, torch.autograd.grad(cost, parameters))
        else:
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()

    def step() -> list[Tensor]:
        for p in loop.psi:
            p.requires_grad_(True)
        with torch.no_grad():
            fake = loop.generator(loop.latent())
        real = loop.real()
        real_score, fake_score = loop.scores(real, fake)
        if penalised:
            cost = (fake_score - real_score).mean()
            between = torch.lerp(fake, real, torch.rand(BATCH, 1, generator=loop.rng)).requires_grad_()
            (slope,) = torch.autograd.grad(loop.critic(between).sum(), between, create_graph=True)
            cost = cost + 10 * (slope.norm(dim=1) - 1).square().mean()
        else:
            cost = (softplus(-real_score) + softplus(fake_score)).mean()
        move(cost, loop.psi, loop.critic_adam)
        losses = [cost.detach()]
        for p in loop.psi:
            p.requires_grad_(False)
        score = loop.critic(loop.generator(loop.latent()))
        cost = -score.mean() if penalised else softplus(-score).mean()
        move(cost, loop.theta, loop.generator_adam)
        return [*losses, cost.detach()]

    return loop.run(step)


def simultaneous() -> Callable[[], None]:
    """Both costs and both gradients from one forward pass."""
    loop = Loop()

    def step() -> list[Tensor]:
        real_score, fake_score = loop.scores(loop.real(), loop.generator(loop.latent()))
        critic_cost = (softplus(-real_score) + softplus(fake_score)).mean()
        generator_cost = softplus(-fake_score).mean()
        down = torch.autograd.grad(critic_cost, loop.psi, retain_graph=True)
        along = torch.autograd.grad(generator_cost, loop.theta)
        follow(loop.critic_adam, loop.psi, down)
        follow(loop.generator_adam, loop.theta, along)
        return [critic_cost.detach(), generator_cost.detach()]

    return loop.run(step)


def consensus(strength: float = 1.0) -> Callable[[], None]:
    """The field of both players from one forward pass, and the gradient of half its square for both at once."""
    loop = Loop()
    both, n = [*loop.psi, *loop.theta], len(loop.psi)

    def step() -> list[Tensor]:
        real_score, fake_score = loop.scores(loop.real(), loop.generator(loop.latent()))
        critic_cost = (softplus(-real_score) + softplus(fake_score)).mean()
        generator_cost = softplus(-fake_score).mean()
        field = [
            *torch.autograd.grad(critic_cost, loop.psi, create_graph=True),
            *torch.autograd.grad(generator_cost, loop.theta, create_graph=True),
        ]
        flat = torch.cat([v.reshape(-1) for v in field])
        second = torch.autograd.grad(0.5 * flat.dot(flat), both)
        total = torch._foreach_add([v.detach() for v in field], second, alpha=strength)  # pyright: ignore[reportPrivateImportUsage]
        follow(loop.critic_adam, loop.psi, total[:n])
        follow(loop.generator_adam, loop.theta, total[n:])
        return [critic_cost.detach(), generator_cost.detach()]

    return loop.run(step)


def unrolled(steps: int, leanest: bool = False) -> Callable[[], None]:
    """The critic's Adam written out on one vector, its look-ahead played on fresh batches, then the ordinary moves.

    The critic is called at other parameters by ``functional_call``; leanest: its two layers are written out as well.
    """
    loop = Loop()
    names = [name for name, _ in loop.critic.named_parameters()]
    sizes, shapes = [p.numel() for p in loop.psi], [p.shape for p in loop.psi]
    rate, (b, c), eps = ADAM["lr"], ADAM["betas"], 1e-8
    count = 0

    def score(x: Tensor, psi: Sequence[Tensor]) -> Tensor:
        if leanest:
            return linear(leaky_relu(linear(x, psi[0], psi[1]), 0.2), psi[2], psi[3]).squeeze(1)
        return torch.func.functional_call(loop.critic, dict(zip(names, psi, strict=True)), (x,))

    def parts(x: Tensor) -> list[Tensor]:
        return [part.view(shape) for part, shape in zip(x.split(sizes), shapes, strict=True)]

    def flat(tensors: Sequence[Tensor]) -> Tensor:
        return torch.cat([t.reshape(-1) for t in tensors])

    def ahead() -> list[Tensor]:
        x = flat([p.detach() for p in loop.psi])
        states = [loop.critic_adam.state[p] for p in loop.psi]
        m, s = flat([state["exp_avg"] for state in states]), flat([state["exp_avg_sq"] for state in states])
        psi = [p.detach().requires_grad_() for p in loop.psi]
        for i in range(1, steps + 1):
            scores = score(torch.cat([loop.real(), loop.generator(loop.latent())]), psi)
            cost = (softplus(-scores[:BATCH]) + softplus(scores[BATCH:])).mean()
            g = flat(torch.autograd.grad(cost, psi, create_graph=True))
            m, s = torch.lerp(m, g, 1 - b), (s * c).addcmul(g, g, value=1 - c)
            first, second = 1 - b ** (count + i), (1 - c ** (count + i)) ** 0.5
            root = s.clamp(min=1e-36).sqrt()  # the slope of a root at 0 would make nan of a dead unit
            x = x.addcdiv(m, root + eps * second, value=-rate * second / first)
            psi = parts(x)
        return psi

    def step() -> list[Tensor]:
        nonlocal count
        for p in loop.psi:
            p.requires_grad_(True)
        with torch.no_grad():
            fake = loop.generator(loop.latent())
        real_score, fake_score = loop.scores(loop.real(), fake)
        critic_cost = (softplus(-real_score) + softplus(fake_score)).mean()
        follow(loop.critic_adam, loop.psi, torch.autograd.grad(critic_cost, loop.psi))
        count += 1
        generator_cost = softplus(-score(loop.generator(loop.latent()), ahead())).mean()
        follow(loop.generator_adam, loop.theta, torch.autograd.grad(generator_cost, loop.theta))
        return [critic_cost.detach(), generator_cost.detach()]

    return loop.run(step)


def mad_gan(k: int = 4) -> Callable[[], None]:
    """k generators on a share of the batch each, one call of the critic, and one Adam for all generators."""
    loop = Loop()
    torch.manual_seed(1)
    generators = nn.ModuleList([networks()["generator"] for _ in range(k)])
    theta, which = list(generators.parameters()), nn.Linear(loop.critic.width, k)
    psi = [*loop.psi, *which.parameters()]
    generator_adam, critic_adam = torch.optim.Adam(theta, **ADAM), torch.optim.Adam(psi, **ADAM)
    maker = torch.arange(k).repeat_interleave(BATCH // k)

    def fakes() -> Tensor:
        return torch.cat([generator(z) for generator, z in zip(generators, loop.latent().chunk(k), strict=True)])

    def see(x: Tensor) -> tuple[Tensor, Tensor]:
        features = loop.critic.features(x)
        logits = which(features)
        return loop.critic.head(features) - logits.logsumexp(1), logits

    def step() -> list[Tensor]:
        for p in psi:
            p.requires_grad_(True)
        with torch.no_grad():
            fake = fakes()
        score, logits = see(torch.cat([loop.real(), fake]))
        cost = (softplus(-score[:BATCH]) + k * softplus(score[BATCH:])).mean()
        cost = cost + k * cross_entropy(logits[BATCH:], maker)
        follow(critic_adam, psi, torch.autograd.grad(cost, psi))
        losses = [cost.detach()]
        for p in psi:
            p.requires_grad_(False)
        cost = k * softplus(-see(fakes())[0]).mean()
        follow(generator_adam, theta, torch.autograd.grad(cost, theta))
        return [*losses, cost.detach()]

    return loop.run(step)
