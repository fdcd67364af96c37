"""What a toy sample is to the suite: a point, a signal, an image or a string of tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.spaces import TensorSpace


@dataclass(frozen=True, kw_only=True)
class ToySpec:
    """What the toy domains share.

    Args:
        labels: the names of the classes, in the order of their numbers; empty without labels.
        picture: how samples are drawn: ``scatter``, ``density``, ``curves``, ``images``, ``contours`` or ``strings``.
        source: the domain that a translator starts from, where the data set has one.
    """

    labels: tuple[str, ...] = ()
    picture: str = "scatter"
    source: ToySpec | None = None

    space: ClassVar[TensorSpace] = TensorSpace()
    extractor: ClassVar[str] = "identity"
    writer: ClassVar[str] = "npy"

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample; its first axis is what packing and conditions widen."""
        raise NotImplementedError

    def widened(self, channels: int) -> ToySpec:
        """The same domain with another size of the first axis."""
        raise NotImplementedError

    def read(self, path: Path) -> Tensor:
        """The sample in an ``.npy`` file of one, as the writer ``npy`` writes it.

        Raises:
            UserError: it holds something else.
        """
        try:
            values = torch.from_numpy(np.load(path, allow_pickle=False))
        except (OSError, ValueError, TypeError) as error:
            raise UserError(f"{path}: cannot be read as an array (.npy); name another file") from error
        if values.shape not in (self.shape, (1, *self.shape)):
            raise UserError(f"{path}: holds {list(values.shape)}, and samples of this run are {list(self.shape)}")
        return values.reshape(self.shape).float()

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON-able values."""
        table = {field.name: getattr(self, field.name) for field in fields(self)}
        source = None if self.source is None else self.source.as_dict()
        return {**table, "labels": list(self.labels), "source": source, "domain": type(self).__name__}


@dataclass(frozen=True)
class PointsSpec(ToySpec):
    """Points [n, dim]."""

    dim: int = 2

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.dim,)

    def widened(self, channels: int) -> PointsSpec:
        return replace(self, dim=channels)


@dataclass(frozen=True)
class SignalSpec(ToySpec):
    """Signals over time [n, channels, length]."""

    length: int = 64
    channels: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        return self.channels, self.length

    def widened(self, channels: int) -> SignalSpec:
        return replace(self, channels=channels)


@dataclass(frozen=True)
class ImageSpec(ToySpec):
    """Pictures [n, channels, height, width] with values in [-1, 1]."""

    height: int = 28
    width: int = 28
    channels: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        return self.channels, self.height, self.width

    def widened(self, channels: int) -> ImageSpec:
        return replace(self, channels=channels)


class TokenSpace(TensorSpace):
    """Strings [n, length] of token numbers (int64): there is nothing between two of them, and no gradient."""

    continuous: ClassVar[bool] = False

    def path(self, x: Tensor, y: Tensor, t: Float[Tensor, " n"]) -> Tensor:
        raise UserError("no path leads from one string of tokens to another: set one_hot = true in [data]")

    def jitter(self, x: Tensor, scale: float, rng: Rng) -> Tensor:
        raise UserError("noise cannot be added to the numbers of tokens: set one_hot = true in [data]")

    def leaves(self, x: Tensor) -> tuple[Tensor, ...]:
        return (x,) if x.is_floating_point() else ()


@dataclass(frozen=True)
class TokensSpec(ToySpec):
    """Strings of ``length`` tokens out of ``vocabulary``: int64 [n, length], each number below ``vocabulary``.

    Args:
        tokens: how each token is written; its number where there are no signs.
    """

    vocabulary: int = 2
    length: int = 20
    tokens: tuple[str, ...] = ()

    space: ClassVar[TensorSpace] = TokenSpace()
    extractor: ClassVar[str] = "token-counts"

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.length,)

    def widened(self, channels: int) -> TokensSpec:
        return replace(self, length=channels)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "tokens": list(self.tokens)}


@dataclass(frozen=True)
class OneHotSpec(ToySpec):
    """Strings as probabilities of each token at each place: float32 [n, vocabulary, length].

    Real ones are one-hot; a generator's are anything that a critic is to tell from them (softmax, Gumbel samples).
    """

    vocabulary: int = 2
    length: int = 20
    tokens: tuple[str, ...] = ()
    channels: int = 0

    @property
    def shape(self) -> tuple[int, ...]:
        return self.channels or self.vocabulary, self.length

    def widened(self, channels: int) -> OneHotSpec:
        return replace(self, channels=channels)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "tokens": list(self.tokens)}


DOMAINS: Mapping[str, type[ToySpec]] = {
    each.__name__: each for each in (PointsSpec, SignalSpec, ImageSpec, TokensSpec, OneHotSpec)
}


def read_spec(table: Mapping[str, Any]) -> ToySpec:
    """The description that ``as_dict`` gave."""
    known: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    domain = DOMAINS[known.pop("domain")]
    if known["source"] is not None:
        known["source"] = read_spec(known["source"])
    return domain(**known)
