"""What turns consume. A source is a pure function of (seed, stream, index), so resume needs integers only."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng, seed_of, torch_generator


@runtime_checkable
class Source(Protocol):
    """Anything a turn draws from: data, prior, condition, replay."""

    def draw(self, stream: str, index: int, shard: tuple[int, int]) -> dict[str, Any]:
        """This rank's rows of the global batch number ``index`` of ``stream``, by name."""
        ...


class Streams:
    """The random numbers of one source: one generator a stream, seeded anew at each index."""

    def __init__(self, name: str, seed: int, device: torch.device) -> None:
        self.name, self.seed, self.device = name, seed, device
        self.known: dict[tuple[str, tuple[int, int]], Rng] = {}

    def at(self, stream: str, index: int, shard: tuple[int, int]) -> Rng:
        key = stream, shard
        if key not in self.known:
            self.known[key] = Rng(self.seed, "source", stream, self.name, device=self.device, shard=shard)
        return self.known[key].at(index)


class PriorSource:
    """Latents from a prior."""

    def __init__(self, prior: Any, batch_size: int, seed: int, device: torch.device) -> None:
        self.prior, self.batch_size = prior, batch_size
        self.streams = Streams("prior", seed, device)

    def draw(self, stream: str, index: int, shard: tuple[int, int]) -> dict[str, Any]:
        rng = self.streams.at(stream, index, shard)
        return {"prior": self.prior.sample(self.batch_size // shard[1], rng)}


class DataSource:
    """Real samples, each item once an epoch in an order that is a function of (seed, stream, epoch)."""

    def __init__(
        self, dataset: Dataset, batch_size: int, seed: int, device: torch.device, split: str = "train"
    ) -> None:
        self.dataset, self.batch_size, self.seed, self.device, self.split = dataset, batch_size, seed, device, split
        self.count = dataset.count(split)
        self.streams = Streams("data", seed, device)
        self.orders: dict[tuple[str, int], Tensor] = {}

    def draw(self, stream: str, index: int, shard: tuple[int, int]) -> dict[str, Any]:
        n = self.batch_size // shard[1]
        places = self.positions(stream, index * self.batch_size + shard[0] * n, n)
        return self.dataset.batch(self.split, places, self.streams.at(stream, index, shard))

    def positions(self, stream: str, first: int, n: int) -> Tensor:
        """Items at places first..first+n-1 of the endless sequence of shuffled epochs."""
        epoch, start = divmod(first, self.count)
        if start + n <= self.count:
            return self.order(stream, epoch)[start : start + n]
        epochs = range(epoch, (first + n - 1) // self.count + 1)
        return torch.cat([self.order(stream, each) for each in epochs])[start : start + n]

    def order(self, stream: str, epoch: int) -> Tensor:
        """The permutation of one epoch, kept while the epoch lasts."""
        key = stream, epoch
        if key not in self.orders:
            self.orders = {k: v for k, v in self.orders.items() if k[0] != stream or k[1] >= epoch - 1}
            generator = torch_generator(seed_of(self.seed, stream, "order", epoch), self.device)
            self.orders[key] = torch.randperm(self.count, generator=generator, device=self.device)
        return self.orders[key]
