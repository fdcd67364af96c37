"""The recorded percussion sounds that come with the package."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Lt

from gansuite.data.augmentation import Augmentations
from gansuite.data.files import sample_of
from gansuite.data.split import check_shares

from .decoding import Decoding, Mode, Normalise, Short, Silence
from .prepare import Record, prepare, with_digests
from .waves import Waves


class Drums(Waves):
    """235 one-shot percussion sounds (104 of them CC0, 131 CC-BY by Emanuel Rumpf; see ``NOTICE``), 16 kHz, mono.

    Few enough to be learnt by heart: for a first run and for tests, not for claims.

    Args:
        rate: frames per second to resample to, Hz.
        length: frames of a sample; no recording is longer than 16,384 at 16 kHz.
        channels: 2 doubles the mono recordings.
        mode: ``one-shot`` uses the first slice of each file, ``random-slice`` any slice of it.
        labels: ``manifest`` gives the instrument (kick, snare, tom, cymbal, tabla, bell, other), ``none`` nothing.
        normalise: gain of each whole file: ``peak`` to 1; ``rms`` to -20 dB or ``loudness`` to -23 LUFS
            (BS.1770), neither clipping; ``none``.
        short: files shorter than a slice: ``pad`` with zeros, ``loop``, ``reflect``, ``skip``, or ``error``.
        silence: silent files: ``keep`` or ``skip``; ``trim`` also cuts silent ends.
        silence_db: level below which sound counts as silence, dB of full scale, before ``normalise``.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        max_files: use at most this many, chosen by the hash of their names.
        augment: random changes of training samples, in this order.
        resident_share: share of free memory, the accelerator's or else the machine's, that the decoded sounds may take;
            beyond it they are read from disk as they are used.
    """

    def __init__(
        self,
        *,
        rate: Annotated[int, Gt(0)] = 16000,
        length: Annotated[int, Gt(0)] = 16384,
        channels: Annotated[int, Gt(0)] = 1,
        mode: Mode = "one-shot",
        labels: Literal["none", "manifest"] = "none",
        normalise: Normalise = "peak",
        short: Short = "pad",
        silence: Silence = "keep",
        silence_db: Annotated[float, Lt(0)] = -60.0,
        split: dict[str, float] | None = None,
        max_files: Annotated[int, Gt(0)] | None = None,
        augment: Augmentations = [],  # noqa: B006 - a recipe's default, never mutated
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        embedded = Path(str(files("gansuite_audio").joinpath("embedded", "drums")))
        with (embedded / "manifest.csv").open(newline="", encoding="utf-8") as table:
            label_of = {row["file"]: row["label"] for row in csv.DictReader(table)}
        names = sorted(label_of) if max_files is None else sample_of(list(label_of), max_files)
        records = [
            Record(name, embedded / name, label=label_of[name] if labels == "manifest" else None) for name in names
        ]
        how = Decoding(rate, length, channels, mode, normalise, short, silence, silence_db)
        records, shares = with_digests(records), check_shares(split)
        super().__init__(
            records, how, shares, prepare(records, how), place="drums", augment=augment, resident_share=resident_share
        )
