"""What the networks of SpecGAN and GANSynth cost, and the forms of their layers that were tried.

    python benchmarks/spectrogram_networks.py [--rounds 15] [--threads 1]

CPU milliseconds, median and quartiles, variants in turn: (a) SpecGAN's critic with gradient penalty by strided
convolutions and by space to depth; (b) its generator with the bias added after the transposed convolution and inside
it; (c) GANSynth's generator with enlargement and convolution in one and one after the other; (d) one round of GANSynth
at each level.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from timing import interleave, show
from torch import Tensor, nn
from torch.nn import functional

from gansuite.networks.nearest import EqualisedNearestConvolution
from gansuite_audio.networks.convolutions_2d import SameConvolution2d, SameTransposedConvolution2d
from gansuite_audio.networks.gansynth import GANSynthCritic, GANSynthGenerator
from gansuite_audio.networks.specgan import SpecGANCritic, SpecGANGenerator
from gansuite_audio.spec import SpectrogramSpec

BATCH, LATENT = 8, SimpleNamespace(size=128)


def space_to_depth(self: Any, x: Tensor) -> Tensor:
    """5 x 5 at stride 2 as 3 x 3 at stride 1 on four times the channels."""
    n, c, h, w = x.shape
    x = x.view(n, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4).reshape(n, 4 * c, h // 2, w // 2)
    kernel = functional.pad(self.weight, (1, 0, 1, 0)).view(-1, c, 3, 2, 3, 2)
    return functional.conv2d(x, kernel.permute(0, 1, 3, 5, 2, 4).reshape(-1, 4 * c, 3, 3), self.bias, padding=1)


def bias_inside(self: Any, x: Tensor) -> Tensor:
    rows, columns = (size * self.stride for size in x.shape[2:])
    y = functional.conv_transpose2d(x, self.weight, self.bias, self.stride, padding=self.left)
    return y[:, :, :rows, :columns]


def one_after_the_other(self: Any, x: Tensor) -> Tensor:
    return functional.conv2d(functional.interpolate(x, scale_factor=2.0, mode="nearest"), *self.scaled(), padding=1)


def penalty(critic: nn.Module, x: Tensor) -> Tensor:
    points = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def descend(cost: Tensor, network: nn.Module) -> None:
    torch.autograd.grad(cost, list(network.parameters()), allow_unused=True)


def compared(title: str, layer: type, forms: dict[str, Any], run: Callable[[], None], rounds: int) -> None:
    """A line for each form of a layer's pass and each precision."""

    def as_form(form: Any, bf16: bool) -> Callable[[], None]:
        def call() -> None:
            layer.forward = form  # type: ignore[method-assign]
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                run()

        return call

    print(title)
    first = layer.forward
    variants = {
        f"  {name}, {'bf16' if b else 'fp32'}": as_form(form, b) for b in (False, True) for name, form in forms.items()
    }
    show(interleave(variants, rounds, clock=time.process_time))
    layer.forward = first  # type: ignore[method-assign]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("rounds", 15), ("threads", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    z, one = torch.randn(BATCH, LATENT.size), SpectrogramSpec(16000, 1, 128, 128)
    for dim in (16, 32):
        critic, x = SpecGANCritic(one, dim=dim), torch.randn(BATCH, *one.shape)
        forms = {"strided": SameConvolution2d.forward, "space to depth": space_to_depth}
        title = f"SpecGAN's critic, gradient penalty, 128 x 128, d = {dim}"
        compared(title, SameConvolution2d, forms, lambda c=critic, x=x: descend(penalty(c, x), c), options.rounds)
    maker = SpecGANGenerator(one, LATENT, dim=16)
    forms = {"bias after": SameTransposedConvolution2d.forward, "bias inside": bias_inside}
    title = "SpecGAN's generator, forward and back, d = 16"
    compared(title, SameTransposedConvolution2d, forms, lambda: descend(maker(z).mean(), maker), options.rounds)
    two = SpectrogramSpec(16000, 2, 128, 64)
    generator, critic = GANSynthGenerator(two, LATENT, dim=32, base=512), GANSynthCritic(two, dim=32, base=512)
    forms = {"in one": EqualisedNearestConvolution.forward, "one after the other": one_after_the_other}
    title = "GANSynth's generator, forward and back, 128 x 64, dim = 32, base = 512"
    run = lambda: descend(generator(z).mean(), generator)  # noqa: E731
    compared(title, EqualisedNearestConvolution, forms, run, options.rounds)
    x = torch.randn(BATCH, *two.shape)

    def round_at(level: int) -> Callable[[], None]:
        def play() -> None:
            generator.grow(float(level))
            critic.grow(float(level))
            with torch.no_grad():
                fake = generator(z)
            descend(critic(fake).mean() - critic(x).mean() + 10 * penalty(critic, torch.lerp(x, fake, 0.5)), critic)
            descend(-critic(generator(z)).mean(), generator)

        return play

    print("GANSynth, a round of one move each, fp32")
    levels = {f"  level {level}": round_at(level) for level in range(generator.levels + 1)}
    show(interleave(levels, options.rounds, clock=time.process_time))


if __name__ == "__main__":
    main()
