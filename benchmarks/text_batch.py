"""A batch of 64 texts: gansuite's bank against padding lists, the obvious way, and the loader of PyTorch.

    python benchmarks/text_batch.py [--texts 10000] [--length 20] [--batch 64] [--threads 1] [--rounds 200] [--json]

(a) ours: the data set's own batch, one gather from the memory-mapped bank; (b) lists: Python lists of token numbers,
chosen and made a tensor; (c) loader: torch's DataLoader over a tensor, one item at a time, as it does by default. All
give equal numbers (checked here).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from timing import interleave, show
from torch.utils.data import DataLoader, TensorDataset

from gansuite_text.data.file import TextFile

TIMES = 20  # batches in a measurement


def corpus(options: argparse.Namespace, folder: Path) -> TextFile:
    """A file of random words, read as any file is."""
    draw = torch.Generator().manual_seed(0)
    words = torch.randint(0, 5000, (options.texts, options.length), generator=draw).tolist()
    (folder / "words.txt").write_text("\n".join(" ".join(f"w{word}" for word in row) for row in words))
    return TextFile(path=str(folder / "words.txt"), length=options.length - 1, split={"train": 1.0})


def variants(data: TextFile, batch: int) -> dict[str, Callable[[], torch.Tensor]]:
    """One batch each, of the same texts."""
    index = torch.randint(0, data.count("train"), (batch,), generator=torch.Generator().manual_seed(1))
    every = data.batch("train", torch.arange(data.count("train")), None)["data"]
    lists, chosen = every.tolist(), index.tolist()
    loader = DataLoader(TensorDataset(every), batch_size=batch, sampler=chosen)
    return {
        "bank (ours)": lambda: data.batch("train", index, None)["data"],
        "lists": lambda: torch.tensor([lists[i] for i in chosen]),
        "DataLoader": lambda: next(iter(loader))[0],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("texts", 10_000), ("length", 20), ("batch", 64), ("threads", 1), ("rounds", 200)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GANSUITE_CACHE"] = folder
        made = variants(corpus(options, Path(folder)), options.batch)
        expected = made["lists"]()
        assert all(torch.equal(run(), expected) for run in made.values())

        def many(run: Callable[[], torch.Tensor]) -> Callable[[], None]:
            return lambda: [run() for _ in range(TIMES)] and None

        seconds = interleave({name: many(run) for name, run in made.items()}, options.rounds)
    each = {name: [value / TIMES for value in values] for name, values in seconds.items()}
    if options.json:
        print(json.dumps({name: statistics.median(values) for name, values in each.items()}))
    else:
        show(each, "µs", 1e6)


if __name__ == "__main__":
    main()
