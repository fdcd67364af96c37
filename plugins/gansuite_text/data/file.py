"""Any file or folder of texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Gt, Le

from gansuite.data.split import check_shares
from gansuite.errors import UserError

from .gather import Long, Making
from .layout import text_files
from .prepare import prepare
from .texts import Texts


class TextFile(Texts):
    """Texts of a file or a folder tree: ``.txt`` (one a line), ``.jsonl``, ``.csv``, ``.tsv``, ``.parquet``, ``.gz``.

    Splits are those of the files where ``test`` or ``valid`` is given or the folder's files are named ``train.*``,
    ``valid.*``, ``test.*``; otherwise by the hash of each text. The tokenizer is trained on the training split alone,
    and no text of another split is left in it.

    Args:
        path: the file or folder; ``~`` is expanded.
        test: file of the test split; the others' texts are then split among train and valid.
        valid: file of the validation split.
        text: field of the text; the number of the column, from 1, in a table without a header.
        label: field of the label, likewise; none if absent.
        tokenizer: ``word``, ``bpe``, ``char``, ``byte``, or a folder with a ``tokenizer.json``.
        vocabulary: most tokens, the end and the unknown one included: the most frequent words or characters (all if
            absent), or pairs of bytes (5,000 if absent).
        pretokenised: words are what spaces separate, and no more.
        lower: fold to lower case.
        length: tokens of the longest text; its end takes one more place.
        min_length: texts of fewer tokens are dropped and counted.
        long: longer texts are ``cut`` (and then have no end) or ``drop``ped, and counted, or an ``error``.
        max_texts: use at most this many, chosen by their hash.
        encoding: of the characters.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        resident_share: share of an accelerator's free memory that the token numbers may take.

    Raises:
        UserError: no such file, nothing in it that can be used, a field or file of the tokenizer that is missing, what
            cannot be decoded, a tokenizer that does not give a text back; with file and line where there is one.
    """

    def __init__(
        self,
        *,
        path: str,
        test: str | None = None,
        valid: str | None = None,
        text: str | int = "text",
        label: str | int | None = None,
        tokenizer: str = "word",
        vocabulary: Annotated[int, Gt(3)] | None = None,
        pretokenised: bool = False,
        lower: bool = False,
        length: Annotated[int, Gt(0)] = 32,
        min_length: Annotated[int, Gt(0)] = 1,
        long: Long = "cut",
        max_texts: Annotated[int, Gt(1)] | None = None,
        encoding: str = "utf-8",
        split: dict[str, float] | None = None,
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        place = f"path = {path!r}"
        if pretokenised and tokenizer != "word":
            raise UserError('pretokenised goes with tokenizer = "word"; leave it out')
        if vocabulary is not None and Path(tokenizer).expanduser().is_dir():
            raise UserError("vocabulary is that of the tokenizer's folder; leave it out")
        root = Path(path).expanduser()
        files, shares = text_files(root, place), dict(check_shares(split))
        for name, given in (("test", test), ("valid", valid)):
            if given is not None:
                files |= dict.fromkeys(text_files(Path(given).expanduser(), f"{name} = {given!r}"), name)
                shares = without(shares, name)
        how = Making(
            tokenizer=tokenizer,
            vocabulary=vocabulary,
            spaced=pretokenised,
            lower=lower,
            length=length,
            min_length=min_length,
            long=long,
            max_texts=max_texts,
            shares=shares,
            text=text,
            label=label,
            encoding=encoding,
        )
        bank = prepare(files, how, place, root if root.is_dir() else root.parent)
        super().__init__(bank, name="file", resident_share=resident_share)


def without(shares: dict[str, float], split: str) -> dict[str, float]:
    """The shares when a split has a file of its own: what it had goes to the others in proportion."""
    left = {name: share for name, share in shares.items() if name != split}
    total = sum(left.values())
    return {name: share / total for name, share in left.items()}
