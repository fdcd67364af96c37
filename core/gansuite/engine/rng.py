"""Randomness as a pure function of (seed, names): nothing to save, and the same for any number of processes."""

from __future__ import annotations

import hashlib
import random
from functools import lru_cache

import torch
from jaxtyping import Float, Int64
from torch import Tensor


@lru_cache(maxsize=4096)
def seed_of(seed: int, *names: str | int) -> int:
    """Hash a seed and the names of a stream to 63 bits; the same on every machine and in every process."""
    text = "/".join(map(str, (seed, *names)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") >> 1


GOLDEN = 0x9E3779B97F4A7C15


def mixed(x: int) -> int:
    """SplitMix64's finaliser (Steele, Lea & Flood 2014), to 63 bits: neighbours become unrelated seeds."""
    x &= 2**64 - 1
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & 2**64 - 1
    x = (x ^ x >> 27) * 0x94D049BB133111EB & 2**64 - 1
    return (x ^ x >> 31) >> 1


def torch_generator(seed: int, device: torch.device) -> torch.Generator | None:
    """A seeded generator of ``device``; None on ``meta``, where no number is ever drawn."""
    if device.type == "meta":
        return None
    return torch.Generator(device).manual_seed(seed)


class Rng:
    """The random numbers of one draw: a function of (seed, names, index).

    Tensors are drawn for the *global* batch and each rank keeps its own rows, so that k processes see the
    numbers of one process on the union batch. ``integer`` gives one host number for the whole batch and
    never synchronises with the device.
    """

    def __init__(
        self,
        seed: int,
        *names: str,
        index: int = 0,
        device: torch.device | str = "cpu",
        shard: tuple[int, int] = (0, 1),
    ) -> None:
        self.root, self.names, self.index = seed, names, index
        self.base: int | None = None
        self.device = device if isinstance(device, torch.device) else torch.device(device)
        self.rank, self.world = shard
        # Most streams are never asked for a number: nothing is hashed or seeded before the first question.
        self.generator: torch.Generator | None = None
        self.host: random.Random | None = None
        self.seeded = False
        self.parts = 1

    def at(self, index: int) -> Rng:
        """The same stream at another index, from its beginning; this object, whose generator is used again."""
        self.index, self.host, self.seeded = index, None, False
        return self

    @property
    def seed(self) -> int:
        """What seeds the generators of this stream at this index."""
        if self.base is None:
            self.base = seed_of(self.root, *self.names)
        return mixed(self.base + self.index * GOLDEN)

    def stream(self) -> torch.Generator | None:
        """The device generator behind the tensor draws, seeded at the first of them."""
        if not self.seeded:
            if self.generator is None:
                self.generator = torch_generator(self.seed, self.device)
            else:
                self.generator.manual_seed(self.seed)
            self.seeded = True
        return self.generator

    def rows(self, x: Tensor) -> Tensor:
        """This rank's rows of a global tensor (of each of its ``parts``: real and generated rows in one call)."""
        if self.world == 1:
            return x
        return x.unflatten(0, (self.parts, self.world, -1))[:, self.rank].flatten(0, 1)

    def uniform(self, n: int, *shape: int, low: float = 0.0, high: float = 1.0) -> Float[Tensor, "n ..."]:
        """Uniform numbers in [low, high) for ``n`` local rows."""
        x = torch.rand(n * self.world, *shape, device=self.device, generator=self.stream())
        return self.rows(x if (low, high) == (0.0, 1.0) else x.mul_(high - low).add_(low))

    def normal(self, n: int, *shape: int, scale: float = 1.0) -> Float[Tensor, "n ..."]:
        """Normal numbers of mean 0 and standard deviation ``scale`` for ``n`` local rows."""
        x = torch.randn(n * self.world, *shape, device=self.device, generator=self.stream())
        return self.rows(x if scale == 1.0 else x.mul_(scale))

    def integers(self, low: int, high: int, n: int) -> Int64[Tensor, " n"]:
        """One integer in [low, high) for each of ``n`` local rows."""
        x = torch.empty(n * self.world, dtype=torch.int64, device=self.device)
        return self.rows(x.random_(low, high, generator=self.stream()))

    def integer(self, low: int, high: int) -> int:
        """One host integer in [low, high], the same for all rows and all ranks."""
        if self.host is None:
            self.host = random.Random(self.seed)
        return self.host.randint(low, high)
