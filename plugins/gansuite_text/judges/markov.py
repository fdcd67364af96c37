"""A Markov chain over tokens: a law of texts for which every divergence of the literature has a closed form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.sampling import inverted

CELLS = 1 << 24  # entries of the table of transitions
TEXTS = 1 << 20  # texts that may be enumerated

LogProb = Callable[[Int64[Tensor, "n t"]], Float[Tensor, " n"]]


class Chain:
    """``p(x) = prod_t P[c_t, x_t]``, where the context c_t is the ``order`` tokens before t.

    Contexts are numbered to the base V + 1, the digit V standing for the time before the text. With ``end`` the
    product is over the tokens up to the first end, and the rest of the text is ends; a text that fills its room may
    have none.

    Args:
        table: probabilities of the next token, [(V + 1)^order, V]; rows sum to 1.
        length: tokens of the longest text.
        order: tokens that the next one depends on.
        end: the token that ends a text; None: all are of one length.
    """

    def __init__(self, table: Float[Tensor, "contexts v"], length: int, order: int = 1, end: int | None = None) -> None:
        self.table, self.length, self.order, self.end = table.double(), length, order, end
        self.vocabulary = table.shape[1]
        if len(table) != (self.vocabulary + 1) ** order:
            raise ValueError(f"{len(table)} contexts: order {order} has {(self.vocabulary + 1) ** order}")

    @classmethod
    def drawn(cls, vocabulary: int, length: int, order: int, concentration: float, end: int | None, rng: Rng) -> Chain:
        """Rows from a symmetric Dirichlet distribution; no text is empty.

        Raises:
            UserError: the table would be too large.
        """
        contexts = (vocabulary + 1) ** order
        if contexts * vocabulary > CELLS:
            raise UserError(f"markov: order {order} of {vocabulary} tokens has {contexts} contexts; lower one of them")
        draw = np.random.default_rng(rng.seed)
        table = draw.dirichlet([concentration] * vocabulary, contexts)
        if end is not None:  # the last context is that of the beginning
            table[-1] = np.insert(draw.dirichlet([concentration] * (vocabulary - 1)), end, 0.0)
        return cls(torch.from_numpy(table), length, order, end)

    @property
    def begin(self) -> int:
        """The context of the first token."""
        return len(self.table) - 1

    def after(self, context: Int64[Tensor, " n"], token: Int64[Tensor, " n"]) -> Int64[Tensor, " n"]:
        """The context when one more token is known."""
        return (context * (self.vocabulary + 1) + token) % len(self.table)

    def contexts(self, x: Int64[Tensor, "n t"]) -> Int64[Tensor, "n t"]:
        """The context of each token."""
        context = torch.full([len(x)], self.begin, device=x.device)
        found = []
        for token in x.unbind(1):
            found.append(context)
            context = self.after(context, token)
        return torch.stack(found, 1)

    def live(self, x: Int64[Tensor, "n t"]) -> Tensor:
        """The places up to the first end, bool [n, t]."""
        if self.end is None:
            return torch.ones_like(x, dtype=torch.bool)
        ended = (x == self.end).cumsum(1)
        return ended - (x == self.end).long() == 0

    @torch.no_grad()
    def sample(self, n: int, rng: Rng) -> Int64[Tensor, "n t"]:
        """``n`` texts."""
        context, over = torch.full([n], self.begin), torch.zeros(n, dtype=torch.bool)
        tokens = []
        for place in rng.uniform(n, self.length).unbind(1):
            token = inverted(self.table[context].float(), place)
            if self.end is not None:
                token = token.masked_fill(over, self.end)
                over = over | (token == self.end)
            context = self.after(context, token)
            tokens.append(token)
        return torch.stack(tokens, 1)

    @torch.no_grad()
    def log_density(self, x: Int64[Tensor, "n t"]) -> Float[Tensor, " n"]:
        """``log p(x)``, given where the texts are; -inf for what cannot occur, such as a word behind the end."""
        x, device = x.cpu(), x.device
        log_p, live = self.table.log()[self.contexts(x), x], self.live(x)
        total = log_p.masked_fill(~live, 0).sum(1)
        if self.end is not None:
            total = total.masked_fill(((x != self.end) & ~live).any(1), -torch.inf)
        return total.float().to(device)

    def nll(self, x: Int64[Tensor, "n t"]) -> float:
        """``-sum log p(x)`` over the number of tokens, ends included: nats a token."""
        return float(-self.log_density(x).double().sum() / self.live(x).sum())

    def visits(self) -> Float[Tensor, " contexts"]:
        """Expected number of tokens that a text has in each context, its end among them."""
        now = torch.zeros(len(self.table), dtype=torch.float64)
        now[self.begin] = 1
        every, v = torch.zeros_like(now), self.vocabulary
        target = self.after(torch.arange(len(now)).repeat_interleave(v), torch.arange(v).repeat(len(now)))
        for _ in range(self.length):
            every += now
            mass = now[:, None] * self.table
            if self.end is not None:
                mass[:, self.end] = 0
            now = torch.zeros_like(now).index_add_(0, target, mass.flatten())
        return every

    def entropy(self) -> float:
        """``H(p) = sum_c visits(c) H(P[c])``, nats a text: exact."""
        return float(self.visits() @ -torch.special.xlogy(self.table, self.table).sum(1))

    def kl(self, other: Chain) -> float:
        """``KL(p ‖ q) = sum_c visits(c) KL(P[c] ‖ Q[c])`` to a chain of the same shape, nats a text: exact."""
        visits, p, q = self.visits(), self.table, other.table
        each = torch.where(p > 0, p * (p.log() - q.log()), 0.0).sum(1)
        return float(visits[visits > 0] @ each[visits > 0])

    def enumerated(self) -> Int64[Tensor, "n t"]:
        """Every text once.

        Raises:
            UserError: there are too many.
        """
        if self.vocabulary**self.length > TEXTS:
            raise UserError(
                f"markov: {self.vocabulary}^{self.length} texts are too many to enumerate; use transition_kl"
            )
        digits = self.vocabulary ** torch.arange(self.length - 1, -1, -1)
        every = torch.arange(self.vocabulary**self.length)[:, None] // digits % self.vocabulary
        return every[self.log_density(every).isfinite()]

    def kl_from(self, log_prob: LogProb) -> float:
        """``KL(p ‖ q) = sum_x p(x) (log p(x) - log q(x))`` for a model's ``log q``, nats a text: by enumeration."""
        x = self.enumerated()
        log_p = self.log_density(x).double()
        return float((log_p.exp() * (log_p - log_prob(x).double())).sum())

    def total_variation_from(self, log_prob: LogProb) -> float:
        """``½ sum_x |p(x) - q(x)|``, what q gives to texts that cannot occur included; by enumeration."""
        x = self.enumerated()
        p, q = self.log_density(x).double().exp(), log_prob(x).double().exp()
        return float(((p - q).abs().sum() + (1 - q.sum()).clamp_min(0)) / 2)

    def total_variation(self, x: Int64[Tensor, "n t"]) -> float:
        """``½ sum_x |p(x) - p̂(x)|`` of samples; of n samples of the chain itself about sum_x sqrt(p(x) / 2πn)."""
        found, counts = torch.unique(x.cpu(), dim=0, return_counts=True)
        p, share = self.log_density(found).double().exp(), counts / counts.sum()
        return float(((p - share).abs().sum() + (1 - p.sum()).clamp_min(0)) / 2)

    def counts(self, x: Int64[Tensor, "n t"]) -> Float[Tensor, "contexts v"]:
        """How often each token follows each context in samples."""
        x = x.cpu()
        pairs = (self.contexts(x) * self.vocabulary + x)[self.live(x)]
        return pairs.bincount(minlength=self.table.numel()).view_as(self.table).double()

    def transition_kl(self, x: Int64[Tensor, "n t"]) -> tuple[float, float]:
        """``KL(Q̂ ‖ P)`` of the transitions of samples, nats a token, and what to expect of the chain's own.

        ``sum_c n(c) / n · sum_w q̂(w|c) log(q̂(w|c) / p(w|c))``: infinite if an impossible transition occurs. Where the
        samples are the chain's own, 2 n KL is a chi-square with a degree of freedom for each possible transition but
        one of each context that was seen; its mean over 2 n is the second number.
        """
        counts = self.counts(x)
        of_context, n = counts.sum(1, keepdim=True), counts.sum()
        share = counts / of_context.clamp_min(1)
        each = torch.where(counts > 0, counts * (share.log() - self.table.log()), 0.0)
        freedom = ((self.table > 0).sum(1) - 1)[of_context.squeeze(1) > 0].sum()
        return float(each.sum() / n), float(freedom / (2 * n))

    def transition_total_variation(self, x: Int64[Tensor, "n t"]) -> float:
        """``sum_c n(c) / n · ½ sum_w |q̂(w|c) - p(w|c)|`` of samples."""
        counts = self.counts(x)
        of_context = counts.sum(1, keepdim=True)
        return float((counts - of_context * self.table).abs().sum() / (2 * counts.sum()))
