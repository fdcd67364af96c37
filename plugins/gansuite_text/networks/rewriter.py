"""A translator of texts that begins by copying, and learns what to write in a word's place."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.networks.resnet import ResNet
from gansuite.plugins import Ref


class Rewriter(ResNet):
    """One-hot texts [n, v, t] to one-hot texts: θ = keep · x + f(x), and a token drawn at each place by softmax(θ).

    f is the residual translator ``resnet`` along the text, whose last layer begins with nothing, so that at first a
    place keeps its token with probability 1 / (1 + (v - 1) e^-keep). Draws and their gradient are the estimator's, in
    training; afterwards the likeliest token is written. Each place is drawn by itself, given the source: nothing holds
    the words of a translation together but f and the critic.

    Args:
        keep: logit of the token that is there.
        temperature: of the estimator.
        estimator: a relaxation of the draw that gives whole tokens.
        dim, blocks, downsamples, outer: as of ``resnet``.

    Raises:
        UserError: texts are given as they are, and not by a representation, or too short for these convolutions.
    """

    def __init__(
        self,
        spec: Any,
        source: Any,
        *,
        keep: Annotated[float, Ge(0)] = 10.0,
        temperature: Annotated[float, Gt(0)] = 1.0,
        estimator: Annotated[Any, Ref("estimator")] = "straight-through-gumbel",
        dim: Annotated[int, Gt(0)] = 64,
        blocks: Annotated[int, Ge(0)] = 3,
        downsamples: Annotated[int, Ge(0)] = 0,
        outer: Annotated[int, Gt(0)] = 3,
    ) -> None:
        super().__init__(
            spec, source, dim=dim, blocks=blocks, downsamples=downsamples, outer=outer, norm="none", output="none"
        )
        self.last.weight.data.zero_()
        self.keep, self.temperature, self.estimator = keep, temperature, estimator

    def forward(
        self, x: Float[Tensor, "n v t"], condition: Any = None, rng: Rng | None = None
    ) -> Float[Tensor, "n v t"]:
        """The rewritten texts."""
        logits = (self.keep * x + super().forward(x, condition, rng)).transpose(1, 2)
        noise = rng if self.training else None
        return self.estimator.choose(logits, noise, self.temperature).transpose(1, 2)
