"""What generators share that write one token after another."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.estimators.policy import Choose
from gansuite.estimators.sampling import inverted

from ..spec import TextSpec

ROWS = 256
"""Rows that are continued at a time on a CPU: more would not stay in its cache."""

State = tuple[Tensor, ...]


class Autoregressive(nn.Module):
    """p(x) = Π_t p(x_t | x_<t, z): a subclass says how it begins, how a token changes its state, and what it scores.

    A state is a tuple of tensors whose first axis is the batch.
    """

    factorised: ClassVar[bool] = False

    def __init__(self, spec: TextSpec) -> None:
        super().__init__()
        self.spec, self.alternatives = spec, spec.vocabulary

    @abstractmethod
    def begin(self, z: Float[Tensor, "n z"], codes: Tensor | None) -> State:
        """The state before the first token, in which that is scored."""

    @abstractmethod
    def step(self, token: Tensor, state: State) -> State:
        """The state after one more token, int64 [n] or relaxed float [n, v]."""

    @abstractmethod
    def scores(self, state: State) -> Float[Tensor, "n v"]:
        """The logits of the next token."""

    def logits(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Any = None) -> Float[Tensor, "n t v"]:
        """The logits of every token of ``x``, each given those before it."""
        state, found = self.begin(z, codes), []
        for t, token in enumerate(x.unbind(1)):
            found.append(self.scores(state))
            if t + 1 < x.shape[1]:
                state = self.step(token, state)
        return torch.stack(found, 1)

    def mask(self, x: Tensor) -> Bool[Tensor, "n t"]:
        """The places up to a text's end, the end among them."""
        return self.spec.mask(x)

    def forward(
        self, z: Float[Tensor, "n z"], codes: Any = None, rng: Rng | None = None, choose: Choose | None = None
    ) -> Tensor:
        """Texts written with ``choose``, relaxed [n, t, v]: what it chose is what is read next."""
        if choose is None:
            return self.sample(z, codes, rng or Rng(0))
        state, found = self.begin(z, codes), []
        for t in range(self.spec.length):
            found.append(choose(self.scores(state), rng))
            if t + 1 < self.spec.length:
                state = self.step(self.heard(found[-1]), state)
        return torch.stack(found, 1)

    def heard(self, chosen: Float[Tensor, "n v"]) -> Tensor:
        """What the generator reads of its relaxed token."""
        return chosen

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
        """Texts drawn from softmax(alpha · logits), beginning with ``prefix``."""
        length = self.spec.length
        u = rng.uniform(len(z), length)
        given = 0 if prefix is None else prefix.shape[1]
        state, tokens = self.begin(z, codes), list[Tensor]()
        for t in range(length):
            token = prefix[:, t] if prefix is not None and t < given else self.drawn(state, u[:, t], alpha)
            tokens.append(token)
            if t + 1 < length:
                state = self.step(token, state)
        return self.spec.tidied(torch.stack(tokens, 1))

    def drawn(self, state: State, u: Float[Tensor, " n"], alpha: float = 1.0) -> Int64[Tensor, " n"]:
        """The tokens that uniform numbers choose.

        The softmax takes the place of the scores: a second table of them would cost more to allocate than to fill.
        """
        scores = self.scores(state).float()
        if alpha != 1.0:
            scores = scores.mul_(alpha)
        return inverted(torch.softmax(scores, -1, out=scores), u)

    @torch.no_grad()
    def continued(
        self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Any, rng: Rng, ends: int
    ) -> Int64[Tensor, "begun n ends t"]:
        """``ends`` ends for every beginning x_1..b of every text, b = 1..t-1, with the beginnings kept.

        The state of a beginning is reached once, not once for each of its ends, and all ends of all texts go through a
        step together.
        """
        n, t = x.shape
        u = rng.uniform(n, t - 1, ends, t).transpose(0, 1)
        found = x.unsqueeze(1).expand(n, ends, t).repeat(t - 1, 1, 1, 1)
        state = self.begin(z, codes)
        for b in range(1, t):
            state = self.step(x[:, b - 1], state)
            wide = tuple(part.repeat_interleave(ends, 0) for part in state)
            self.finish(found[b - 1].view(n * ends, t), wide, u[b - 1].reshape(n * ends, t), b)
        return self.spec.tidied(found.view(-1, t)).view(found.shape)

    def finish(self, out: Int64[Tensor, "m t"], state: State, u: Float[Tensor, "m t"], begun: int) -> None:
        """Write the tokens from place ``begun`` on into ``out``."""
        rows = ROWS if out.device.type == "cpu" else len(out)
        for first in range(0, len(out), rows):
            part = slice(first, first + rows)
            own = tuple(each[part] for each in state)
            for t in range(begun, out.shape[1]):
                token = self.drawn(own, u[part, t])
                out[part, t] = token
                if t + 1 < out.shape[1]:
                    own = self.step(token, own)
