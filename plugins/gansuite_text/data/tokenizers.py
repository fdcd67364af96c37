"""Tokenizers: trained on the spot from words, characters, bytes or byte pairs, or read from a folder.

All are those of the library ``tokenizers``, so that a run keeps one as JSON. Number 0 is ``<end>``, number 1 ``<unk>``
in those that are trained here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gansuite.errors import UserError

from ..spec import END, UNKNOWN

KINDS = ("word", "bpe", "char", "byte")
SPECIAL = ["<end>", "<unk>"]
BYTES = 256
PAIRS = 5000  # vocabulary of "bpe" if none is given

JOINER = "￭"
"""Stands before a word that no space stands before: ``wheel.`` is ``wheel`` and ``￭.``, and joins to what it was."""

# A mark is a word of its own, except an apostrophe or hyphen between letters: "dog's", "well-known".
SEAMS = rf"(?<=\w)(?!['’-]\w)(?=[^\w\s{JOINER}])|(?<=[^\w\s{JOINER}])(?!(?<=\w['’-])\w)(?=[^\s{JOINER}])"


def trained(kind: str, texts: Iterable[str], vocabulary: int | None, *, spaced: bool, lower: bool) -> Any:
    """A tokenizer that was made from ``texts``; the same for the same texts.

    word: every word and mark of the text, the ``vocabulary`` most frequent ones; ``spaced``: what spaces separate, and
    no more. char: every character. byte: the 256 bytes of UTF-8. bpe: bytes, and the most frequent pairs of them.

    Args:
        vocabulary: most tokens, the two special ones included; all words or characters, or 5,000 pairs, if absent.

    Raises:
        UserError: a vocabulary that the kind cannot have.
    """
    if kind in ("bpe", "byte"):
        return of_bytes(kind, texts, vocabulary, lower=lower)
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    made = Tokenizer(models.WordLevel({}, SPECIAL[UNKNOWN]))  # pyright: ignore[reportCallIssue]
    steps = [normalizers.Lowercase()] if lower else []
    if kind == "char":
        made.pre_tokenizer = pre_tokenizers.Split(Regex(r"(?m)."), "isolated")  # Oniguruma: . is a line break as well
        made.decoder = decoders.Fuse()
    else:
        steps += [] if spaced else [normalizers.Replace(Regex(SEAMS), f" {JOINER}")]
        made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        if not spaced:
            parts = [decoders.WordPiece(JOINER, cleanup=False), decoders.Replace(JOINER, "")]
            made.decoder = decoders.Sequence(parts)
    if steps:
        made.normalizer = normalizers.Sequence(steps)
    size = vocabulary or 2**31
    made.train_from_iterator(
        texts, trainers.WordLevelTrainer(vocab_size=size, special_tokens=SPECIAL, show_progress=False)
    )
    return made


def of_words(words: Sequence[str]) -> Any:
    """The tokenizer of a closed vocabulary, whose words spaces separate: the first has the number 2."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {word: number for number, word in enumerate([*SPECIAL, *words])}
    made = Tokenizer(models.WordLevel(vocabulary, SPECIAL[UNKNOWN]))  # pyright: ignore[reportCallIssue]
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.add_special_tokens(SPECIAL)
    return made


def of_bytes(kind: str, texts: Iterable[str], vocabulary: int | None, *, lower: bool) -> Any:
    """Bytes of UTF-8, with or without merges of frequent pairs: nothing is unknown."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    least = BYTES + len(SPECIAL)
    if vocabulary is not None and (vocabulary < least or kind == "byte"):
        more = " or more" if kind == "bpe" else ""
        raise UserError(f"vocabulary = {vocabulary}: {kind} has {least} tokens{more}; leave it out")
    made = Tokenizer(models.BPE())
    if lower:
        made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=kind == "bpe")
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=least if kind == "byte" else vocabulary or PAIRS,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([] if kind == "byte" else texts, trainer)
    return made


def loaded(folder: Path) -> tuple[Any, int]:
    """The tokenizer of a folder of the library ``transformers``, and the number of its token of the end.

    Raises:
        UserError: ``tokenizer.json`` is missing or broken, or no end can be told.
    """
    from tokenizers import Tokenizer

    file = folder / "tokenizer.json"
    if not file.is_file():
        here = ", ".join(sorted(each.name for each in folder.iterdir())[:8]) if folder.is_dir() else "no such folder"
        known = ", ".join(KINDS)
        raise UserError(f"tokenizer = {str(folder)!r}: tokenizer.json is missing ({here}); or choose one of {known}")
    try:
        made = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises no class of its own
        raise UserError(f"{file}: no file of a tokenizer ({error}); save it again as a fast tokenizer") from error
    made.no_truncation()
    made.no_padding()
    return made, end_of(made, folder)


def end_of(tokenizer: Any, folder: Path) -> int:
    """The token of the end as ``tokenizer_config.json`` or ``special_tokens_map.json`` names it, or a usual one."""
    named = list[str]()
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        if (folder / name).is_file():
            try:
                table = json.loads((folder / name).read_text("utf-8"))
            except ValueError as error:
                raise UserError(f"{folder / name}: no JSON ({error}); save the tokenizer again") from error
            named += [token_name(table.get(key)) for key in ("eos_token", "sep_token")]
    for token in (*named, SPECIAL[END], "</s>", "<|endoftext|>", "<eos>", "[SEP]"):
        if token and (number := tokenizer.token_to_id(token)) is not None:
            return number
    raise UserError(f"tokenizer = {str(folder)!r}: no token of the end; name it as eos_token in tokenizer_config.json")


def token_name(entry: Any) -> str:
    """A special token's own name; some files keep it in a table."""
    return str(entry.get("content", "") if isinstance(entry, dict) else entry or "")


def check_round_trip(
    tokenizer: Any, texts: Sequence[str], ids: Sequence[Sequence[int]], places: Sequence[str], *, exact: bool
) -> None:
    """Decoding the tokens of each text must give the text again; those with an unknown token are passed over.

    Args:
        places: file and line of each text.
        exact: else up to spaces and the tokenizer's own normaliser (case, accents), which is all that those of others
            promise.

    Raises:
        UserError: one does not come back, named with its line.
    """

    def form(text: str) -> str:
        if exact:
            return text
        normal = tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text
        return "".join(normal.replace("▁", " ").split())

    back = tokenizer.decode_batch(ids, skip_special_tokens=False)
    for text, found, place in zip(texts, back, places, strict=True):
        if form(text) != form(found):
            raise UserError(
                f"{place}: the tokenizer does not give the text back: {text[:60]!r} is {found[:60]!r}; take another "
                "tokenizer, or mend the text"
            )
