"""What the inception score, GAN-train and GAN-test make of known faults, and what they cost.

python benchmarks/class_metrics.py faults        # handwritten digits, spoilt in known ways; five seeds
python benchmarks/class_metrics.py coverage      # intervals over draws of a known law
python benchmarks/class_metrics.py cost          # seconds by n, d and classes
python benchmarks/class_metrics.py extractors    # how well classifier and encoder do on the digits, and their cost
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import torch
from sklearn.datasets import load_digits

from gansuite.extractors.classifier import Classifier
from gansuite.extractors.encoder import Encoder
from gansuite.extractors.perceptrons import Perceptrons, cross_entropies, fit_classifiers
from gansuite.extractors.random_projection import RandomProjection
from gansuite.metrics import gan_test, gan_train, inception_score
from gansuite.metrics.statistics.class_scores import am_score, modified_inception_score
from gansuite.testing.toy import PointsSpec

SEEDS, N = range(5), 400


def digits(seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """1,797 digits of 8 x 8: 597 to train a judge on, and three sets of 400."""
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(x))
    edges = np.split(order, [N, 2 * N, 3 * N])
    return {name: ((x / 8 - 1)[i], y[i]) for name, i in zip(("real", "fake", "floor", "judge"), edges, strict=True)}


def dream(judge: Perceptrons, y: np.ndarray, seed: int) -> np.ndarray:
    """Noise, moved until the judge is sure of a class: no digit, and it knows the judge."""
    x = torch.from_numpy(np.random.default_rng(seed).uniform(-1, 1, (len(y), 64))).requires_grad_()
    optimizer = torch.optim.Adam([x], lr=0.05)
    for _ in range(60):
        (x.grad,) = torch.autograd.grad(cross_entropies(judge(x), torch.from_numpy(y)).sum(), [x])
        optimizer.step()
        x.data.clamp_(-1, 1)
    return x.detach().numpy()


def spoilt(sets: dict[str, tuple[np.ndarray, np.ndarray]], judge: Perceptrons, seed: int) -> dict[str, tuple]:
    """Samples and the labels that were asked for, by fault."""
    rng, (x, y), (real, labels) = np.random.default_rng(seed), sets["fake"], sets["real"]
    first = np.array([np.flatnonzero(y == k)[0] for k in range(10)])
    five = np.flatnonzero(y < 5)
    half = np.where(y < 5, np.arange(N), rng.choice(five, N))
    return {
        "real digits": (x, y),
        "noise, sd 0.5": (x + 0.5 * rng.standard_normal(x.shape), y),
        "noise, sd 1": (x + rng.standard_normal(x.shape), y),
        "one sample a class": (x[first[y]], y),
        "copies of the real ones": (real, labels),
        "five classes lost": (x[half], y),
        "20 % wrong labels": (x, np.where(rng.random(N) < 0.2, rng.integers(0, 10, N), y)),
        "half of one class": (np.where((rng.random(N) < 0.5)[:, None], x[rng.choice(np.flatnonzero(y == 0), N)], x), y),
        "uniform noise": (rng.uniform(-1, 1, x.shape), y),
        "dreams of the judge": (dream(judge, y, seed), y),
    }


def faults() -> None:
    print("| fault | inception-score | modified | AM | gan-train | gan-test |\n|---|---|---|---|---|---|")
    table: dict[str, list[list[float]]] = {}
    for seed in SEEDS:
        sets = digits(seed)
        x, y = (torch.from_numpy(each) for each in sets["judge"])
        held = tuple(torch.from_numpy(each) for each in sets["floor"])
        judge, _ = fit_classifiers(x, y, 10, held_out=held, steps=1000, seed=seed)

        def probabilities(x: np.ndarray, judge: Perceptrons = judge) -> np.ndarray:
            return judge(torch.from_numpy(x))[0].softmax(1).numpy()

        real, labels = sets["real"]
        for name, (fake, asked) in spoilt(sets, judge, seed).items():
            p = probabilities(fake)
            found = [
                inception_score(p, seed=seed),
                modified_inception_score(p, seed=seed),
                am_score(probabilities(real), p, seed=seed),
                gan_train(real, labels, fake, asked, seed=seed),
                gan_test(real, labels, fake, asked, seed=seed),
            ]
            table.setdefault(name, []).append([each.value for each in found])
    for name, rows in table.items():
        values = np.array(rows)
        cells = [f"{m:.3g} ± {s:.2g}" for m, s in zip(values.mean(0), values.std(0, ddof=1), strict=True)]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def blobs(n: int, seed: int, classes: int = 5, d: int = 16, shift: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    return shift * np.eye(classes, d)[labels] + rng.standard_normal((n, d)), labels


def coverage(draws: int = 60) -> None:
    for n in (100, 400):
        for metric in (gan_train, gan_test):
            found = [metric(*blobs(n, 2 * i), *blobs(n, 2 * i + 1)) for i in range(draws)]
            values = np.array([each.value for each in found])
            covered = np.mean([each.low <= values.mean() <= each.high for each in found])
            width = np.mean([each.high - each.low for each in found])
            spread = values.std(ddof=1)
            print(f"{metric.__name__} n {n}: mean {values.mean():.3f}, sd {spread:.4f}, width {width:.3f}, ", end="")
            print(f"covered {covered:.2f} of {draws}", flush=True)


def seconds(call: Callable[[], object], times: int = 3) -> float:
    call()
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def cost() -> None:
    for n, k in ((1000, 10), (10_000, 10), (10_000, 1000)):
        p = np.random.default_rng(0).dirichlet([0.1] * k, n)
        print(f"inception-score n {n} classes {k}: {seconds(lambda p=p: inception_score(p)):.4f} s", flush=True)
    for n, d, k in ((250, 64, 10), (1000, 64, 10), (4000, 64, 10), (1000, 512, 10), (1000, 2048, 10), (1000, 64, 100)):
        sets = [*blobs(n, 0, k, max(d, k)), *blobs(n, 1, k, max(d, k))]
        print(f"gan-train n {n} d {d} classes {k}: {seconds(lambda s=sets: gan_train(*s), 1):.2f} s", flush=True)


class Digits:
    """The digits as a data set: 1,437 to train on, 180 and 180 held out."""

    summary: ClassVar[dict[str, int]] = {}

    def __init__(self, seed: int) -> None:
        x, y = load_digits(return_X_y=True)
        self.rows = {"data": torch.from_numpy(x / 8 - 1).float(), "label": torch.from_numpy(y).long()}
        order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed)).split([1437, 180, 180])
        self.parts = dict(zip(("train", "valid", "test"), order, strict=True))
        self.fingerprint, self.spec = f"digits {seed}", PointsSpec(64, labels=tuple("0123456789"))

    def count(self, split: str) -> int:
        return len(self.parts[split])

    def batch(self, split: str, index: torch.Tensor, rng: object) -> dict[str, torch.Tensor]:
        return {name: rows[self.parts[split][index]] for name, rows in self.rows.items()}


def extractors() -> None:
    os.environ["GANSUITE_CACHE"] = tempfile.mkdtemp()
    for seed in range(3):
        data = Digits(seed)
        for found in (Classifier(data.spec), Encoder(data.spec, size=16), Classifier(data.spec)):
            start = time.process_time()
            found.fit(data)
            print(f"{found.name} {time.process_time() - start:.3f} s {found.summary}", flush=True)
        x, test = (data.rows["data"][data.parts[split]] for split in ("train", "test"))
        mean, scale = x.mean(0), x.std(0, correction=0)
        scale = torch.where(scale > 0, scale, 1.0)
        x, test = (x - mean) / scale, (test - mean) / scale
        basis = torch.linalg.svd(x, full_matrices=False).Vh[:16]
        left = (test - test @ basis.T @ basis).square().mean() / test.var(0, correction=0).mean()
        print(f"16 principal components: {1 - float(left):.3f}", flush=True)
    x, project = torch.randn(64, 16_384, generator=torch.Generator().manual_seed(0)), RandomProjection()
    for when in ("first", "then"):
        start = time.process_time()
        project(x)
        print(f"random-projection {when}: {time.process_time() - start:.4f} s")


if __name__ == "__main__":
    torch.set_num_threads(1)
    {"faults": faults, "coverage": coverage, "cost": cost, "extractors": extractors}[
        sys.argv[1] if len(sys.argv) > 1 else "faults"
    ]()
