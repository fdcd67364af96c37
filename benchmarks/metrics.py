"""What metrics cost against the libraries that people use, on the same input and one thread.

    python benchmarks/metrics.py [--rounds 5] [--only kid-10000x64] [--json]

Every row is a name, ours, theirs, and how far their values may differ; its two sides take turns in one process. A row
whose library is not installed says so. Where memory is asked for, each side runs once more in a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from timing import interleave, ratio, show

from gansuite.metrics import frechet, kid, prdc
from gansuite.metrics.states import Moments
from gansuite.metrics.statistics.frechet_distance import from_moments, roots
from gansuite.metrics.statistics.landmarks import landmark_sets, mean_living_times
from gansuite.metrics.statistics.persistence import living_times

Call = Callable[[], float]


@dataclass(frozen=True)
class Row:
    """One comparison.

    Args:
        name: of the row.
        make: gives ours and theirs on the same input; the import of a library is theirs, and not timed.
        tolerance: greatest relative difference of the two values.
        needs: the module of theirs.
        memory: whether their peaks of memory are compared, too.
    """

    name: str
    make: Callable[[], tuple[Call, Call]]
    tolerance: float
    needs: str
    memory: bool = False


def mixture(n: int, d: int, seed: int, fake: bool = False) -> torch.Tensor:
    """Ten clusters with a spectrum that falls as i^-½; the fake ones lack one, are moved by 0.05 and 1.05 as wide."""
    generator = torch.Generator().manual_seed(seed)
    spectrum = torch.arange(1, d + 1, dtype=torch.float64) ** -0.5
    centres = torch.randn(10, d, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    chosen = torch.randint(0, 9 if fake else 10, (n,), generator=generator)
    noise = torch.randn(n, d, generator=generator, dtype=torch.float64) * spectrum
    return centres[chosen] + (1.05 * noise + 0.05 if fake else noise)


def frechet_call() -> tuple[Call, Call]:
    """From features, n = 4096: means, covariances and the distance."""
    x, y = mixture(4096, 2048, 1), mixture(4096, 2048, 2, fake=True)

    def theirs() -> float:
        a, b = x.numpy(), y.numpy()
        return by_eigenvalues(a.mean(0) - b.mean(0), np.cov(a, rowvar=False), np.cov(b, rowvar=False))

    return lambda: frechet(x, y, correction=None).value, theirs


def frechet_solve() -> tuple[Call, Call]:
    """From the same moments, with the real side's root at hand, as an evaluator has it from its second call on."""
    x, y = mixture(4096, 2048, 1), mixture(4096, 2048, 2, fake=True)
    pivot = x.mean(0)
    real, fake = Moments.of(x - pivot), Moments.of(y - pivot)
    side = roots(real, [None])
    (mean, covariance), (mean_f, covariance_f) = (next(iter(m.gaussians())) for m in (real, fake))
    given = (mean - mean_f).numpy(), covariance.numpy(), covariance_f.numpy()
    return lambda: float(from_moments(side, fake, [None])[0, 0]), lambda: by_eigenvalues(*given)


def by_eigenvalues(shift: np.ndarray, s: np.ndarray, t: np.ndarray) -> float:
    """The faster one of scipy's two routes; ``sqrtm`` takes 3 to 5 times as long at d = 2048."""
    import scipy.linalg

    values = np.real(scipy.linalg.eigvals(s @ t)).clip(0)
    return float(shift @ shift + np.trace(s) + np.trace(t) - 2 * np.sqrt(values).sum())


def kid_call() -> tuple[Call, Call]:
    """All pairs of 10,000 against torchmetrics' mean over 100 subsets of 1000, features given."""
    x, y = mixture(10_000, 64, 1).float(), mixture(10_000, 64, 2, fake=True).float()  # as extractors give them

    def theirs() -> float:
        from torchmetrics.image.kid import KernelInceptionDistance

        class Given(torch.nn.Module):
            num_features = 64

            def forward(self, features: torch.Tensor) -> torch.Tensor:
                return features

        metric = KernelInceptionDistance(feature=Given(), subsets=100, subset_size=1000)
        metric.update(x, real=True)
        metric.update(y, real=False)
        with torch.random.fork_rng():
            torch.manual_seed(0)  # its subsets come from the global generator
            return float(metric.compute()[0])

    return lambda: kid(x, y).value, theirs


def prdc_call() -> tuple[Call, Call]:
    """The default call, intervals included, against the package that the authors of density and coverage publish."""
    x, y = mixture(10_000, 64, 1), mixture(10_000, 64, 2, fake=True)

    def theirs() -> float:
        from prdc import compute_prdc

        with contextlib.redirect_stdout(None):
            return float(sum(compute_prdc(x.numpy(), y.numpy(), 5).values()))

    return lambda: sum(each.value for each in prdc(x, y).values()), theirs


def geometry_2000() -> tuple[Call, Call]:
    """The 1000 landmark sets of a default call, for one of its two sets of samples."""
    return geometry_call(2000)


def geometry_10000() -> tuple[Call, Call]:
    """The same, five times as many witnesses."""
    return geometry_call(10_000)


def geometry_call(n: int) -> tuple[Call, Call]:
    """Mean living times of holes in 64 dimensions against the authors' way: each set's distances, sorted, to gudhi."""
    x, gamma, draws = mixture(n, 64, 1), n / 5000 / 128, 1000

    def theirs() -> float:
        import gudhi

        total = np.zeros(100)
        for part, sets in landmark_sets(n, 64, draws, torch.Generator().manual_seed(0)):
            for chosen in part[sets]:
                table = torch.cdist(x, x[chosen]).numpy()
                nearest = np.argsort(table, 1)
                alpha = gamma * table.max()
                rows = np.stack([nearest, np.take_along_axis(table, nearest, 1)], 2)
                tree = gudhi.WitnessComplex(rows).create_simplex_tree(max_alpha_square=alpha, limit_dimension=2)
                tree.persistence(homology_coeff_field=2)
                total += living_times(tree.persistence_intervals_in_dimension(1).reshape(-1, 2), alpha, 100)
        return worth(total / draws)

    return lambda: worth(mean_living_times(x, gamma=gamma, draws=draws).numpy()), theirs


def worth(living: np.ndarray) -> float:
    """One number of all living times, for comparison."""
    return float(living @ np.arange(1.0, 101.0))


ROWS = [
    Row("frechet-2048", frechet_call, 1e-8, "scipy"),
    Row("frechet-2048-solve", frechet_solve, 1e-8, "scipy"),
    Row("kid-10000x64", kid_call, 0.05, "torchmetrics"),  # theirs is an estimate of ours
    Row("prdc-10000x64", prdc_call, 1e-9, "prdc", memory=True),
    Row("geometry-2000x64", geometry_2000, 1e-6, "gudhi"),
    Row("geometry-10000x64", geometry_10000, 1e-6, "gudhi"),
]


def peak(make: Callable[[], tuple[Call, Call]], which: int) -> float:
    """MiB by which one side raises the peak of a fresh process, the input being there."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(growth, (make, which))


def growth(make: Callable[[], tuple[Call, Call]], which: int) -> float:
    torch.set_num_threads(1)
    call = make()[which]
    before = high_water()
    call()
    return (high_water() - before) / 1024


def high_water() -> int:
    """KiB at the peak of this process; ``getrusage`` would count the process that it was forked from, too."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def void(_: float) -> None:
    """Forget a value."""


def compare(row: Row, rounds: int) -> dict[str, Any]:
    """Theirs over ours, with quartiles; ends the program where the values differ."""
    ours, theirs = row.make()
    values = ours(), theirs()
    if not abs(values[0] - values[1]) <= row.tolerance * abs(values[1]):
        raise SystemExit(f"{row.name}: ours is {values[0]!r} and theirs {values[1]!r}")
    sides = {f"ours, {row.name}": lambda: void(ours()), f"{row.needs}, {row.name}": lambda: void(theirs())}
    # One thread: processor time is wall time on an idle machine, and fair on a busy one.
    seconds = interleave(sides, rounds, warmup=1, clock=time.process_time)
    show(seconds)
    mine, other = seconds.values()
    middle, low, high = ratio(other, mine)
    found = {"faster": round(middle, 3), "low": round(low, 3), "high": round(high, 3), "values": values}
    if row.memory:
        found["memory"] = round(peak(row.make, 1) / max(peak(row.make, 0), 1.0), 3)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side")
    parser.add_argument("--only", help="one row")
    parser.add_argument("--json", action="store_true", help="print what was found as an object in the last line")
    options = parser.parse_args()
    torch.set_num_threads(1)
    found: dict[str, Any] = {}
    for row in ROWS:
        if options.only not in (None, row.name):
            continue
        if importlib.util.find_spec(row.needs) is None:
            found[row.name] = {"skipped": f"{row.needs} is not installed"}
            continue
        found[row.name] = compare(row, options.rounds)
    for name, each in found.items():
        if "skipped" in each:
            print(f"{name:24s} {each['skipped']}")
        else:
            memory = f"   memory {each['memory']:.1f}" if "memory" in each else ""
            print(f"{name:24s} {each['faster']:.2f} times as fast   [{each['low']:.2f}, {each['high']:.2f}]{memory}")
    if options.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
