"""An n-gram language model: interpolated modified Kneser-Ney, whose probabilities sum to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int64

from gansuite.errors import UserError

FALLBACK = (0.5, 1.0, 1.5)
"""Discounts where the counts of counts give none: no n-gram occurs once, or none k times."""

Ids = Int64[np.ndarray, "_ _"]
Inside = Bool[np.ndarray, "_ _"]


class Looked(NamedTuple):
    """The number of the n-gram that begins at each place (-1: none), and where it lies within its text."""

    number: Ids
    inside: Inside


@dataclass(frozen=True)
class Order:
    """The n-grams of one order: sorted ``key`` = number of the context · base + last token, and their smoothed counts.

    Args:
        key: of each n-gram; its place here is the n-gram's number.
        discounted: max(c - D(c), 0) of each.
        total: Σ_w c(h w) of each context h.
        back: γ(h) of each context: what the discounts have freed, over ``total``.
    """

    key: Int64[np.ndarray, " g"]
    discounted: Float[np.ndarray, " g"]
    total: Float[np.ndarray, " h"]
    back: Float[np.ndarray, " h"]

    def refined(
        self, p: Float[np.ndarray, "_ _"], context: Ids, token: Ids, inside: Inside, base: int
    ) -> tuple[Float[np.ndarray, "_ _"], Ids]:
        """p_n from p_{n-1} of each ``token``, the context's number being in its column; and the n-gram's number."""
        context = context[:, : token.shape[1]]
        known = inside & (context >= 0)
        number = looked_up(self.key, np.where(known, context * base + token, -1))
        seen = known & (self.total[context] > 0)
        share = np.where(number >= 0, self.discounted[number], 0.0) / np.where(seen, self.total[context], 1.0)
        return np.where(seen, share + self.back[context] * p, p), number


class KneserNey:
    """Interpolated modified Kneser-Ney over ``vocabulary`` tokens.

        p_n(w | h) = max(c(h w) - D_{c(h w)}, 0) / Σ_v c(h v) + γ(h) p_{n-1}(w | h'),    p_0(w) = 1 / V
        γ(h) = Σ_{k=1}^{3} D_k N_k(h) / Σ_v c(h v),
        D_k = k - (k + 1) Y n_{k+1} / n_k,   Y = n_1 / (n_1 + 2 n_2)

    with the context h, h' it without its first token, N_k(h) the tokens that follow h k times (for k = 3 three times
    or more), and n_k the n-grams that occur k times. In the highest order, and of n-grams that begin a text, c counts
    occurrences; elsewhere it counts the different tokens that precede the n-gram. A text begins with a mark that is
    never predicted; contexts do not reach beyond it. A context that was not seen leaves all to the lower order.
    Unseen tokens have the lowest order's share, so that no text has probability 0.

    Args:
        tokens: texts to learn from, [n, l], numbers below ``vocabulary``.
        mask: [n, l], which places hold a token to be learnt; a prefix of each row. The end of a text counts among them.
        vocabulary: V.
        order: n of the highest order.
        discounts: D_0 .. D_3 of each order, such as another model's; None: from these texts.

    Raises:
        UserError: there is no token to learn from.

    Source: Chen & Goodman (1999), section 3; Kneser & Ney (1995).
    """

    def __init__(
        self,
        tokens: Ids,
        mask: Inside,
        vocabulary: int,
        order: int = 5,
        discounts: Sequence[Float[np.ndarray, " four"]] | None = None,
    ) -> None:
        if not mask.any():
            raise UserError("kneser-ney: there is no token to learn from: give texts that are not all empty")
        self.vocabulary, self.begin, self.base = vocabulary, vocabulary, vocabulary + 1
        x, inside = self.begun(tokens, mask)
        keys, numbers = self.keyed(x, inside, order)
        self.orders, self.discounts = [], [*(discounts or [])]
        for n in range(1, order + 1):
            key, number = keys[n - 1], numbers[n - 1].number
            count = np.bincount(number[numbers[n - 1].inside], minlength=len(key))
            if n < order:
                count = np.where(self.begins(keys, n), count, preceded(numbers[n - 1], numbers[n], len(key)))
            self.orders.append(self.smoothed(key, count, len(keys[n - 2]) if n > 1 else 1, n))

    def begun(self, tokens: Ids, mask: Inside) -> tuple[Ids, Inside]:
        """Texts with the mark of their beginning before them."""
        x = np.pad(np.where(mask, tokens, 0), ((0, 0), (1, 0)), constant_values=self.begin)
        return x, np.pad(mask, ((0, 0), (1, 0)), constant_values=True)

    def keyed(self, x: Ids, inside: Inside, order: int) -> tuple[list[np.ndarray], list[Looked]]:
        """The different n-grams of each order, and which stands at each place. The mark alone counts as a 1-gram."""
        keys, numbers = [], [Looked(np.zeros_like(x), inside)]  # of order 0: the empty context everywhere
        for n in range(1, order + 1):
            whole = inside[:, n - 1 :]
            key = numbers[-1].number[:, : whole.shape[1]] * self.base + x[:, n - 1 :]
            found, where = np.unique(key[whole], return_inverse=True)
            number = np.full(key.shape, -1)
            number[whole] = where.reshape(-1)
            keys.append(found)
            numbers.append(Looked(number, whole))
        return keys, numbers[1:]

    def begins(self, keys: list[np.ndarray], n: int) -> Bool[np.ndarray, " g"]:
        """Which of the n-grams begin with the mark."""
        marked = keys[0] == self.begin
        for each in keys[1:n]:
            marked = marked[each // self.base]
        return marked

    def smoothed(self, key: Int64[np.ndarray, " g"], count: Int64[np.ndarray, " g"], contexts: int, n: int) -> Order:
        """Discounts, and what they leave to the order below."""
        if n == 1:
            count = np.where(key == self.begin, 0, count)  # the mark is never predicted
        context = key // self.base
        if len(self.discounts) < n:
            self.discounts.append(discounts_of(count))
        d = self.discounts[n - 1]
        total = np.bincount(context, count, contexts)
        freed = np.bincount(context, d[np.minimum(count, 3)], contexts)
        back = np.divide(freed, total, out=np.ones(contexts), where=total > 0)
        return Order(key, count - d[np.minimum(count, 3)], total, back)

    def log_prob(self, tokens: Int64[np.ndarray, "n l"], mask: Bool[np.ndarray, "n l"]) -> Float[np.ndarray, "n l"]:
        """log p of each token given those before it; 0 where the mask has none."""
        x, inside = self.begun(tokens, mask)
        p = np.full(x.shape, 1 / self.vocabulary)
        context = np.zeros_like(x)  # the number of the (n-1)-gram that begins at each place
        for n, order in enumerate(self.orders, 1):
            if not len(order.key):
                break
            p[:, n - 1 :], context = order.refined(p[:, n - 1 :], context, x[:, n - 1 :], inside[:, n - 1 :], self.base)
        return np.where(mask, np.log(p[:, 1:]), 0.0)

    def probabilities(self, context: Int64[np.ndarray, " c"]) -> Float[np.ndarray, " v"]:
        """p(w | context) of every token w, after the ``context`` with which a text begins."""
        rows = np.concatenate([np.tile(context, (self.vocabulary, 1)), np.arange(self.vocabulary)[:, None]], 1)
        return np.exp(self.log_prob(rows, np.ones_like(rows, bool))[:, -1])


def preceded(own: Looked, longer: Looked, size: int) -> Int64[np.ndarray, " g"]:
    """How many different tokens precede each n-gram: the different (n+1)-grams that end with it."""
    within = longer.inside
    kinds, first = np.unique(longer.number[within], return_index=True)
    suffix = own.number[:, 1:][within][first]
    return np.bincount(suffix[kinds >= 0], minlength=size)


def discounts_of(count: Int64[np.ndarray, " g"]) -> Float[np.ndarray, " four"]:
    """D_0 = 0, D_1, D_2 and D_3 (of three and more) from the numbers of n-grams that occur 1, 2, 3 and 4 times."""
    times = [int((count == k).sum()) for k in (1, 2, 3, 4)]
    y = times[0] / max(times[0] + 2 * times[1], 1)
    found = [k - (k + 1) * y * times[k] / max(times[k - 1], 1) for k in (1, 2, 3)]
    usable = [times[0] > 0 and times[k - 1] > 0 and found[k - 1] > 0 for k in (1, 2, 3)]
    return np.array([0.0, *np.where(usable, found, FALLBACK)])


def looked_up(key: Int64[np.ndarray, " g"], wanted: Ids) -> Ids:
    """The place of each wanted number in a sorted list; -1 where it is not there."""
    place = np.searchsorted(key, wanted).clip(max=len(key) - 1)
    return np.where(key[place] == wanted, place, -1)
