"""WaveGAN the obvious way: standard modules and a plain loop, the same function as gansuite's, for comparison."""

from __future__ import annotations

import random
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


class PlainGenerator(nn.Module):
    def __init__(self, length: int, dim: int) -> None:
        super().__init__()
        layers = (length // 16).bit_length() // 2
        widths = [dim * 2**i for i in reversed(range(layers))] + [1]
        self.project = nn.Linear(100, 16 * widths[0])
        self.layers = nn.ModuleList(nn.ConvTranspose1d(a, b, 25, stride=4, padding=10) for a, b in pairwise(widths))

    def forward(self, z: Tensor) -> Tensor:
        x = self.project(z).view(len(z), 16, -1).transpose(1, 2)
        for layer in self.layers:
            x = layer(functional.relu(x))[..., :-1]
        return torch.tanh(x)


class PlainCritic(nn.Module):
    def __init__(self, length: int, dim: int) -> None:
        super().__init__()
        layers = (length // 16).bit_length() // 2
        widths = [1] + [dim * 2**i for i in range(layers)]
        self.layers = nn.ModuleList(nn.Conv1d(a, b, 25, stride=4) for a, b in pairwise(widths))
        self.score = nn.Linear(16 * widths[-1], 1)
        self.shuffled = min(4, layers - 1)

    def forward(self, x: Tensor, shifts: list[int] | None = None) -> Tensor:
        for i, layer in enumerate(self.layers):
            x = functional.leaky_relu(layer(functional.pad(x, (10, 11))), 0.2)
            if i < self.shuffled:
                shift = shifts[i] if shifts is not None else random.randint(-2, 2)
                x = functional.pad(x, (max(shift, 0), max(-shift, 0)), mode="reflect")
                x = x[..., : x.shape[-1] - shift] if shift > 0 else x[..., -shift:]
        return self.score(x.transpose(1, 2).flatten(1)).squeeze(1)


class PlainLoop:
    """Five critic steps and one generator step of WGAN-GP, as tutorials write it."""

    def __init__(self, generator: PlainGenerator, critic: PlainCritic, data: Tensor, batch: int, lr: float) -> None:
        self.generator, self.critic, self.data, self.batch = generator, critic, data, batch
        self.generator_optimizer = torch.optim.Adam(generator.parameters(), lr=lr, betas=(0.5, 0.9))
        self.critic_optimizer = torch.optim.Adam(critic.parameters(), lr=lr, betas=(0.5, 0.9))
        self.losses: list[float] = []

    def step(self) -> None:
        for _ in range(5):
            real = self.data[torch.randint(len(self.data), (self.batch,))]
            fake = self.generator(torch.rand(self.batch, 100) * 2 - 1)
            loss = self.critic(fake).mean() - self.critic(real).mean()
            t = torch.rand(self.batch, 1, 1)
            between = (t * real + (1 - t) * fake).detach().requires_grad_(True)
            (slope,) = torch.autograd.grad(self.critic(between).sum(), between, create_graph=True)
            loss = loss + 10 * (slope.flatten(1).norm(dim=1) - 1).square().mean()
            self.critic_optimizer.zero_grad()
            loss.backward()
            self.critic_optimizer.step()
        self.generator_optimizer.zero_grad()
        (-self.critic(self.generator(torch.rand(self.batch, 100) * 2 - 1)).mean()).backward()
        self.generator_optimizer.step()
        self.losses.append(loss.item())
