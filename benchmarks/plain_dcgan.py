"""DCGAN the obvious way: standard modules and PyTorch's example as the loop, and the same in Lightning."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

LATENT = 100


def networks(size: int, dim: int, start: int) -> tuple[nn.Sequential, nn.Sequential]:
    """The generator and the critic of PyTorch's example, at any size."""
    widths = [dim * min(2**i, 8) for i in range((size // start).bit_length() - 1)]

    def up(a: int, b: int, *shape: int) -> list[nn.Module]:
        return [nn.ConvTranspose2d(a, b, *shape, bias=False), nn.BatchNorm2d(b), nn.ReLU(True)]

    layers = up(LATENT, widths[-1], start, 1, 0)
    for a, b in pairwise(widths[::-1]):
        layers += up(a, b, 4, 2, 1)
    generator = nn.Sequential(*layers, nn.ConvTranspose2d(dim, 1, 4, 2, 1, bias=False), nn.Tanh())
    layers = [nn.Conv2d(1, dim, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True)]
    for a, b in pairwise(widths):
        layers += [nn.Conv2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.2, True)]
    return generator, nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, start, 1, 0, bias=False))


class PlainLoop:
    """A critic step on real and generated samples apart, and a generator step on the same samples."""

    def __init__(self, generator: nn.Module, critic: nn.Module, data: Tensor, batch: int) -> None:
        self.generator, self.critic, self.data, self.batch = generator, critic, data, batch
        self.generator_optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.critic_optimizer = torch.optim.Adam(critic.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.losses: list[tuple[float, float]] = []

    def scores(self, x: Tensor) -> Tensor:
        return self.critic(x).flatten()

    def costs(self, real: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """The critic's and the generator's cost of a batch, nothing moved."""
        fake = self.generator(z[:, :, None, None])
        one, zero = torch.ones(len(real)), torch.zeros(len(real))
        critic = cross_entropy(self.scores(real), one) + cross_entropy(self.scores(fake), zero)
        return critic, cross_entropy(self.scores(fake), one)

    def step(self) -> None:
        one, zero = torch.ones(self.batch), torch.zeros(self.batch)
        real = self.data[torch.randint(len(self.data), (self.batch,))]
        self.critic_optimizer.zero_grad()
        on_real = cross_entropy(self.scores(real), one)
        on_real.backward()
        fake = self.generator(torch.rand(self.batch, LATENT, 1, 1) * 2 - 1)
        on_fake = cross_entropy(self.scores(fake.detach()), zero)
        on_fake.backward()
        self.critic_optimizer.step()
        self.generator_optimizer.zero_grad()
        cost = cross_entropy(self.scores(fake), one)
        cost.backward()
        self.generator_optimizer.step()
        self.losses.append(((on_real + on_fake).item(), cost.item()))


def lightning_seconds(plain: PlainLoop, steps: int, clock: Callable[[], float]) -> float:
    """Seconds by ``clock`` of ``steps`` steps of the same loop in Lightning's manual optimisation, after one more."""
    import lightning  # pyright: ignore[reportMissingImports]

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.automatic_optimization = False
            self.generator, self.critic = plain.generator, plain.critic
            self.times: list[float] = []

        def configure_optimizers(self) -> Any:
            return [plain.critic_optimizer, plain.generator_optimizer]

        def training_step(self, batch: Any, index: int) -> None:
            critic_optimizer, generator_optimizer = self.optimizers()
            (real,) = batch
            one, zero = torch.ones(len(real)), torch.zeros(len(real))
            self.toggle_optimizer(critic_optimizer)
            critic_optimizer.zero_grad()
            fake = self.generator(torch.rand(len(real), LATENT, 1, 1) * 2 - 1)
            cost = cross_entropy(plain.scores(real), one) + cross_entropy(plain.scores(fake.detach()), zero)
            self.manual_backward(cost)
            critic_optimizer.step()
            self.untoggle_optimizer(critic_optimizer)
            self.toggle_optimizer(generator_optimizer)
            generator_optimizer.zero_grad()
            fake = self.generator(torch.rand(len(real), LATENT, 1, 1) * 2 - 1)
            self.manual_backward(cross_entropy(plain.scores(fake), one))
            generator_optimizer.step()
            self.untoggle_optimizer(generator_optimizer)

        def on_train_batch_end(self, *_: Any) -> None:
            self.times.append(clock())

    rows = torch.utils.data.TensorDataset(plain.data.repeat(-(-(steps + 1) * plain.batch // len(plain.data)), 1, 1, 1))
    batches = torch.utils.data.DataLoader(rows, batch_size=plain.batch, shuffle=True)
    quiet: Any = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    module = Module()
    trainer = lightning.Trainer(
        accelerator="cpu", max_steps=2 * (steps + 1), enable_model_summary=False, barebones=False, **quiet
    )
    trainer.fit(module, batches)
    return module.times[-1] - module.times[0]
