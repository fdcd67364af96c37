"""The domain: what one heartbeat is, and where real ones come from."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, ClassVar, Self

import torch
from annotated_types import Ge, Gt
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.spaces import TensorSpace

# Height in millivolts, place and width in seconds of the waves P, Q, R, S and T.
WAVES = ((0.15, -0.20, 0.025), (-0.12, -0.04, 0.010), (1.00, 0.00, 0.011), (-0.25, 0.04, 0.010), (0.30, 0.28, 0.045))
SHARES = {"train": 0.8, "valid": 0.1, "test": 0.1}


@dataclass(frozen=True)
class BeatSpec:
    """One heartbeat: ``length`` values in millivolts, ``rate`` of them a second, as tensors [n, length]."""

    length: int
    rate: int

    space: ClassVar[TensorSpace] = TensorSpace()
    extractor: ClassVar[str] = "slopes"
    writer: ClassVar[str] = "csv"

    @property
    def shape(self) -> tuple[int]:
        """Shape of one sample."""
        return (self.length,)

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON-able values; ``Beats.read_spec`` is the inverse."""
        return asdict(self)


class Beats:
    """Sums of five Gaussian waves, x(t) = sum_k a_k exp(-(t - c_k)² / 2 w_k²), which differ from beat to beat.

    Args:
        length: values of one beat, over one second.
        count: beats in all; eight tenths train, one validates, one tests.
        variation: relative deviation of heights and widths; places move by a hundredth of a second times it.
        seed: of the beats.
    """

    def __init__(
        self,
        *,
        length: Annotated[int, Ge(16)] = 64,
        count: Annotated[int, Ge(100)] = 2000,
        variation: Annotated[float, Gt(0)] = 0.15,
        seed: Annotated[int, Ge(0)] = 0,
    ) -> None:
        self.spec = BeatSpec(length, length)
        sizes = {split: int(share * count) for split, share in SHARES.items()}
        self.parts = {split: beats(Rng(seed, "beats", split), n, length, variation) for split, n in sizes.items()}
        content = repr((1, length, count, variation, seed)).encode()
        self.fingerprint = hashlib.blake2b(content, digest_size=16).hexdigest()
        self.summary: Mapping[str, Any] = {"beats": count, "splits": sizes}

    @staticmethod
    def read_spec(table: Mapping[str, Any]) -> BeatSpec:
        """The description from what ``as_dict`` gave: sampling needs no data."""
        return BeatSpec(**table)

    def to(self, device: torch.device | str) -> Self:
        """The same beats on ``device``."""
        moved = copy.copy(self)
        moved.parts = {split: part.to(device) for split, part in self.parts.items()}
        return moved

    def count(self, split: str) -> int:
        """Number of beats in ``split``."""
        return len(self.parts[split])

    def batch(self, split: str, index: Tensor, rng: Rng | None) -> dict[str, Tensor]:
        """The beats at ``index``, [n, length]; nothing is drawn inside one, so ``rng`` is not needed."""
        return {"data": self.parts[split].index_select(0, index)}

    def names(self, split: str) -> list[str]:
        """What each beat is called where samples are compared with it."""
        return [f"{split} beat {i}" for i in range(self.count(split))]


def beats(rng: Rng, n: int, length: int, variation: float) -> Tensor:
    """Draw ``n`` beats, [n, length]."""
    height, place, width = torch.tensor(WAVES, device=rng.device).unbind(1)
    height = height * (1 + variation * rng.normal(n, len(WAVES)))
    place = place + 0.01 * variation * rng.normal(n, len(WAVES))
    width = width * torch.exp(variation * rng.normal(n, len(WAVES)))
    time = torch.linspace(-0.4, 0.6, length, device=rng.device)
    waves = height.unsqueeze(2) * torch.exp(-0.5 * ((time - place.unsqueeze(2)) / width.unsqueeze(2)).square())
    return waves.sum(1)
