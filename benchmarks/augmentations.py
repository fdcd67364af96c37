"""What augmenting a batch of sounds costs, and how true the resampling is.

    python benchmarks/augmentations.py [--batch 64] [--length 16384] [--threads 1] [--rounds 30] [--json]

Processor time of each augmentation with its defaults, on every sample. Speed is held against one call of soxr (VHQ) for
each sample, the obvious way, on the host. The signal-to-noise ratio of both is that of a 1 kHz tone at 16 kHz, without
the 500 frames at its ends, at the worst of 25 factors.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import soxr
import torch
from timing import interleave, show

from gansuite.engine.rng import Rng
from gansuite_audio.augmentations.augmentation import Augmentation
from gansuite_audio.augmentations.gain import Gain
from gansuite_audio.augmentations.noise import Noise
from gansuite_audio.augmentations.polarity import Polarity
from gansuite_audio.augmentations.resampling import GRID, resampled
from gansuite_audio.augmentations.shift import Shift
from gansuite_audio.augmentations.speed import Speed
from gansuite_audio.spec import AudioSpec

RATE, HERTZ, EDGE = 16000, 1000.0, 500
FACTORS = [round(2 ** (s / 12) * GRID) / GRID for s in np.linspace(-1, 1, 25)]

KINDS: dict[str, Augmentation] = {
    "gain": Gain(),
    "polarity": Polarity(),
    "shift": Shift(),
    "shift, circular": Shift(fill="circular"),
    "noise, white": Noise(),
    "noise, pink": Noise(colour="pink"),
    "speed": Speed(),
}


def one_by_one(x: torch.Tensor, factors: list[float]) -> torch.Tensor:
    """Each sample through soxr, cut or followed by zeros."""
    out = np.zeros((len(x), x.shape[-1]), np.float32)
    for row, sound, factor in zip(out, x[:, 0].numpy(), factors, strict=True):
        y = soxr.resample(sound, RATE * factor, RATE, quality="VHQ")[: len(row)]
        row[: len(y)] = y
    return torch.from_numpy(out[:, None])


def worst_snr(make: Callable[[torch.Tensor, list[float]], torch.Tensor], length: int) -> float:
    """Signal to error of a tone at the worst factor, dB."""
    t = torch.arange(length, dtype=torch.float64)
    tone = torch.sin(2 * math.pi * HERTZ / RATE * t).float().expand(len(FACTORS), 1, -1).contiguous()
    ratios = []
    for y, factor in zip(make(tone, FACTORS).double()[:, 0], FACTORS, strict=True):
        truth, inner = torch.sin(2 * math.pi * HERTZ * factor / RATE * t), slice(EDGE, int(length / 1.06) - EDGE)
        ratios.append(10 * torch.log10(truth[inner].square().sum() / (y - truth)[inner].square().sum()).item())
    return min(ratios)


def once(run: Callable[..., Any], *given: Any) -> None:
    """Call, and forget the answer."""
    run(*given)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("batch", 64), ("length", 16384), ("threads", 1), ("rounds", 30)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    x = 0.1 * torch.randn(options.batch, 1, options.length, generator=torch.Generator().manual_seed(0))
    variants: dict[str, Callable[[], None]] = {}
    for name, kind in KINDS.items():
        kind.bind(AudioSpec(RATE, 1, options.length))
        variants[name] = partial(once, kind, x, Rng(0))
    factors = [FACTORS[i % len(FACTORS)] for i in range(options.batch)]
    variants["speed, soxr one by one"] = partial(once, one_by_one, x, factors)
    seconds = interleave(variants, options.rounds, clock=time.process_time)  # others on the machine do not count
    snr = {
        "speed": worst_snr(lambda tone, factors: resampled(tone, torch.tensor(factors)), options.length),
        "speed, soxr one by one": worst_snr(one_by_one, options.length),
    }
    if options.json:
        medians = {name: statistics.median(values) for name, values in seconds.items()}
        print(json.dumps({"seconds": medians, "snr": snr}))
    else:
        show(seconds)
        for name, value in snr.items():
            print(f"{name:32s} {value:9.1f} dB")


if __name__ == "__main__":
    main()
