"""Texts of a context-free grammar, of which every sample is right or wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Gt, Le

from gansuite.errors import UserError

from ..judges.grammar import Language
from ..judges.rules import ARITHMETIC, parsed
from ..spec import END
from . import store
from .texts import Texts
from .tokenizers import of_words


class Grammar(Texts):
    """Texts of a probabilistic context-free grammar: by default arithmetic expressions such as ``x * ( y + 1 )``.

    ``judge`` is the ``Language``: ``valid(x)``, ``log_density(x)`` over all parses, ``nll(x)``.

    Args:
        grammar: the rules, or a file of them: lines such as ``E -> E "+" T [0.3] | T [0.7]``, words quoted, the first
            left side being the start.
        length: words of the longest text; its end takes one more place. Longer texts of the grammar are not drawn.
        count: texts to train on.
        valid: fresh texts to choose by.
        test: fresh texts to judge by.
        seed: of the draws.
        resident_share: share of an accelerator's free memory that the token numbers may take.

    Raises:
        UserError: a rule that cannot be read, or no text of the grammar is short enough.

    Source: the default is in the manner of the synthetic task of Zhu et al., Texygen (2018).
    """

    judge: Language

    def __init__(
        self,
        *,
        grammar: str | None = None,
        length: Annotated[int, Gt(0)] = 20,
        count: Annotated[int, Gt(0)] = 10_000,
        valid: Annotated[int, Ge(0)] = 1000,
        test: Annotated[int, Ge(0)] = 10_000,
        seed: Annotated[int, Ge(0)] = 0,
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        judge = Language(parsed(written(grammar)), length)
        if float(judge.by_length.sum()) < 1e-3:
            share = float(judge.by_length.sum())
            raise UserError(f"grammar: only {share:.1g} of its texts have at most {length} words; raise length")
        counts = {"train": count, "valid": valid, "test": test}
        key = store.key_of("cfg", judge.rules.terminals, judge.rules.rules, length, seed, counts)
        tokenizer = of_words(judge.rules.terminals).to_str()
        folder = store.drawn("cfg", key, judge, counts, seed, end=END, tokenizer=tokenizer)
        super().__init__(folder, name="cfg", judge=judge, resident_share=resident_share)


def written(grammar: str | None) -> str:
    """The text of a grammar that is given as such, as a file, or not at all."""
    if grammar is None:
        return ARITHMETIC
    if "->" in grammar:
        return grammar
    try:
        return Path(grammar).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"grammar = {grammar!r}: neither rules (with ->) nor a file that can be read ({error})"
        ) from error
