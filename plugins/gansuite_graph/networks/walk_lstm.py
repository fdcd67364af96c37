"""NetGAN's generator of random walks (Bojchevski et al. 2018, section 3.1)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Gt
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.policy import Choose
from gansuite.estimators.sampling import inverted

from ..spec import WalkSpec
from .corner_rows import rows, stacked
from .lstm import Held, Lstm

ROWS = 256
"""Walks that are drawn at a time on a CPU: their probabilities stay in its cache."""


class WalkLstm(nn.Module):
    """z ~ N(0, I);  m_0 = g(z);  (p_t, m_t) = LSTM(m_(t-1), v_(t-1) W_down);  v_t ~ softmax(p_t W_up + b).

    g: s = tanh(z A + a), then h_0 = tanh(s B + b') and c_0 = tanh(s C + c'). The first thing read is a zero. W_up
    [hidden, N] and W_down [N, embedding] keep the recurrence free of N, and only they grow with the graph. A
    :class:`~gansuite.estimators.policy.Policy`; a latent stands before every walk, so it has no likelihood.

    Args:
        hidden: units of the LSTM, and of the two layers before it.
        embedding: columns of W_down.

    Raises:
        UserError: the data are whole graphs, or the prior has no latent.

    Source: section 3.1 of the paper; sizes, Glorot matrices and zero biases as in the authors' code.
    """

    factorised: ClassVar[bool] = False
    reads_corners: ClassVar[bool] = True

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        hidden: Annotated[int, Gt(0)] = 40,
        embedding: Annotated[int, Gt(0)] = 128,
    ) -> None:
        super().__init__()
        self.spec = walks_only(spec, "generator")
        if not prior.size:
            raise UserError("netgan begins every walk with a latent, and there is none; take the prior normal")
        self.alternatives, nodes = spec.alternatives, spec.nodes
        self.shared, self.to_h, self.to_c = (glorot(size, hidden) for size in (prior.size, hidden, hidden))
        self.cell = Lstm(embedding, hidden)
        self.up = glorot(hidden, nodes)
        self.down = nn.Parameter(nn.init.xavier_uniform_(torch.empty(nodes, embedding)))

    def begin(self, z: Float[Tensor, "n z"]) -> Held:
        """What is held when the first node is scored."""
        shared = self.shared(z).tanh()
        held = Held(self.to_h(shared).tanh(), self.to_c(shared).tanh())
        nothing = z.new_zeros(len(z), self.down.shape[1])
        return self.cell.step(self.cell.driven(nothing), held)

    def step(self, node: Any, held: Held) -> Held:
        """What is held after one more node: numbers, relaxed rows or ``Corners``."""
        return self.cell.step(self.cell.driven(rows(node, self.down)), held)

    def forward(
        self, z: Float[Tensor, "n z"], codes: Tensor | None = None, rng: Rng | None = None, choose: Choose | None = None
    ) -> Any:
        """Walks made with ``choose``, float [n, t, N], or ``Corners`` where it gives such."""
        if choose is None:
            return self.sample(z, codes, rng or Rng(0))
        held, walk = self.begin(z), list[Any]()
        for t in range(self.spec.length):
            held = self.step(walk[-1], held) if t else held
            walk.append(choose(self.up(held.h), rng))
        return stacked(walk)

    @torch.no_grad()
    def sample(
        self,
        z: Float[Tensor, "n z"],
        codes: Tensor | None,
        rng: Rng,
        *,
        alpha: float = 1.0,
        prefix: Int64[Tensor, "n p"] | None = None,
    ) -> Int64[Tensor, "n t"]:
        """Walks drawn from softmax(alpha · logits) by inversion, beginning with ``prefix``."""
        u = rng.uniform(len(z), self.spec.length)
        size = ROWS if z.device.type == "cpu" else len(z)
        firsts = range(0, len(z), max(size, 1))
        parts = [slice(first, first + size) for first in firsts]
        begun = [None if prefix is None else prefix[part] for part in parts]
        walks = [self.walked(z[part], u[part], alpha, given) for part, given in zip(parts, begun, strict=True)]
        return torch.cat(walks) if walks else torch.empty(0, self.spec.length, dtype=torch.int64, device=z.device)

    def walked(
        self, z: Float[Tensor, "n z"], u: Float[Tensor, "n t"], alpha: float, prefix: Int64[Tensor, "n p"] | None
    ) -> Int64[Tensor, "n t"]:
        """The walks that uniform numbers choose."""
        held, walk, given = self.begin(z), list[Tensor](), 0 if prefix is None else prefix.shape[1]
        for t in range(self.spec.length):
            held = self.step(walk[-1], held) if t else held
            walk.append(prefix[:, t] if prefix is not None and t < given else drawn(self.up(held.h), u[:, t], alpha))
        return torch.stack(walk, 1)

    def logits(
        self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Tensor | None = None
    ) -> Float[Tensor, "n t N"]:
        """The scores of every node at every place, given the nodes before it and the latent."""
        return self.up(self.states(x, z))

    def logits_at(
        self, mask: Bool[Tensor, "n t"], x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Tensor | None = None
    ) -> Float[Tensor, "m N"]:
        """The logits of the places of ``mask`` alone."""
        return self.up(self.states(x, z)[mask])

    def states(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"]) -> Float[Tensor, "n t h"]:
        """The states in which each node of ``x`` is scored."""
        held = self.begin(z)
        found = [held.h]
        for given in self.cell.driven(rows(x[:, :-1], self.down)).unbind(1):
            held = self.cell.step(given, held)
            found.append(held.h)
        return torch.stack(found, 1)

    def mask(self, x: Tensor) -> Bool[Tensor, "n t"]:
        """Every place holds a node."""
        return torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)


def walks_only(spec: Any, player: str) -> WalkSpec:
    """The specification, if it is of walks.

    Raises:
        UserError: it is of whole graphs.
    """
    if not isinstance(spec, WalkSpec):
        raise UserError(f'this {player} is for random walks, and the data are no walks; take [data] name = "network"')
    return spec


def glorot(size: int, out: int) -> nn.Linear:
    """A linear map with Glorot-uniform weights and no bias to begin with."""
    linear = nn.Linear(size, out)
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear


def drawn(scores: Float[Tensor, "n k"], u: Float[Tensor, " n"], alpha: float) -> Int64[Tensor, " n"]:
    """The nodes that uniform numbers choose; an infinite ``alpha`` takes the likeliest."""
    if alpha == float("inf"):
        return scores.argmax(1)
    scores = scores.float()
    scores = scores if alpha == 1.0 else scores.mul_(alpha)
    return inverted(torch.softmax(scores, 1, out=scores), u)
