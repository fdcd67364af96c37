"""A probabilistic context-free grammar as a law of texts: sampling, recognition, exact likelihood."""

from __future__ import annotations

import math

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.sampling import inverted

from ..spec import END
from .rules import Normal, Rules, normal

ROWS = 512  # texts whose charts are held at a time
SPECIAL = 2  # numbers of the end and of the unknown token, before those of the words


class Language:
    """Texts of a grammar that have at most ``length`` words, with the probabilities that the grammar gives them.

    ``p(x) = inside(x) / Z``,  Z the probability that a text of the grammar is no longer. Word w of the grammar has the
    number w + 2; 0 ends a text, and 1, the unknown token, is in none.

    Args:
        rules: of the grammar.
        length: words of the longest text; with its end it has one more place.

    Source: Lari and Young (1990) for the inside probabilities; Stolcke (1995), section 4.5, for unary rules.
    """

    def __init__(self, rules: Rules, length: int) -> None:
        self.rules, self.form = rules, normal(rules)
        self.words, self.length, self.vocabulary = length, length + 1, len(rules.terminals) + SPECIAL
        self.by_length = lengths(self.form, length)

    @torch.no_grad()
    def sample(self, n: int, rng: Rng) -> Int64[Tensor, "n t"]:
        """``n`` texts; those of the grammar that are too long are drawn again, so that none is favoured."""
        z, parts, missing = float(self.by_length.sum()), list[Tensor](), n
        while missing > 0:
            found = self.derived(int(missing / z * 1.1) + 16, rng)
            parts.append(found[:missing])
            missing -= len(parts[-1])
        return torch.cat(parts)

    def derived(self, n: int, rng: Rng) -> Int64[Tensor, "m t"]:
        """The texts that fit of ``n`` leftmost derivations, all made side by side, each with a stack of symbols.

        A derivation is given up when what it has said and what is on its stack, which says a word each at the least,
        no longer fit.
        """
        words, table = len(self.rules.terminals), Expansions(self.rules)
        text = torch.full((n, self.length), END)
        stack = torch.zeros(n, self.words + table.rights.shape[1], dtype=torch.int64)
        stack[:, 0] = words
        said, depth, row = torch.zeros(n, dtype=torch.int64), torch.ones(n, dtype=torch.int64), torch.arange(n)
        whole = torch.zeros(n, dtype=torch.bool)
        while len(row):
            depth[row] -= 1
            symbol = stack[row, depth[row]]
            word = symbol < words
            speaks, expands = row[word], row[~word]
            text[speaks, said[speaks]] = symbol[word] + SPECIAL
            said[speaks] += 1
            rule = inverted(table.share[symbol[~word] - words], rng.uniform(len(expands)))
            rule = table.rule[symbol[~word] - words, rule]
            for place in range(table.rights.shape[1]):  # right sides are kept from their last symbol to their first
                deeper = place < table.size[rule]
                stack[expands[deeper], depth[expands[deeper]]] = table.rights[rule[deeper], place]
                depth[expands[deeper]] += 1
            whole[row] = depth[row] == 0
            row = row[(depth[row] > 0) & (said[row] + depth[row] <= self.words)]
        return text[whole]

    @torch.no_grad()
    def log_density(self, x: Int64[Tensor, "n t"]) -> Float[Tensor, " n"]:
        """``log p(x)``, given where the texts are; -inf for what is not in the language."""
        found = torch.cat([inside(self.form, part, self.words) for part in x.cpu().split(ROWS)])
        return (found - self.by_length.sum().log()).float().to(x.device)

    def valid(self, x: Int64[Tensor, "n t"]) -> Bool[Tensor, " n"]:
        """Which texts are in the language (CYK: whether any parse has a probability)."""
        return self.log_density(x).isfinite()

    def nll(self, x: Int64[Tensor, "n t"]) -> float:
        """``-sum log p(x)`` over the number of tokens, ends included; infinite if a text is not in the language."""
        tokens = ((x == END).cumsum(1) - (x == END).long() == 0).sum()
        return float(-self.log_density(x).double().sum() / tokens)


class Expansions:
    """Rules by their left side: which they are, with what probability, and their right sides, last symbol first."""

    def __init__(self, rules: Rules) -> None:
        words, size = len(rules.terminals), max(len(right) for _, right, _ in rules.rules)
        lefts = range(words, words + len(rules.nonterminals))
        by_left = [[i for i, rule in enumerate(rules.rules) if rule[0] == left] for left in lefts]
        most = max(map(len, by_left))
        self.rule = torch.tensor([[*own, *[0] * (most - len(own))] for own in by_left])
        shares = [[rules.rules[i][2] for i in own] for own in by_left]
        self.share = torch.tensor([[*own, *[0.0] * (most - len(own))] for own in shares])
        self.size = torch.tensor([len(right) for _, right, _ in rules.rules])
        self.rights = torch.tensor([[*right[::-1], *[0] * (size - len(right))] for _, right, _ in rules.rules])


def lengths(form: Normal, longest: int) -> Float[Tensor, " longest"]:
    """The probability that a text of the grammar has 1, 2, ... ``longest`` words.

    ``a_1 = R l``,  ``a_n = R sum_rules p sum_m a_m[first] a_(n-m)[second]``: the inside probabilities of any words.
    """
    found = [form.unary @ form.lexical.sum(1)]
    for n in range(2, longest + 1):
        pairs = sum(found[m - 1][form.first] * found[n - m - 1][form.second] for m in range(1, n))
        found.append(form.unary @ torch.zeros_like(found[0]).index_add_(0, form.left, form.share * pairs))
    return torch.stack(found)[:, form.start]


def inside(form: Normal, x: Int64[Tensor, "n t"], longest: int) -> Float[Tensor, " n"]:
    """Log of the summed probability of all parses of each text, float64; -inf where there is none.

    ``b(i, i+1) = R lexical[x_i]``,  ``b(i, j) = R sum_rules p sum_m b(i, m)[first] b(m, j)[second]``,  R = (I - U)^-1.

    A chart for all texts at once: ``chart[w - 1]`` [k, starts, n] holds the spans of w words. Every word is scaled by
    the number of words there are, so that long texts do not underflow.
    """
    n, words = len(x), form.lexical.shape[1]
    ended = (x == END).cumsum(1)
    size = (ended == 0).sum(1)
    good = (((x == END) == (ended > 0)) & (x != 1)).all(1) & (size > 0) & (size <= longest)
    room = max(int(size.max()), 1)
    tokens = (x[:, :room] - SPECIAL).clamp(0, words - 1)
    chart = [torch.einsum("kj,jsn->ksn", form.unary, form.lexical[:, tokens.T] * words)]
    parents = torch.zeros(len(form.unary), len(form.left), dtype=torch.float64)
    parents[form.left, torch.arange(len(form.left))] = form.share
    parents = form.unary @ parents
    for width in range(2, room + 1):
        starts, pairs = room - width + 1, torch.zeros(len(form.left), room - width + 1, n, dtype=torch.float64)
        for m in range(1, width):
            pairs.addcmul_(chart[m - 1][form.first, :starts], chart[width - m - 1][form.second, m : m + starts])
        chart.append(torch.einsum("kr,rsn->ksn", parents, pairs))
    whole = torch.stack([spans[form.start, 0] for spans in chart])
    found = whole.gather(0, (size - 1).clamp_min(0)[None])[0].log() - size * math.log(words)
    return found.masked_fill(~good, -torch.inf)
