"""Any folder tree of sounds."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Lt

from gansuite.data.augmentation import Augmentations
from gansuite.data.files import sample_of
from gansuite.data.split import check_shares
from gansuite.errors import UserError

from . import labels as classes
from .decoding import Decoding, Mode, Normalise, Short, Silence
from .layout import CONVERT, audio_files, foreign_files, matching, splits_by_folder, splits_by_list
from .pitch import Pitches, pitch_range
from .prepare import Record, prepare, with_digests
from .waves import Waves


class Folder(Waves):
    """The sounds of a folder tree, decoded once into the cache.

    Splits are those of the folder where it names them (sub-folders ``train``, ``valid``, ``test``, or Speech
    Commands' lists), otherwise by the hash of each file's bytes. Broken files are skipped and counted in ``summary``.

    Args:
        root: the folder; ``~`` is expanded.
        files: a pattern of relative names, as ``*_george_*`` or ``voices/*.wav``: what it does not fit is no part of
            the data set.
        rate: frames per second to resample to, Hz.
        length: frames of a sample.
        channels: 1 takes the mean of a file's channels, 2 doubles a mono file.
        mode: ``one-shot`` uses the first slice of each file, ``random-slice`` any slice of it.
        labels: classes from the ``folder`` that holds the file, its ``name``, a ``csv`` table, or ``none``; or its
            ``pitch`` as a MIDI number, from NSynth's names and tables, a note in its name (``C#4``), or one of the
            two options below.
        label_pattern: for ``name``, and ``pitch`` if need be: a regular expression with a group, or ``sc09``,
            ``speech-commands``, ``fsdd``, ``nsynth-family``, ``nsynth-source``, ``nsynth-instrument``, ``nsynth-pitch``
            or ``nsynth-velocity``.
        csv: for ``csv``, and ``pitch`` if need be: path (relative to the root) of a CSV table with the columns ``file``
            (likewise) and ``label``, or of a JSON table such as NSynth's ``examples.json``.
        column: what the label is called in that table, if not ``label`` (or ``pitch``).
        pitches: for ``pitch``: lowest and highest MIDI number; files outside are left out.
        normalise: gain of each whole file: ``peak`` to 1; ``rms`` to -20 dB or ``loudness`` to -23 LUFS
            (BS.1770), neither clipping; ``none``.
        short: files shorter than a slice: ``pad`` with zeros, ``loop``, ``reflect``, ``skip``, or ``error``.
        silence: silent files: ``keep`` or ``skip``; ``trim`` also cuts silent ends.
        silence_db: level below which sound counts as silence, dB of full scale, before ``normalise``.
        split: shares of train, valid and test by hash, even where the folder names its own; default 0.8, 0.1, 0.1.
        max_files: use at most this many, chosen by the hash of their names.
        augment: random changes of training samples, in this order.
        resident_share: share of free memory, the accelerator's or else the machine's, that the decoded sounds may take;
            beyond it they are read from disk as they are used.

    Raises:
        UserError: no such folder, no sound in it, or none that can be used.
    """

    def __init__(
        self,
        *,
        root: str,
        files: str = "*",
        rate: Annotated[int, Gt(0)] = 16000,
        length: Annotated[int, Gt(0)] = 16384,
        channels: Annotated[int, Gt(0)] = 1,
        mode: Mode = "one-shot",
        labels: Literal["none", "folder", "name", "csv", "pitch"] = "none",
        label_pattern: str | None = None,
        csv: str | None = None,
        column: str | None = None,
        pitches: Pitches | None = None,
        normalise: Normalise = "peak",
        short: Short = "pad",
        silence: Silence = "keep",
        silence_db: Annotated[float, Lt(0)] = -60.0,
        split: dict[str, float] | None = None,
        max_files: Annotated[int, Gt(0)] | None = None,
        augment: Augmentations = [],  # noqa: B006 - a recipe's default, never mutated
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        place = f"root = {root!r}"
        shares = check_shares(split)
        folder = Path(root).expanduser()
        names = matching(audio_files(folder, place), files, place)
        by_folder = splits_by_folder(names)
        own = (by_folder or splits_by_list(folder, names)) if split is None else None
        outside = [name for name in names if own is not None and name not in own]
        refused = [(n, "foreign format", CONVERT) for n in foreign_files(folder) if fnmatchcase(n, files)]
        refused += [(name, "no split", "outside the folders train, valid and test") for name in outside]
        names = [name for name in names if own is None or name in own]
        label_of = labels_of(
            names, folder, labels, label_pattern, folder / csv if csv else None, column, by_folder is not None
        )
        if labels != "none":
            refused += [(name, "no label", f"none from {labels}") for name in names if name not in label_of]
            absent = sorted(n for n in set(label_of) - {*names, *outside} if fnmatchcase(n, files))
            refused += [(name, "missing", f"in {csv}, not in the folder") for name in absent]
            names = [name for name in names if name in label_of]
        if pitches is not None:
            if labels != "pitch":
                raise UserError('pitches goes with labels = "pitch"')
            kept = {str(pitch) for pitch in pitch_range(pitches)}
            refused += [
                (name, "pitch", f"{label_of[name]}, outside {pitches}") for name in names if label_of[name] not in kept
            ]
            names = [name for name in names if label_of[name] in kept]
        if max_files is not None:
            names = sample_of(names, max_files)
        records = with_digests(
            [Record(name, folder / name, "", label_of.get(name), own[name] if own else None) for name in names]
        )
        how = Decoding(rate, length, channels, mode, normalise, short, silence, silence_db)
        bank = prepare(records, how)
        super().__init__(
            records, how, shares, bank, place=place, refused=refused, augment=augment, resident_share=resident_share
        )


def labels_of(
    names: Sequence[str],
    root: Path,
    source: str,
    pattern: str | None,
    table: Path | None,
    column: str | None,
    in_splits: bool,
) -> dict[str, str]:
    """The class of each file that has one; options that another source of labels would need are refused."""
    pitched = source == "pitch"
    if (pattern is not None) != (source == "name") and not pitched:
        known = ", ".join(classes.PATTERNS)
        raise UserError(f'label_pattern goes with labels = "name": a regular expression, or one of {known}')
    if (table is not None) != (source == "csv") and not pitched:
        raise UserError('csv goes with labels = "csv": a table with the columns file and label')
    if column is not None and table is None:
        raise UserError("column goes with csv, a table in which the label has this name")
    if pattern is not None and table is not None:
        raise UserError("label_pattern and csv both say where the pitches are; leave one out")
    if pattern is not None:
        found = classes.from_names(names, pattern)
        return classes.as_pitches(found) if pitched else found
    if table is not None:
        columns = (column,) if column else classes.PITCH_COLUMNS if pitched else classes.LABEL_COLUMNS
        found = classes.from_table(names, table, columns)
        return classes.as_pitches(found) if pitched else found
    if pitched:
        return classes.pitches(names, root)
    if source == "folder":
        inner = {name: name.partition("/")[2] if in_splits else name for name in names}
        found = classes.from_folders(list(inner.values()))
        return {name: found[rest] for name, rest in inner.items() if rest in found}
    return {}
