"""Which files of a folder are sounds, and the splits that its layout names."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from gansuite.data.files import files_below
from gansuite.data.split import NAMES
from gansuite.errors import UserError

EXTENSIONS = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".caf")
EXPECTED = f"expected {' '.join(EXTENSIONS)} files, in any sub-folder"
FOREIGN = (".m4a", ".aac", ".mp4", ".wma", ".webm", ".mka", ".amr", ".ape", ".wv", ".ra")  # libsndfile cannot read them
CONVERT = "gansuite reads no such file; convert it, e.g. ffmpeg -i x.m4a x.flac"
NOISE = "_background_noise_"  # Speech Commands' long recordings of noise

SPLIT_LISTS = {"validation_list.txt": "valid", "testing_list.txt": "test"}  # Speech Commands


def audio_files(root: Path, place: str) -> list[str]:
    """Names, relative to ``root`` with "/" between folders, of its sound files, sorted; links are followed.

    Raises:
        UserError: no such folder, or no sound in it.
    """
    if not root.is_dir():
        what = "is a file" if root.exists() else "no such folder"
        raise UserError(f"{place}: {what}; name a folder, {EXPECTED}")
    names = sorted(name for name in files_below(root, (NOISE,)) if name.lower().endswith(EXTENSIONS))
    if not names:
        others = sorted({Path(name).suffix.lower() for name in foreign_files(root)})
        hint = f" ({', '.join(others)} must be converted first, e.g. ffmpeg -i x{others[0]} x.flac)" if others else ""
        raise UserError(f"{place}: no audio found{hint}; {EXPECTED}")
    return names


def foreign_files(root: Path) -> list[str]:
    """The sounds and films of the folder that would have to be converted first, by name."""
    return sorted(name for name in files_below(root, (NOISE,)) if name.lower().endswith(FOREIGN))


def matching(names: Sequence[str], pattern: str, place: str) -> list[str]:
    """The names that a shell's pattern fits (``*_george_*``); ``*`` stands for "/" too.

    Raises:
        UserError: it fits none.
    """
    found = [name for name in names if fnmatchcase(name, pattern)]
    if not found:
        raise UserError(f"{place}: files = {pattern!r} fits none of {len(names)} sounds, as {names[0]!r}; mend it")
    return found


def splits_by_folder(names: Sequence[str]) -> dict[str, str] | None:
    """The split of each file where ``train`` and ``valid`` or ``test`` are folders directly in the root, else None.

    So are NSynth's ``nsynth-train``, ``nsynth-valid`` and ``nsynth-test``.

    Files elsewhere are then in no split.
    """
    tops = {name: NAMES.get(top_of(name).lower().removeprefix("nsynth-")) for name in names}
    found = set(tops.values()) - {None}
    if "train" in found and len(found) > 1:
        return {name: split for name, split in tops.items() if split}
    return None


def splits_by_list(root: Path, names: Sequence[str]) -> dict[str, str] | None:
    """The split of each file by Speech Commands' ``validation_list.txt`` and ``testing_list.txt``, else None."""
    lists = {split: root / file for file, split in SPLIT_LISTS.items() if (root / file).is_file()}
    if not lists:
        return None
    listed = {name.strip(): split for split, file in lists.items() for name in file.read_text().splitlines()}
    return {name: listed.get(name, "train") for name in names}


def top_of(name: str) -> str:
    """First folder of a relative name, "" for a file directly in the root."""
    return name.partition("/")[0] if "/" in name else ""
