"""Probabilistic context-free grammars: how they are written, and their normal form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.errors import UserError

ARITHMETIC = """
E -> E "+" T [0.25] | E "-" T [0.2] | T [0.55]
T -> T "*" F [0.2] | T "/" F [0.15] | F [0.65]
F -> "x" [0.4] | "y" [0.25] | "1" [0.17] | "(" E ")" [0.18]
"""
"""Sums of products with brackets, in the manner of Texygen's synthetic task; unambiguous."""

TOKEN = re.compile(r'"([^"\s]+)"|\'([^\'\s]+)\'|\[([^\]]*)\]|(->)|(\|)|([^\s"\'\[\]|]+)|(\S)')


@dataclass
class Rules:
    """Rules ``left -> right`` with probabilities, symbols being numbers: terminals first, then non-terminals.

    Args:
        terminals: spellings, in the order of their numbers from 0.
        nonterminals: names; the first is the start, and its number ``len(terminals)``.
        rules: (left, right, probability).
    """

    terminals: list[str] = field(default_factory=list)
    nonterminals: list[str] = field(default_factory=list)
    rules: list[tuple[int, tuple[int, ...], float]] = field(default_factory=list)


def parsed(text: str) -> Rules:
    """The grammar of lines such as ``E -> E "+" T [0.3] | T [0.7]``; the first line's left side is the start.

    Alternatives without a probability share what the others of their line leave.

    Raises:
        UserError: a line that is no rule, an empty alternative, a symbol without rules, probabilities that do not sum
            to 1.
    """
    lines = [(n, line) for n, raw in enumerate(text.splitlines(), 1) if (line := raw.split("#")[0].strip())]
    read = [(n, *alternatives(line, n)) for n, line in lines]
    names = list(dict.fromkeys(left for _, left, _ in read))
    if not read:
        raise UserError('grammar: no rule; write lines such as S -> "a" S [0.5] | "b" [0.5]')
    if len(names) < len(read):
        raise UserError("grammar: a symbol stands on the left of two lines; write its alternatives in one, with |")
    words = list(dict.fromkeys(s for _, _, rights in read for right, _ in rights for s, quoted in right if quoted))
    found = Rules(words, names)
    for n, left, rights in read:
        for right, share in rights:
            for symbol, quoted in right:
                if not quoted and symbol not in names:
                    raise UserError(f"grammar line {n}: {symbol!r} has no rule; give one, or quote it as a word")
            numbers = tuple(words.index(s) if quoted else len(words) + names.index(s) for s, quoted in right)
            found.rules.append((len(words) + names.index(left), numbers, share))
    check_productive(found)
    return found


def alternatives(line: str, n: int) -> tuple[str, list[tuple[list[tuple[str, bool]], float]]]:
    """The left side of a line, and its right sides with their probabilities."""
    left, arrow, rest = line.partition("->")
    if not arrow or len(left.split()) != 1:
        raise UserError(f'grammar line {n}: no rule; write S -> "a" S [0.5] | "b" [0.5]')
    rights: list[tuple[list[tuple[str, bool]], float | None]] = [([], None)]
    for double, single, share, arrow, bar, name, odd in TOKEN.findall(rest):
        if arrow or odd:
            raise UserError(f"grammar line {n}: {arrow or odd!r} is out of place")
        if bar:
            rights.append(([], None))
        elif share:
            try:
                rights[-1] = (rights[-1][0], float(share))
            except ValueError as error:
                raise UserError(f"grammar line {n}: [{share}] is no probability") from error
        else:
            rights[-1][0].append((double or single or name, not name))
    if any(not right for right, _ in rights):
        raise UserError(f"grammar line {n}: an alternative is empty; each needs a symbol")
    given = sum(share for _, share in rights if share is not None)
    free = sum(share is None for _, share in rights)
    shares = [(1 - given) / free if share is None else share for _, share in rights]
    if min(shares) <= 0 or abs(sum(shares) - 1) > 1e-6:
        raise UserError(f"grammar line {n}: probabilities {shares} must be above 0 and sum to 1")
    return left.strip(), [(right, share) for (right, _), share in zip(rights, shares, strict=True)]


def check_productive(grammar: Rules) -> None:
    """Raises:
    UserError: a symbol from which no text can come, since its rules lead round in circles.
    """
    ends = set(range(len(grammar.terminals)))
    while more := {left for left, right, _ in grammar.rules if left not in ends and ends.issuperset(right)}:
        ends |= more
    for number, name in enumerate(grammar.nonterminals, len(grammar.terminals)):
        if number not in ends:
            raise UserError(f"grammar: no text comes from {name!r}; give it a rule that ends")


@dataclass(frozen=True)
class Normal:
    """A grammar in Chomsky's normal form, with its chains of unary rules summed.

    Symbols k: ``unary`` [k, k] holds (I - U)^-1, the expected number of times that one leads to another by unary rules
    alone; the binary rules are ``left`` -> ``first`` ``second`` with probability ``share``; ``lexical`` [k, terminals].
    """

    start: int
    unary: Float[Tensor, "k k"]
    lexical: Float[Tensor, "k v"]
    left: Tensor
    first: Tensor
    second: Tensor
    share: Float[Tensor, " rules"]


def normal(grammar: Rules) -> Normal:
    """The normal form: words within longer rules get symbols of their own, and long rules are split from the right."""
    words, symbols = len(grammar.terminals), len(grammar.nonterminals)
    unary: list[tuple[int, int, float]] = []
    lexical: list[tuple[int, int, float]] = []
    binary: list[tuple[int, int, int, float]] = []
    own: dict[int, int] = {}  # of a word within a longer rule
    tails: dict[tuple[int, ...], int] = {}  # of the rest of a rule

    def number(symbol: int) -> int:
        nonlocal symbols
        if symbol >= words:
            return symbol - words
        if symbol not in own:
            own[symbol] = symbols
            lexical.append((symbols, symbol, 1.0))
            symbols += 1
        return own[symbol]

    def tail(first: int, *rest: int) -> int:
        nonlocal symbols
        if not rest:
            return number(first)
        if (first, *rest) not in tails:
            tails[first, *rest], symbols = symbols, symbols + 1
            binary.append((tails[first, *rest], number(first), tail(*rest), 1.0))
        return tails[first, *rest]

    for left, right, share in grammar.rules:
        first, *rest = right
        if rest:
            binary.append((left - words, number(first), tail(*rest), share))
        elif first < words:
            lexical.append((left - words, first, share))
        else:
            unary.append((left - words, first - words, share))
    chains, known = torch.zeros(symbols, symbols, dtype=torch.float64), torch.zeros(symbols, words, dtype=torch.float64)
    for table, entries in ((chains, unary), (known, lexical)):
        for row, column, share in entries:
            table[row, column] += share
    left, first, second = torch.tensor([row[:3] for row in binary], dtype=torch.int64).view(-1, 3).unbind(1)
    share = torch.tensor([row[3] for row in binary], dtype=torch.float64)
    closed = torch.linalg.inv(torch.eye(symbols, dtype=torch.float64) - chains)
    return Normal(0, closed, known, left, first, second, share)
