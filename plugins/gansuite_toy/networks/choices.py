"""Perceptrons for samples made of choices: tokens of a text, edges of a graph. They know nothing of either."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.policy import Factorised
from gansuite.estimators.sampling import categorical
from gansuite.spaces import ChoiceSpace

from .hidden import Activation, Init, LinearHead, Norm, hidden, initialise, size_of


class ChoiceGenerator(Factorised, nn.Module):
    """p(x | z) = Π_c softmax(l_c(z)), the logits of all c places from one perceptron.

    No place knows which others are near it, or that an alternative means the same elsewhere: it is what a
    :class:`~gansuite.estimators.policy.Policy` is without any knowledge of the domain.

    Args:
        width: units of a hidden layer.
        depth: hidden layers.
        activation: of the hidden layers.
        norm: between a hidden layer and its activation.
        init: of the weights: PyTorch's own, ``orthogonal`` or ``normal`` (biases 0).
        gain: factor of ``orthogonal`` (default 1), standard deviation of ``normal`` (default .02).

    Raises:
        UserError: the samples are not choices, or there is no latent.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        width: Annotated[int, Gt(0)] = 128,
        depth: Annotated[int, Ge(0)] = 2,
        activation: Activation = "relu",
        norm: Norm = "none",
        init: Init = "default",
        gain: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        super().__init__()
        if not prior.size:
            raise UserError("choice-mlp: all its samples would be of one law without a latent; take the prior normal")
        self.spec, self.alternatives = spec, choices_of(spec).alternatives
        self.body = hidden(prior.size, width, depth, activation, norm)
        self.out = nn.Linear(width if depth else prior.size, size_of(spec) * self.alternatives)
        initialise(self, init, gain)

    def logits(self, x: Tensor | None, z: Float[Tensor, "n z"], codes: Any = None) -> Float[Tensor, "n c k"]:
        """The logits of every place; ``x`` has no part in them, and codes come with the latent."""
        return self.out(self.body(z)).unflatten(1, (-1, self.alternatives))

    @torch.no_grad()
    def sample(
        self, z: Float[Tensor, "n z"], codes: Any, rng: Rng, *, alpha: float = 1.0, prefix: Tensor | None = None
    ) -> Int64[Tensor, "n c"]:
        """Samples drawn from softmax(alpha · logits), beginning with ``prefix``."""
        x = categorical(self.logits(None, z, codes), rng, alpha)
        if prefix is not None:
            x[:, : prefix.shape[1]] = prefix
        return self.spec.tidied(x)


class ChoiceCritic(LinearHead):
    """One-hot or relaxed samples [n, c, k], flattened, to scores [n]: ``depth`` hidden layers of ``width`` units.

    Args:
        width: units of a hidden layer.
        depth: hidden layers.
        activation: of the hidden layers.
        norm: of the hidden layers.
        init: of the weights.
        gain: factor of ``orthogonal`` (default 1), standard deviation of ``normal`` (default .02).

    Raises:
        UserError: the samples are not choices.
    """

    scores: ClassVar[str] = "sample"

    def __init__(
        self,
        spec: Any,
        *,
        width: Annotated[int, Gt(0)] = 128,
        depth: Annotated[int, Ge(0)] = 2,
        activation: Activation = "leaky-relu",
        norm: Norm = "none",
        init: Init = "default",
        gain: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        super().__init__()
        self.space = choices_of(spec)
        self.width, codes = width, getattr(spec, "codes", 0)
        self.body = hidden(size_of(spec) * self.space.alternatives + codes, width, max(depth, 1), activation, norm)
        self.top = nn.Linear(self.width, 1)
        initialise(self, init, gain)

    def features(self, x: Tensor, rng: Rng | None = None) -> Float[Tensor, "n f"]:
        """What the score is linear in."""
        return self.body(self.space.relaxed(x).to(self.top.weight.dtype).flatten(1))

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        """One score a sample; a code is read beside it."""
        rows = self.space.relaxed(x).to(self.top.weight.dtype).flatten(1)
        if condition is not None:
            rows = torch.cat([rows, condition.to(rows.dtype)], 1)
        return self.head(self.body(rows))


def choices_of(spec: Any) -> ChoiceSpace:
    """The space of a domain whose samples are choices.

    Raises:
        UserError: they are numbers.
    """
    if not isinstance(spec.space, ChoiceSpace):
        raise UserError("choice-mlp is for samples made of choices, such as texts and graphs; take toy/mlp")
    return spec.space
