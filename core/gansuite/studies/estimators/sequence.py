"""A problem whose choices depend on all before them: what a text is to an estimator, in small."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Estimator, Relaxation, ScoreFunction, log_prob_of, one_hot
from gansuite.estimators.sampling import categorical
from gansuite.studies.estimators.problem import Counted, Estimates, Problem, Quadratic, every, place_of

Row = Callable[[Float[Tensor, "n k"]], Float[Tensor, "n k"]]


class Sequence(Problem):
    """Five tokens of four, a logit for each token after each beginning: 1,364 parameters, 1,024 sequences.

    p(x) = Π_t softmax(θ_t[x_<t])[x_t]. After a *relaxed* beginning the logits are the mean of those after each
    beginning, weighted by the product of its tokens' shares: at corners this is the table itself.
    """

    name: ClassVar[str] = "sequence"
    offers: ClassVar[frozenset[str]] = frozenset({"rewards", "relaxed"})
    length: ClassVar[int] = 5
    tokens: ClassVar[int] = 4

    def __init__(self, seed: int = 1) -> None:
        rng = Rng(seed, self.name, "logits")
        self.tables = [rng.normal(self.tokens**t, self.tokens) for t in range(self.length)]
        self.cost = Quadratic.drawn(self.length * self.tokens, seed)
        tables = [table.double().requires_grad_() for table in self.tables]
        # Backwards: what a beginning is worth is the mean over its next token.
        worth = [self.cost(every(self.length, self.tokens).double())]
        for table in reversed(tables):
            worth.insert(0, (table.softmax(1) * worth[0].view(-1, self.tokens)).sum(1))
        self.truth = torch.cat([g.flatten() for g in torch.autograd.grad(worth[0].sum(), tables)])
        self.worth = [each.detach().float() for each in worth]
        """by length t, the expected cost after each of the k^t beginnings"""

    def walk(self, n: int, row: Row) -> tuple[Float[Tensor, "n c k"], list[Tensor], list[Tensor]]:
        """Samples made token by token; the shares of all beginnings before each, and handles on its logits.

        A handle is a zero [n, k] that was added: the gradient by it is that by the logits of each row.
        """
        shares, beginnings, handles, rows = torch.ones(n, 1), [], [], []
        for table in self.tables:
            beginnings.append(shares)
            handles.append(torch.zeros(n, self.tokens, requires_grad=True))
            rows.append(row(shares @ table + handles[-1]))
            if len(rows) < self.length:
                shares = (shares.unsqueeze(2) * rows[-1].unsqueeze(1)).flatten(1)
        return torch.stack(rows, 1), beginnings, handles

    def ends(self, x: Int64[Tensor, "n c"], rng: Rng, count: int) -> Int64[Tensor, "begun n ends c"]:
        """``count`` ends of every proper beginning of each sample."""
        found = []
        for kept in range(1, self.length):
            y = x[:, :kept].repeat_interleave(count, 0)
            while y.shape[1] < self.length:
                logits = self.tables[y.shape[1]][place_of(y, self.tokens)]
                y = torch.cat([y, categorical(logits, rng).unsqueeze(1)], 1)
            found.append(y.view(len(x), count, self.length))
        return torch.stack(found)

    def before(self, x: Int64[Tensor, "n c"], first: int) -> Float[Tensor, "n c"]:
        """The worth of the beginnings x_1..t for t = first, ..., first + c - 1."""
        places = [place_of(x[:, :t], self.tokens) if t else torch.zeros_like(x[:, 0]) for t in range(self.length + 1)]
        return torch.stack([self.worth[t][places[t]] for t in range(first, first + self.length)], 1)

    def answerable(self, x: Tensor, cost: Counted, credit: str, rng: Rng) -> Tensor:
        """What each choice is to answer for, [n, c], or each sample, [n].

        ``credit`` is "whole", "exact" (the true Q of each choice), or "rollouts-N" or "rollouts-N-previous".
        """
        if credit == "exact":
            return self.before(x, 1)
        of = lambda y: cost(one_hot(y, self.tokens))  # noqa: E731
        if credit == "whole":
            return of(x)
        from gansuite.credit.rollouts import Rollouts

        _, n, *previous = credit.split("-")
        share = Rollouts(n=int(n), baseline="previous-prefix" if previous else "none")
        return share(x, torch.ones_like(x, dtype=torch.bool), of, lambda n: self.ends(x, rng, n))

    def costs(self, n: int, rng: Rng) -> Float[Tensor, " n"]:
        with torch.no_grad():
            return self.cost(self.walk(n, lambda logits: one_hot(categorical(logits, rng), self.tokens))[0])

    def estimates(
        self, estimator: Estimator, draws: int, rng: Rng, *, samples: int = 1, credit: str = "whole"
    ) -> Estimates:
        n, cost = draws * samples, Counted(self.cost)
        if isinstance(estimator, Relaxation):
            temperature = estimator.temperature
            y, beginnings, handles = self.walk(n, lambda logits: estimator.choose(logits, rng, temperature))
            value = cost(y).mean()
        else:
            assert isinstance(estimator, ScoreFunction)
            log_prob: list[Tensor] = []

            def row(logits: Tensor) -> Tensor:
                x = categorical(logits.detach(), rng)
                log_prob.append(log_prob_of(logits, x))
                return one_hot(x, self.tokens)

            y, beginnings, handles = self.walk(n, row)
            x = y.argmax(-1)
            f = self.answerable(x, cost, credit, rng)
            values = self.before(x, 0)
            value = estimator.surrogate(torch.stack(log_prob, 1), f, group=samples, values=values)
        by_logits = torch.autograd.grad(value, handles)
        parts = [
            torch.einsum("gsp,gsk->gpk", shares.detach().view(draws, samples, -1), g.view(draws, samples, -1)).flatten(
                1
            )
            for shares, g in zip(beginnings, by_logits, strict=True)
        ]
        return Estimates(draws * torch.cat(parts, 1), cost.rows / draws)
