"""One DCGAN iteration (one critic move, one generator move): gansuite's against a plain loop's, and Lightning's.

    python benchmarks/dcgan_step.py [--size 8] [--dim 64] [--batch 64] [--threads N] [--rounds 40] [--json]

(a) ours: the recipe's own objects, batch from the bank included, as it is and with each of its switches off; (b) plain:
PyTorch's example, its modules and its loop, on the same nets and batches (first costs are checked to be equal); (c) the
same in Lightning's manual optimisation, where ``lightning`` is installed. Variants take turns.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import torch
from plain_dcgan import PlainLoop, lightning_seconds, networks
from timing import interleave, ratio, show

from gansuite.build import Experiment, build
from gansuite.recipes import read


def ours(options: argparse.Namespace, *more: str) -> tuple[Experiment, Callable[[], None]]:
    """The recipe at this size, and a step of it as a run makes it."""
    start = 2 if options.size < 16 else 4
    overrides = [f"data.size={options.size}", f"data.batch_size={options.batch}", "train.precision='fp32'"]
    for player in ("generator", "critic"):
        overrides += [f"players.{player}.dim={options.dim}", f"players.{player}.start={start}"]
    experiment = build(read("dcgan", [*overrides, *more]), torch.device("cpu"))
    stage, count = experiment.stages[0], iter(range(10**9))

    def step() -> None:
        experiment.engine.at(0)
        stage.dynamics.round(experiment.engine, stage.turns)
        if next(count) % 25 == 24:
            experiment.engine.ledger.read()

    return experiment, step


def plain_of(experiment: Experiment, options: argparse.Namespace) -> PlainLoop:
    """The plain loop on the data and with the weights of an experiment, as torch lays them out."""
    game: Any = experiment.game
    generator, critic = networks(options.size, options.dim, 2 if options.size < 16 else 4)
    for mine, theirs in ((game.generator, generator), (game.critic, critic)):
        theirs.load_state_dict(dict(zip(theirs.state_dict(), mine.state_dict().values(), strict=True)))
    data = experiment.dataset.batch("train", torch.arange(experiment.dataset.count("train")), None)["data"]
    return PlainLoop(generator, critic, data.contiguous(), options.batch)


def check_same_costs(experiment: Experiment, plain: PlainLoop) -> float:
    """The largest difference between our costs of a draw and the plain loop's on the same batch and latents."""
    engine, (critic, generator) = experiment.engine, experiment.stages[0].turns
    draw = engine.draw(critic, generator)
    with torch.no_grad():
        mine = [float(engine.cost(turn, draw).value) for turn in (critic, generator)]
        theirs = [float(cost) for cost in plain.costs(draw["data"], draw["prior"])]
    return max(abs(a - b) for a, b in zip(mine, theirs, strict=True))


def beside_lightning(
    step: Callable[[], None], plain: PlainLoop, clock: Callable[[], float], steps: int = 20
) -> tuple[float, float, float]:
    """The ratio of seconds by ``clock``, Lightning's to ours, by turns of ``steps`` steps each."""
    mine, theirs = [], []
    for _ in range(6):
        theirs.append(lightning_seconds(plain, steps, clock))
        began = clock()
        for _ in range(steps):
            step()
        mine.append(clock() - began)
    return ratio(theirs[1:], mine[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("size", 8), ("dim", 64), ("batch", 64), ("threads", 0), ("rounds", 40)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--json", action="store_true", help="print the ratios as an object in the last line")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    experiment, step = ours(options)
    _, fresh = ours(options, "dynamics.reuse=false")
    plain = plain_of(experiment, options)
    print(f"{options.size} x {options.size}, dim {options.dim}, batch {options.batch}, ", end="")
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}")
    print(
        f"largest difference of the two costs on equal weights and batches: {check_same_costs(experiment, plain):.1e}"
    )
    variants = {"(a) ours": step, "(a) ours, fresh latents each move": fresh, "(b) plain": plain.step}
    _, half = ours(options, "train.precision='bf16'")
    variants["(a) ours, bf16"] = half
    # One thread: the same as wall time on an idle machine, and fair on a busy one.
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    seconds = interleave(variants, options.rounds, clock=clock)
    show(seconds)
    mine = seconds.pop("(a) ours")
    found = {
        "plain_over_ours": ratio(seconds["(b) plain"], mine),
        "plain_over_ours_fresh": ratio(seconds["(b) plain"], seconds["(a) ours, fresh latents each move"]),
        "plain_over_ours_bf16": ratio(seconds["(b) plain"], seconds["(a) ours, bf16"]),
    }
    if find_spec("lightning") is not None:
        found["lightning_over_ours"] = beside_lightning(step, plain_of(experiment, options), clock)
    for name, (middle, low, high) in found.items():
        print(f"{name:32s} {middle:.3f}   [{low:.3f}, {high:.3f}]")
    if options.json:
        print(json.dumps({name: round(middle, 4) for name, (middle, *_) in found.items()}))


if __name__ == "__main__":
    main()
