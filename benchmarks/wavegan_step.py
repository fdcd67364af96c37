"""One WaveGAN iteration (5 critic moves, 1 generator move): gansuite's against the obvious and the frugal loop.

    python benchmarks/wavegan_step.py [--length 16384] [--dim 16] [--batch 8] [--threads N] [--rounds 15] [--json]

(a) ours: the recipe's own objects, batch from the bank included; (b) plain: standard modules, a loop as tutorials write
it, the same function (checked here on equal weights); (c) frugal: our networks in the leanest hand-written loop.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

import torch
from plain_wavegan import PlainCritic, PlainGenerator, PlainLoop
from timing import interleave, ratio, show

from gansuite.build import Experiment, build
from gansuite.engine.rng import Rng
from gansuite.recipes import read


def ours(options: argparse.Namespace, precision: str) -> tuple[Experiment, Callable[[], None]]:
    overrides = [
        f"data.length={options.length}",
        f"data.batch_size={options.batch}",
        f"players.generator.dim={options.dim}",
        f"players.critic.dim={options.dim}",
        f"train.precision='{precision}'",
    ]
    experiment = build(read("wavegan", overrides), torch.device("cpu"))
    stage, count = experiment.stages[0], iter(range(10**9))

    def step() -> None:
        for player in experiment.players.values():
            player.at(0)
        stage.dynamics.round(experiment.engine, stage.turns)
        if next(count) % 25 == 24:
            experiment.engine.ledger.read()

    return experiment, step


def frugal(options: argparse.Namespace, data: torch.Tensor, precision: str) -> Callable[[], None]:
    """Our networks, nothing recorded that is not needed, one critic call for real and fake, fused Adam."""
    experiment, _ = ours(options, precision)
    generator, critic = experiment.game.get_submodule("generator"), experiment.game.get_submodule("critic")
    theta, psi = list(generator.parameters()), list(critic.parameters())
    adam = {"lr": 1e-4, "betas": (0.5, 0.9), "fused": True}
    generator_adam, critic_adam = torch.optim.Adam(theta, **adam), torch.optim.Adam(psi, **adam)
    rng, n = Rng(0, "frugal"), options.batch

    def move(cost: torch.Tensor, parameters: list[torch.nn.Parameter], optimizer: torch.optim.Optimizer) -> None:
        for p, g in zip(parameters, torch.autograd.grad(cost, parameters), strict=True):
            p.grad = g
        optimizer.step()

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            for p in psi:
                p.requires_grad_(True)
            for _ in range(5):
                with torch.no_grad():
                    fake = generator(rng.uniform(n, 100, low=-1, high=1))
                real = data[rng.integers(0, len(data), n)]
                scores = critic(torch.cat([real, fake]), None, rng)
                cost = scores[n:].mean() - scores[:n].mean()
                between = torch.lerp(fake, real, rng.uniform(n, 1, 1)).requires_grad_()
                (slope,) = torch.autograd.grad(critic(between, None, rng).sum(), between, create_graph=True)
                cost = cost + 10 * (slope.flatten(1).norm(dim=1) - 1).square().mean()
                move(cost, psi, critic_adam)
            for p in psi:
                p.requires_grad_(False)
            cost = -critic(generator(rng.uniform(n, 100, low=-1, high=1)), None, rng).mean()
            move(cost, theta, generator_adam)

    return step


def check_same_function(experiment: Experiment, plain: PlainLoop) -> float:
    """Copy our weights into the plain modules and return the largest difference of samples and scores."""
    game = experiment.game
    for name, module in (("generator", plain.generator), ("critic", plain.critic)):
        source, target = game.get_submodule(name).state_dict(), module.state_dict()
        for key, value in source.items():
            if key.endswith("weight") and value.dim() == 3:  # ours [out, taps, in]
                value = value.permute(2, 0, 1) if name == "generator" else value.permute(0, 2, 1)
            target[key].copy_(value)
    z = torch.rand(4, 100) * 2 - 1
    with torch.no_grad():
        x = game.get_submodule("generator")(z)
        scores = game.get_submodule("critic")(x)
        none = [0] * 8
        return max(float((plain.generator(z) - x).abs().max()), float((plain.critic(x, none) - scores).abs().max()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("length", 16384), ("dim", 16), ("batch", 8), ("threads", 0), ("rounds", 15)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--json", action="store_true", help="print the ratios as an object in the last line")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    experiment, step_fp32 = ours(options, "fp32")
    _, step_bf16 = ours(options, "bf16")
    index = torch.arange(experiment.dataset.count("train"))
    data = experiment.dataset.batch("train", index, None)["data"].contiguous()
    plain = PlainLoop(
        PlainGenerator(options.length, options.dim), PlainCritic(options.length, options.dim), data, options.batch, 1e-4
    )
    difference = check_same_function(experiment, plain)
    threads = f"{torch.get_num_threads()} threads, torch {torch.__version__}"
    print(f"length {options.length}, dim {options.dim}, batch {options.batch}, {threads}")
    print(f"plain modules with our weights: largest difference of samples and scores {difference:.1e}")
    seconds = interleave(
        {
            "(a) ours, fp32": step_fp32,
            "(b) plain, fp32": plain.step,
            "(c) frugal, our networks, fp32": frugal(options, data, "fp32"),
            "(a) ours, bf16": step_bf16,
        },
        options.rounds,
    )
    show(seconds)
    a, b, c, half = seconds.values()
    found = {
        "plain_over_ours_fp32": ratio(b, a),
        "ours_over_frugal_fp32": ratio(a, c),
        "plain_over_ours_bf16": ratio(b, half),
    }
    for name, (middle, low, high) in found.items():
        print(f"{name:32s} {middle:.3f}   [{low:.3f}, {high:.3f}]")
    if options.json:
        print(json.dumps({name: round(middle, 4) for name, (middle, *_) in found.items()}))


if __name__ == "__main__":
    main()
