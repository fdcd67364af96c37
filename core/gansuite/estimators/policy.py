"""A generator whose samples are made of choices among K alternatives: tokens of a text, edges of a graph, atoms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, runtime_checkable

from jaxtyping import Bool, Float
from torch import Tensor

from gansuite.engine.rng import Rng

Choose = Callable[[Float[Tensor, "*choices k"], Rng | None], Float[Tensor, "*choices k"]]
"""From logits to one row of the simplex for each choice: one-hot, or relaxed so that a gradient passes."""


@runtime_checkable
class Policy(Protocol):
    """What a game of discrete samples asks of its generator besides being an ``nn.Module``.

    A *sample* is a row of an int64 tensor [n, c], the alternative chosen at each of c places; *codes* are those of a
    conditioning, *z* latents of the prior (of size 0 where the model has none).
    """

    def forward(
        self, z: Float[Tensor, "n z"], codes: Tensor | None = None, rng: Rng | None = None, choose: Choose | None = None
    ) -> Tensor:
        """Samples made choice by choice with ``choose``: float [n, c, k], through which a gradient passes.

        Without ``choose`` samples are drawn as ``sample`` draws them: int64 [n, c].
        """
        ...

    def sample(
        self,
        z: Float[Tensor, "n z"],
        codes: Tensor | None,
        rng: Rng,
        *,
        alpha: float = 1.0,
        prefix: Tensor | None = None,
    ) -> Tensor:
        """Samples int64 [n, c], from softmax(alpha · logits), beginning with ``prefix`` [n, p]; no graph is made."""
        ...

    def logits(self, x: Tensor, z: Float[Tensor, "n z"], codes: Tensor | None = None) -> Float[Tensor, "n c k"]:
        """Scores of every alternative at every place, given what ``x`` chose before it."""
        ...

    # A generator may offer ``logits_at(mask, x, z, codes)``, the rows of ``logits`` at the places of a mask alone.

    def mask(self, x: Tensor) -> Tensor:
        """Which places of a sample hold a choice, bool [n, c]: those up to its end, and the end itself.

        ``x`` is int64 [n, c] or float [n, c, k].
        """
        ...


class Factorised:
    """What policies have in common that give the logits of all places at once: p(x | z) = Π_c softmax(l_c(z)).

    To be mixed into an ``nn.Module`` that has ``spec``, ``logits`` and ``sample``.
    """

    factorised: ClassVar[bool] = True
    spec: Any
    logits: Any
    sample: Any

    def mask(self, x: Tensor) -> Bool[Tensor, "n c"]:
        """The places that hold a choice, as the domain has it."""
        return self.spec.mask(x)

    def forward(
        self, z: Float[Tensor, "n z"], codes: Any = None, rng: Rng | None = None, choose: Choose | None = None
    ) -> Tensor:
        """Samples made with ``choose``, all places together; without it, drawn ones."""
        if choose is None:
            return self.sample(z, codes, rng or Rng(0))
        return choose(self.logits(None, z, codes), rng)


def unwrapped(policy: Any) -> Policy:
    """The generator as a policy; a type for type checkers, since modules have none of their own."""
    return policy
