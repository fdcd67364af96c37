"""The generator's step of HiFi-GAN: the published loop against the game ``vocoder``, on the same networks and sounds.

    OMP_NUM_THREADS=1 python benchmarks/hifigan_step.py [--size small] [--rounds 9] [--threads 1] [--json]

The published loop (github.com/jik876/hifi-gan, train.py) keeps the graph of the critic on real sounds, and takes the
gradients of all critic parameters, to set them to zero before they are used. Here the critic rests on the generator's
turn: no graph of D(x), no gradients of its parameters. Both differentiate the same cost, and what they say of the
generator is compared first. Sizes: ``small`` is the recipe ``hifigan`` (batch 8 of 2,048 samples), ``v2`` the published
V2 with the published critics on a batch of 2 x 8,192. CPU seconds of both in turn; the ratio is the geometric mean of
the pairs with Student's 95 % interval.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from scipy import stats
from timing import interleave, show
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.objectives.least_squares import LeastSquares
from gansuite_audio.games.vocoder import Vocoder
from gansuite_audio.networks.hifigan import HiFiGANGenerator
from gansuite_audio.networks.hifigan_critic import HiFiGANCritic
from gansuite_audio.spec import AudioSpec, SpectrogramSpec

SIZES = {
    "small": (8000, 8, 2048, 512, 128, {"version": "v3", "dim": 64, "strides": [8, 4, 4]}, (4, 16)),
    "v2": (22050, 2, 8192, 1024, 256, {"version": "v2"}, (32, 128)),
}


def vocoder(size: str) -> tuple[Vocoder, Tensor]:
    """The game and a batch of noise, which is all one to the clock."""
    rate, batch, length, window, hop, options, (period_dim, scale_dim) = SIZES[size]
    spec = AudioSpec(rate, 1, length)
    torch.manual_seed(0)
    generator = HiFiGANGenerator(spec, SpectrogramSpec(rate, 1, 80, length // hop), **options)
    critic = HiFiGANCritic(spec, period_dim=period_dim, scale_dim=scale_dim)
    networks = Networks.fixed({"generator": generator, "critic": critic}, spec)
    game = Vocoder(networks, None, spec.space, objective=LeastSquares(), window=window, hop=hop)
    return game, 0.1 * torch.randn(batch, 1, length)


def ours(game: Vocoder, x: Tensor) -> list[Tensor]:
    """The generator's gradients, as the engine asks for them."""
    game.critic.requires_grad_(False)
    cost = game.cost_generator(Draw({"data": x}, partial(Rng, 0)))
    return list(torch.autograd.grad(cost.value, list(game.generator.parameters())))


def published(game: Vocoder, x: Tensor) -> list[Tensor]:
    """The same by one backward pass through all that there is."""
    game.critic.requires_grad_(True)
    for parameter in game.parameters():
        parameter.grad = None
    made = game.vocode(x)
    real, fake = game.critic.judge(x), game.critic.judge(made)
    matched = [
        (a - b).abs().mean() for (_, p), (_, q) in zip(real, fake, strict=True) for a, b in zip(p, q, strict=True)
    ]
    adversarial = torch.stack([(1 - scores).square().mean() for scores, _ in fake]).sum()
    cost = adversarial + 2 * torch.stack(matched).sum() + 45 * (game.heard(x) - game.heard(made)).abs().mean()
    cost.backward()
    return [parameter.grad for parameter in game.generator.parameters()]


def apart(game: Vocoder, x: Tensor) -> float:
    """The greatest difference of the two gradients, of the greatest entry."""
    game.eval()  # the power method of spectral normalisation moves between calls in training
    first, second = (torch.cat([each.flatten() for each in way(game, x)]) for way in (ours, published))
    game.train()
    return float((first - second).abs().max() / second.abs().max())


def geometric(a: Sequence[float], b: Sequence[float]) -> tuple[float, float, float]:
    """Geometric mean of a / b, pair by pair, with Student's 95 % interval."""
    logs = np.log(np.asarray(a) / np.asarray(b))
    half = stats.t.ppf(0.975, len(logs) - 1) * logs.std(ddof=1) / math.sqrt(len(logs))
    low, middle, high = (math.exp(logs.mean() + each) for each in (-half, 0, half))
    return middle, low, high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    game, x = vocoder(arguments.size)
    difference = apart(game, x)
    variants: dict[str, Callable[[], None]] = {
        "published loop": lambda: void(published(game, x)),
        "vocoder": lambda: void(ours(game, x)),
    }
    seconds = interleave(variants, arguments.rounds, clock=time.process_time)
    middle, low, high = geometric(seconds["published loop"], seconds["vocoder"])
    if arguments.json:
        print(json.dumps({"ratio": middle, "low": low, "high": high, "gradients_apart": difference}))
        return
    show(seconds)
    print(f"ratio {middle:.2f} [{low:.2f}, {high:.2f}], n = {arguments.rounds}; gradients apart by {difference:.1e}")


def void(_: object) -> None:
    """Nothing, of something."""


if __name__ == "__main__":
    main()
