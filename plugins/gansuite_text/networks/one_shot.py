"""The generator that writes all tokens at once (Gulrajani et al. 2017, section 5 and appendix C)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.policy import Factorised
from gansuite.estimators.sampling import inverted

from ..spec import TextSpec
from .residual_block import ResidualBlock, odd


class OneShot(Factorised, nn.Module):
    """p(x | z) = Π_t softmax(l_t(z)): z to channels × places, residual convolutions, the logits of every place.

    The tokens do not depend on each other but through z, so the estimators that need that can be used, and there is
    no likelihood without z.

    Args:
        width: channels.
        blocks: residual blocks.
        kernel: tokens of a convolution's window.
        likeliest: sample the likeliest token of each place, as published, instead of drawing one.

    Raises:
        UserError: the prior has no latent.

    Source: Gulrajani et al. (2017), with width 512, 5 blocks of kernel 5, and a latent of 128.
    """

    def __init__(
        self,
        spec: TextSpec,
        prior: Any,
        *,
        width: Annotated[int, Gt(0)] = 512,
        blocks: Annotated[int, Gt(0)] = 5,
        kernel: Annotated[int, Gt(0)] = 5,
        likeliest: bool = False,
    ) -> None:
        super().__init__()
        if not prior.size:
            raise UserError("one-shot: all its texts would be alike without a latent; take the prior normal")
        self.spec, self.alternatives, self.width, self.likeliest = spec, spec.vocabulary, width, likeliest
        self.spread = nn.Linear(prior.size, width * spec.length)
        self.blocks = nn.Sequential(*(ResidualBlock(width, odd(kernel)) for _ in range(blocks)))
        self.out = nn.Conv1d(width, spec.vocabulary, 1)

    def logits(self, x: Tensor | None, z: Float[Tensor, "n z"], codes: Any = None) -> Float[Tensor, "n t v"]:
        """The logits of every place; ``x`` has no part in them."""
        places = self.spread(z).unflatten(1, (self.width, self.spec.length))
        return self.out(self.blocks(places)).transpose(1, 2)

    @torch.no_grad()
    def sample(
        self,
        z: Float[Tensor, "n z"],
        codes: Any,
        rng: Rng,
        *,
        alpha: float = 1.0,
        prefix: Int64[Tensor, "n p"] | None = None,
    ) -> Int64[Tensor, "n t"]:
        """Texts drawn from softmax(alpha · logits), or of the likeliest tokens, beginning with ``prefix``."""
        logits = self.logits(None, z, codes).float()
        tokens = logits.argmax(2) if self.likeliest else drawn(alpha * logits, rng.uniform(*logits.shape[:2]))
        if prefix is not None:
            tokens[:, : prefix.shape[1]] = prefix
        return self.spec.tidied(tokens)

    @torch.no_grad()
    def continued(
        self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Any, rng: Rng, ends: int
    ) -> Int64[Tensor, "begun n ends t"]:
        """``ends`` ends for every beginning x_1..b of every text, b = 1..t-1, with the beginnings kept."""
        n, t = x.shape
        logits = self.logits(None, z, codes).float()
        u = rng.uniform(n, t - 1, ends, t).transpose(0, 1)
        wide = logits.view(1, n, 1, t, -1).expand(t - 1, n, ends, t, -1)
        fresh = drawn(wide, u)
        begun = torch.arange(t, device=x.device) <= torch.arange(t - 1, device=x.device)[:, None]
        found = torch.where(begun.view(t - 1, 1, 1, t), x.view(1, n, 1, t), fresh)
        return self.spec.tidied(found.view(-1, t)).view(found.shape)


def drawn(logits: Float[Tensor, "*places v"], u: Float[Tensor, "*places"]) -> Int64[Tensor, "*places"]:
    """The tokens that uniform numbers choose."""
    return inverted(logits.softmax(-1).flatten(0, -2), u.flatten()).view(u.shape)
