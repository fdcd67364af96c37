"""Texts as signals whose channels are the tokens, so that the core's translation games can be played on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional

from gansuite.errors import UserError
from gansuite.representations.representation import Representation
from gansuite.spaces import TensorSpace

from ..spec import TextSpec


@dataclass(frozen=True)
class TokensSpec:
    """Texts as signals [n, channels, length], a channel for each token of the vocabulary.

    Args:
        channels: tokens of the vocabulary.
        length: places of a text.
        labels: the names of the classes.
        source: the domain that a translator starts from, where the texts have a source.
        contents: the names of the classes of what is translated, where these are not ``labels``.
    """

    channels: int
    length: int
    labels: tuple[str, ...] = ()
    source: TokensSpec | None = None
    contents: tuple[str, ...] = ()

    space: ClassVar[TensorSpace] = TensorSpace()

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of one sample: (channels, length)."""
        return self.channels, self.length

    def widened(self, channels: int) -> TokensSpec:
        """As many channels, the other settings alike."""
        return replace(self, channels=channels)


class OneHot(Representation):
    """y[w, t] = 1 where the token at place t is w, else 0; back by the largest channel of each place.

    The end of a text is a token, and the room behind it is full of ends, so that a translation may be longer or shorter
    than its source.

    Raises:
        UserError: sources are of another vocabulary or length.
    """

    def __init__(self, spec: TextSpec) -> None:
        super().__init__()
        self.texts = spec
        made = TokensSpec(spec.vocabulary, spec.length, spec.labels, contents=spec.contents)
        if spec.source is not None:
            if (spec.source.vocabulary, spec.source.length) != (spec.vocabulary, spec.length):
                raise UserError("one-hot: sources are texts of another vocabulary or length; give both the same")
            made = replace(made, source=replace(made, labels=spec.source.labels, contents=()))
        self.spec: Any = made

    def encode(self, x: Int64[Tensor, "n t"]) -> Float[Tensor, "n v t"]:
        return functional.one_hot(self.texts.tidied(x), self.texts.vocabulary).float().transpose(1, 2)

    def decode(self, y: Float[Tensor, "n v t"]) -> Int64[Tensor, "n t"]:
        return self.texts.tidied(y.argmax(1))
