"""What all translations share: a source domain beside the data's, and samples of it to show what was learnt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import interpolate

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32

GALLERY = 256
NUMBERS = 2**26  # kept of them at most: a quarter of a gigabyte


class Translation(Gan):
    """The game of a translator from a source domain, in place of a generator, against critics.

    Its samples are translations of held-out sources, or of those that it is given.

    Args:
        objective: the pair of costs.
        penalties: terms added to a turn's cost, and constraints kept after it.
        inputs: what is done to the samples before a critic sees them, in this order.

    Class attributes:
        translated: the key of a batch under which the translator's input comes.
        many: whether there are many domains, and each translation is asked for one of them.

    Raises:
        UserError: the data has no source domain.
    """

    maps_latents: ClassVar[bool] = False
    players: ClassVar[Mapping[str, str]] = {"generator": "translator", "critic": "critic"}
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        "critic": Gan.provides["critic"],
        "generator": Gan.provides["generator"] - {"latent", "generator"},  # no latent: it starts from samples
    }
    translated: ClassVar[str] = "source"
    many: ClassVar[bool] = False
    gallery: Tensor

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "least-squares",
        penalties: list[Annotated[Any, Ref("penalty")]] = [],  # noqa: B006 - a recipe's default, never mutated
        inputs: list[Annotated[Any, Ref("input")]] = [],  # noqa: B006
    ) -> None:
        source = networks.spec if self.translated == "data" else getattr(networks.spec, "source", None)
        if source is None:
            raise UserError("[data] has no source domain to translate from; choose a dataset of pairs of domains")
        super().__init__(networks, prior, space, objective=objective, penalties=penalties, inputs=inputs)
        self.register_buffer("gallery", torch.zeros(kept(source.shape), *source.shape))

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check({**options, "conditioning": None}, batch_size)

    def widened(self, spec: Any) -> Any:
        """The domain in which a critic is shown samples of ``spec``."""
        for each in self.inputs:
            spec = each.widen(spec)
        return spec

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data",)

    def generated(self, draw: Draw) -> Any:
        """G(x) of a draw's sources."""
        return draw.once("fake", lambda: self.generator(draw["source"], None, draw.rng("generator")))

    def furnish(self, dataset: Dataset) -> None:
        """Keep held-out sources to translate, so that sampling needs no data."""
        split = next(split for split in ("test", "valid", "train") if dataset.count(split))
        rows = torch.arange(len(self.gallery), device=self.gallery.device) % dataset.count(split)
        self.gallery.copy_(dataset.batch(split, rows, None)[self.translated])

    def condition(self, wanted: Any, n: int) -> Any:
        """Sources to be translated, one for each sample.

        Raises:
            UserError: something else is asked for, or another number.
        """
        if not isinstance(wanted, Tensor):
            return super().condition(wanted, n)
        if wanted.shape != (n, *self.gallery.shape[1:]):
            raise UserError(f"condition: {n} sources {[n, *self.gallery.shape[1:]]} wanted, not {list(wanted.shape)}")
        return wanted.to(self.gallery)

    def sources(self, n: int, rng: Rng) -> Tensor:
        """``n`` held-out sources by chance."""
        return self.gallery[rng.integers(0, len(self.gallery), n)]

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        """Translations of ``condition`` (n source samples), or of held-out sources."""
        return self.generator(self.sources(n, rng) if condition is None else condition, None, rng)

    def translations(self, x: Any, rng: Rng, wanted: Int64[Tensor, " n"] | None = None) -> Any:
        """Translations of samples; ``wanted`` says to which domain each, where there are many."""
        return self.sample(len(x), rng, self.condition(x, len(x)))

    def sample_at(self, z: Tensor, rng: Rng, condition: Any = None) -> Any:
        raise UserError("this model translates samples, so there is no way from one latent to another")


def kept(shape: Sequence[int]) -> int:
    """How many sources are kept: fewer of large ones, as one-hot maps of many classes are, and one at least."""
    return max(1, min(GALLERY, NUMBERS // math.prod(shape)))


class Made(Draw):
    """A draw with translations that were made for it already, by the name of the critic that is to judge them."""

    def __init__(self, draw: Draw, **made: Any) -> None:
        super().__init__({**draw, **made}, draw.rng, draw.gather, draw.index, draw.round)


def paired(space: Space, y: Any, x: Tensor) -> Any:
    """Samples with their sources as further channels, stretched over the samples' axes where these are longer.

    Shapes: y [n, c, *axes] and x [n, k, *others], as many others as axes or none, to [n, c + k, *axes].
    """
    axes = space.leaves(y)[0].shape[2:]
    if x.dim() > 2 and x.shape[2:] != axes:
        x = interpolate(x, size=axes)
    return space.attach(y, x)


def apart(x: Float[Tensor, "n ..."], y: Float[Tensor, "n ..."]) -> Float[Tensor, " n"]:
    """Mean absolute difference of each sample from its counterpart, ‖x - y‖₁ per coordinate."""
    return at_least_fp32(x - y).abs().flatten(1).mean(1)
