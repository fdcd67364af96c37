"""What metrics make of pictures that are spoilt in known ways, and how good the judge of classes is; seeds 0 to 2.

python benchmarks/what_image_metrics_see.py digits       # scikit-learn's digits, 8 x 8; --size 16: enlarged
python benchmarks/what_image_metrics_see.py translations # answers of known faults: noisy digits, and lying ones
python benchmarks/what_image_metrics_see.py classifiers  # both classifiers on digits
python benchmarks/what_image_metrics_see.py cost         # seconds of extractors and of metrics of translations
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from gansuite.data.domains.changed import Changed
from gansuite.data.domains.views import BySide
from gansuite.extractors.classifier import Classifier
from gansuite.metrics import (
    am_score,
    frechet,
    gan_test,
    gan_train,
    inception_score,
    kid,
    ms_ssim,
    prdc,
    self_distance,
    train_distance,
)
from gansuite.metrics.features import features
from gansuite.metrics.models.domain_reached import DomainReached
from gansuite.metrics.models.judged import classes
from gansuite.metrics.models.labels_kept import LabelsKept
from gansuite.metrics.models.points import share, student
from gansuite.metrics.models.psnr import Psnr
from gansuite_image.augmentations.noise import Noise
from gansuite_image.augmentations.rotate import Rotate
from gansuite_image.data.digits import Digits
from gansuite_image.metrics.image_classifier import ImageClassifier
from gansuite_image.metrics.random_cnn import RandomCNN
from gansuite_image.spec import ImageSpec

SEEDS = range(3)
Labelled = tuple[Tensor, Tensor]
Measured = Mapping[str, Callable[[Labelled, Labelled, Labelled], float]]
"""By name, what a metric says of (held-out, generated, training) pictures and their labels."""


def spoilt(x: Tensor, y: Tensor, train: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
    """Pictures by fault; each keeps the label that its picture was asked to have."""
    n, side = len(x), x.shape[3]
    rows, order = torch.arange(n), torch.randperm(x[0].numel(), generator=generator)
    noise = torch.randn(x.shape, generator=generator)
    return {
        "none": x,
        "noise of 0.1": (x + 0.1 * noise).clamp(-1, 1),
        "noise of 0.3": (x + 0.3 * noise).clamp(-1, 1),
        "blur over 3 x 3": avg_pool2d(x, 3, 1, 1, count_include_pad=False),
        "one class only": x[y == y[0]][rows % int((y == y[0]).sum())],
        "20 copies": x[rows % 20],
        "negative": -x,
        "turned by 90°": x.rot90(1, (2, 3)),
        "an eighth aside": x.roll(side // 8, 3),
        "shuffled pixels": x.flatten(1)[:, order].view_as(x),
        "copies of training pictures": train,
        "white noise": noise.clamp(-1, 1),
    }


def taken(extractor: Any) -> Callable[[Tensor], Tensor]:
    """The extractor's features of a set, taken once."""
    kept: dict[int, tuple[Tensor, Tensor]] = {}

    def take(x: Tensor) -> Tensor:
        if id(x) not in kept or kept[id(x)][0] is not x:
            kept[id(x)] = x, features(extractor, lambda rows: x[rows], len(x))
        return kept[id(x)][1]

    return take


def measured(dataset: Any) -> Measured:
    units, judge = ImageClassifier(dataset.spec), ImageClassifier(dataset.spec, output="probabilities")
    for each in (units, judge):
        each.fit(dataset)
    cnn, hidden, p = taken(RandomCNN(dataset.spec)), taken(units), taken(judge)
    return {
        "frechet": lambda r, f, t: frechet(cnn(r[0]), cnn(f[0])).value,
        "kid × 1000": lambda r, f, t: 1000 * kid(cnn(r[0]), cnn(f[0])).value,
        "precision": lambda r, f, t: prdc(cnn(r[0]), cnn(f[0]), 3)["precision"].value,
        "recall": lambda r, f, t: prdc(cnn(r[0]), cnn(f[0]), 3)["recall"].value,
        "frechet@image-classifier": lambda r, f, t: frechet(hidden(r[0]), hidden(f[0])).value,
        "inception-score": lambda r, f, t: inception_score(p(f[0])).value,
        "am-score": lambda r, f, t: am_score(p(r[0]), p(f[0])).value,
        "gan-train": lambda r, f, t: gan_train(cnn(r[0]), r[1], cnn(f[0]), f[1]).value,
        "gan-test": lambda r, f, t: gan_test(cnn(r[0]), r[1], cnn(f[0]), f[1]).value,
        "ms-ssim": lambda r, f, t: ms_ssim(f[0], bounds=(-1.0, 1.0)).value,
        "self-distance": lambda r, f, t: self_distance(f[0].flatten(1)).value,
        "train-distance": lambda r, f, t: train_distance(t[0].flatten(1), f[0].flatten(1)).value,
    }


def drawn(dataset: Any, split: str, n: int, generator: torch.Generator) -> Labelled:
    batch = dataset.batch(split, torch.randperm(dataset.count(split), generator=generator)[:n], None)
    return batch["data"], batch["label"]


def faults(dataset: Any, n: int) -> Iterator[tuple[str, Mapping[str, float]]]:
    metrics = measured(dataset)
    for seed in SEEDS:
        generator = torch.Generator().manual_seed(seed)
        (both, labels), train = drawn(dataset, "test", 2 * n, generator), drawn(dataset, "train", n, generator)
        real, (x, y) = (both[:n], labels[:n]), (both[n:], labels[n:])
        for fault, fake in spoilt(x, y, train[0], generator).items():
            asked = train[1] if fake is train[0] else y
            yield fault, {name: metric(real, (fake, asked), train) for name, metric in metrics.items()}


def table(rows: Iterator[tuple[str, Mapping[str, float]]]) -> None:
    """Mean and deviation over seeds, by fault."""
    found: dict[str, list[Mapping[str, float]]] = {}
    for fault, values in rows:
        found.setdefault(fault, []).append(values)
    names = list(next(iter(found.values()))[0])
    print(f"| fault | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for fault, each in found.items():
        values = np.array([[row[name] for name in names] for row in each])
        cells = [f"{m:.3g} ± {s:.1g}" for m, s in zip(values.mean(0), values.std(0, ddof=1), strict=True)]
        print(f"| {fault} | {' | '.join(cells)} |", flush=True)


def turned_back(y: Tensor, label: Tensor, others: Labelled, generator: torch.Generator) -> dict[str, Tensor]:
    """Answers to digits that lie on their side, by fault; y are the right ones."""
    pool, known = others

    def any_of(wanted: Tensor) -> Tensor:
        return torch.stack(
            [pool[known == c][torch.randint(int((known == c).sum()), (), generator=generator)] for c in wanted]
        )

    noise = torch.randn(y.shape, generator=generator)
    return {
        "right": y,
        "as it is (lying)": y.rot90(1, (2, 3)),
        "turned the other way (upside down)": y.rot90(2, (2, 3)),
        "right, with noise of 0.3": (y + 0.3 * noise).clamp(-1, 1),
        "right, blurred over 3 x 3": avg_pool2d(y, 3, 1, 1, count_include_pad=False),
        "right, mirrored": y.flip(3),
        "another digit of the class": any_of(label),
        "a digit of the next class": any_of((label + 1) % 10),
        "any digit": any_of(label[torch.randperm(len(label), generator=generator)]),
        "one and the same digit": y[:1].expand_as(y),
    }


def translations() -> None:
    digits = Digits(split={"train": 0.6, "valid": 0.1, "test": 0.3})
    data: Any = Changed(of=digits, by=[Noise(sd=0.5)])
    index, generator = torch.arange(data.count("test")), torch.Generator().manual_seed(0)
    batch = data.batch("test", index, None)
    x, y, label = batch["source"], batch["data"], batch["label"]
    train = drawn(digits, "train", 500, generator)
    answers = {
        "as it is (noise of 0.5)": x,
        "mean over 3 x 3": avg_pool2d(x, 3, 1, 1, count_include_pad=False),
        "the mean training digit": train[0].mean(0, keepdim=True).expand_as(y),
        **{name: made for name, made in turned_back(y, label, train, generator).items() if "lying" not in name},
    }
    print("| answer | `psnr` | `psnr/ssim` |\n|---|---|---|")
    for name, made in answers.items():
        cells = [str(student(each)) for each in Psnr().compared(y, made).values()]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    lying: Any = Changed(of=digits, by=[Rotate(degrees=90)], paired=False)
    kept, reached = LabelsKept(), DomainReached()
    both: Any = BySide(lying)
    judge, sides = kept.judge(lying, index.device), reached.judge(both, index.device)
    print("| answer | `labels-kept` | `domain-reached` |\n|---|---|---|")
    for name, made in turned_back(y, label, train, generator).items():
        hits = classes(judge, data.spec.space, made) == label, classes(sides, data.spec.space, made) == 1
        print(f"| {name} | {' | '.join(str(share(int(each.sum()), len(each))) for each in hits)} |", flush=True)


def classifiers() -> None:
    os.environ["GANSUITE_CACHE"] = tempfile.mkdtemp()  # trained here, not taken from an earlier run
    print("| data | extractor | accuracy by seed | CPU seconds |\n|---|---|---|---|")
    for size in (8, 16):
        dataset = Digits(size=size, split={"train": 0.7, "valid": 0.1, "test": 0.2})
        for kind in (Classifier, ImageClassifier):
            start, told, judge = time.process_time(), [], kind(dataset.spec, output="probabilities")
            for seed in SEEDS:
                judge = kind(dataset.spec, output="probabilities", seed=seed)
                judge.fit(dataset)
                s = judge.summary
                told.append(f"{s['accuracy']:.3f} [{s['low']:.3f}, {s['high']:.3f}]")
            each = (time.process_time() - start) / len(SEEDS)
            sizes = f"{size} x {size}, {judge.summary['trained_on']} and {judge.summary['n']}"
            print(f"| {sizes} | `{judge.name}` | {', '.join(told)} | {each:.1f} |", flush=True)


def cost() -> None:
    for side, channels in ((8, 1), (32, 3), (64, 3), (256, 3)):
        spec = ImageSpec(channels=channels, height=side, width=side)
        x = torch.rand(64, *spec.shape, generator=torch.Generator().manual_seed(0)) * 2 - 1
        cnn, net = RandomCNN(spec), ImageClassifier(spec).made(10)
        jobs = {
            "random-cnn": lambda x=x, cnn=cnn: cnn(x),
            "image-classifier": lambda x=x, net=net: net.units(net.pictures(x.flatten(1))),
            "psnr, psnr/ssim": lambda x=x: Psnr().compared(x, 0.9 * x),
        }
        with torch.no_grad():
            for name, job in jobs.items():
                job()
                start = time.process_time()
                for _ in range(3):
                    job()
                print(f"64 of {channels} x {side} x {side}: {name} {1000 * (time.process_time() - start) / 3:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["digits", "translations", "classifiers", "cost"])
    parser.add_argument("--size", type=int, default=8, help="rows and columns of the digits")
    options = parser.parse_args()
    if options.what == "digits":
        table(faults(Digits(size=options.size, split={"train": 0.4, "valid": 0.1, "test": 0.5}), 400))
    elif options.what == "translations":
        translations()
    elif options.what == "classifiers":
        classifiers()
    else:
        cost()


if __name__ == "__main__":
    main()
