"""What metrics of neighbours, clusters and classifiers say of planted faults: the tables of docs/metrics.

    python benchmarks/what_metrics_see.py [--n 1000] [--seeds 5]

Real samples: ten equally likely modes in 8 dimensions, of scale 3, with unit noise. A table of means and standard
deviations over seeds, each with other real and generated samples; then seconds of processor time by n and d.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch

from gansuite.metrics import birthday, c2st, ndb, prd, prdc

FAULTS = (
    "none",
    "half of the modes lost",
    "moved by 0.3 sd",
    "spread 1.25",
    "spread 0.75",
    "1 % far outliers",
    "50 things",
)


def samples(n: int, seed: int, fault: str = "none", d: int = 8) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    centres = 3 * torch.randn(10, d, generator=torch.Generator().manual_seed(0))
    modes = 5 if fault == "half of the modes lost" else 10
    noise = torch.randn(n, d, generator=generator)
    x = centres[torch.randint(modes, (n,), generator=generator)]
    x = x + noise * {"spread 1.25": 1.25, "spread 0.75": 0.75}.get(fault, 1.0)
    if fault == "moved by 0.3 sd":
        x += 0.3 / d**0.5 * torch.ones(d)
    if fault == "1 % far outliers":
        x[: n // 100] *= 20
    if fault == "50 things":
        x = x[:50][torch.randint(50, (n,), generator=generator)]
    return x


def numbers(real: torch.Tensor, fake: torch.Tensor, seed: int) -> Iterator[tuple[str, float]]:
    for name, each in prdc(real, fake, seed=seed).items():
        yield name, each.value
    for name, each in prd(real, fake, seed=seed).items():
        yield f"prd/{name}", each.value
    yield "ndb", (found := ndb(real, fake, seed=seed)).value
    yield "ndb jsd", found.extras["jsd"]
    for classifier in ("logistic", "mlp", "knn"):
        yield f"c2st {classifier}", c2st(real, fake, classifier, seed=seed).value
    yield "birthday", birthday(fake, real=real, seed=seed).value


def seconds(call: Callable[..., object], x: torch.Tensor, y: torch.Tensor) -> float:
    began = time.process_time()
    call(x, y)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for fault in FAULTS:
        found = [
            dict(numbers(samples(options.n, 2 * s), samples(options.n, 2 * s + 1, fault), s))
            for s in range(options.seeds)
        ]
        line = (f"{k} {np.mean([f[k] for f in found]):.4g}±{np.std([f[k] for f in found]):.2g}" for k in found[0])
        print(f"{fault}: " + ", ".join(line), flush=True)
    calls: dict[str, Callable[..., object]] = {
        "prdc": prdc,
        "prd": prd,
        "ndb": ndb,
        "c2st logistic": c2st,
        "c2st mlp": lambda x, y: c2st(x, y, "mlp"),
        "c2st knn": lambda x, y: c2st(x, y, "knn"),
        "birthday": lambda x, y: birthday(y, real=x),
    }
    for n, d in ((1000, 64), (10_000, 64), (1000, 512), (10_000, 512)):
        x, y = samples(n, 0, d=d), samples(n, 1, d=d)
        print(
            f"n {n} d {d}: " + ", ".join(f"{k} {seconds(c, x, y):.3g} s" for k, c in calls.items()),
            flush=True,
        )


if __name__ == "__main__":
    main()
