"""A batch of pictures, gathered and augmented: gansuite's bank against torchvision's way, a DataLoader of items.

    python benchmarks/image_data.py [--items 5000] [--size 32] [--batch 64] [--threads 1] [--workers 0] [--rounds 30]

Both give float32 [batch, 3, size, size] in [-1, 1], mirrored by chance and shifted by up to 4 pixels: (a) ours: one
gather of bytes, the scale, then each change once for the batch; (b) loader: torch's DataLoader over items that lie in
memory as bytes too, each changed by torchvision's transforms (ToDtype, flip, padded crop, normalise), as its
tutorials do. Plain is (a) and (b) without the two changes; (b) must then give the same numbers (checked here).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator

import torch
from timing import interleave, ratio, show
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2  # pyright: ignore[reportMissingImports]

from gansuite.engine.rng import Rng
from gansuite_image.augmentations.flip import Flip
from gansuite_image.augmentations.shift import Shift
from gansuite_image.data.bank import PictureBank
from gansuite_image.data.levels import BYTES
from gansuite_image.data.pictures import Item, Pictures

PIXELS = 4


class Items(Dataset[torch.Tensor]):
    """Pictures one by one, each through torchvision's transforms."""

    def __init__(self, values: torch.Tensor, transform: Callable[[torch.Tensor], torch.Tensor]) -> None:
        self.values, self.transform = values, transform

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, i: int) -> torch.Tensor:
        return self.transform(self.values[i])


def endless(loader: DataLoader[torch.Tensor]) -> Iterator[torch.Tensor]:
    """Batches without end."""
    while True:
        yield from loader


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ("items", 5000), ("size", 32), ("batch", 64), ("threads", 1), ("workers", 0), ("rounds", 30)
    for name, value in names:
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    shape, draw = (options.items, 3, options.size, options.size), torch.Generator().manual_seed(0)
    values = torch.randint(0, 256, shape, generator=draw).to(torch.uint8)
    items = [Item(str(i), str(i), split="train") for i in range(options.items)]

    def ours(augment: list) -> Callable[[], torch.Tensor]:
        data = Pictures(PictureBank(values, BYTES), items, {}, place="benchmark", augment=augment)
        rng = Rng(0, "benchmark")
        step = iter(range(1 << 30))

        def batch() -> torch.Tensor:
            at = rng.at(next(step))
            return data.batch("train", at.integers(0, options.items, options.batch), at)["data"]

        return batch

    scale = [v2.ToDtype(torch.float32, scale=True), v2.Normalize([0.5] * 3, [0.5] * 3)]
    change = [v2.RandomHorizontalFlip(), v2.RandomCrop(options.size, padding=PIXELS)]

    def theirs(transforms: list) -> Callable[[], torch.Tensor]:
        loader = DataLoader(
            Items(values, v2.Compose(transforms)),
            options.batch,
            shuffle=True,
            drop_last=True,
            num_workers=options.workers,
            generator=torch.Generator().manual_seed(0),
        )
        batches = endless(loader)
        return lambda: next(batches)

    both = Items(values, v2.Compose(scale))
    assert torch.allclose(BYTES.floats(values[:8]), torch.stack([both[i] for i in range(8)]), atol=1e-6)
    variants = {
        "bank (ours)": ours([Flip(), Shift(pixels=PIXELS)]),
        "DataLoader, torchvision": theirs([*change, *scale]),
        "bank, plain": ours([]),
        "DataLoader, plain": theirs(scale),
    }
    clock = time.perf_counter if options.workers else time.process_time  # workers are processes of their own
    seconds = interleave({name: called(run) for name, run in variants.items()}, options.rounds, clock=clock)
    rates = {name: options.batch / statistics.median(values) for name, values in seconds.items()}
    times = {
        "augmented": ratio(seconds["DataLoader, torchvision"], seconds["bank (ours)"]),
        "plain": ratio(seconds["DataLoader, plain"], seconds["bank, plain"]),
    }
    if options.json:
        print(json.dumps({"pictures a second": rates, "ratio": times, "load": os.getloadavg()[0]}))
        return
    show(seconds)
    for name, rate in rates.items():
        print(f"{name:32s} {rate:12,.0f} pictures/s")
    for name, (middle, low, high) in times.items():
        print(f"DataLoader / bank, {name:14s} {middle:9.2f}   [{low:.2f}, {high:.2f}]")


def called(run: Callable[[], torch.Tensor]) -> Callable[[], None]:
    """Make a batch, and forget it."""

    def once() -> None:
        run()

    return once


if __name__ == "__main__":
    main()
