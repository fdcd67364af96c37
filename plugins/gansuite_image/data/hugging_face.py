"""Data sets that Hugging Face's ``datasets`` saved to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from gansuite.data.augmentation import Augmentations
from gansuite.data.files import sample_of
from gansuite.data.split import check_shares
from gansuite.errors import UserError

from . import tables
from .decoding import Alpha, Fit, Resample
from .files import PictureFiles, Size, decoding
from .prepare import Record


class HuggingFace(PictureFiles):
    """Pictures of a folder that ``Dataset.save_to_disk`` wrote, or of Parquet files as the hub has them.

    Read by pyarrow; nothing is downloaded. Splits are those that folders and files are named for where there are
    ``train`` and another one, otherwise by the hash of each picture's bytes.

    Args:
        root: the folder, or one Parquet file; ``~`` is expanded.
        image: column of the pictures; by default the one that is declared so, or is called image or img.
        label: column of the classes, likewise.
        labels: ``class`` gives the classes where there are any, ``none`` nothing.
        size: rows and columns, one number for both; needed where pictures differ in size.
        fit: a picture of another shape is cut to its middle (``crop``), surrounded by black (``pad``), or stretched.
        channels: 1 grey, 3 colours, 4 colours and opacity.
        alpha: what is transparent is laid on ``white`` or ``black``, shown as if it were opaque (``drop``), or kept as
            a fourth channel (``keep``); by default kept with 4 channels, else laid on white.
        resample: filter of a change of size; ``nearest`` invents no colours.
        bits: 8, or 16 to keep what grey pictures of 16 bits hold.
        split: shares of train, valid and test by hash, even where the names tell them; default 0.8, 0.1, 0.1.
        max_items: use at most this many, chosen by the hash of their names.
        augment: random changes of training pictures, in this order.
        resident_share: share of free memory, the accelerator's or else the machine's, that the pictures may take.

    Raises:
        UserError: no such folder, nothing in it that can be used, or a column that is not there.
    """

    def __init__(
        self,
        *,
        root: str,
        image: str | None = None,
        label: str | None = None,
        labels: Literal["class", "none"] = "class",
        size: Size = None,
        fit: Fit = "crop",
        channels: Literal[1, 3, 4] = 3,
        alpha: Alpha | None = None,
        resample: Resample = "lanczos",
        bits: Literal[8, 16] = 8,
        split: dict[str, float] | None = None,
        max_items: Annotated[int, Gt(0)] | None = None,
        augment: Augmentations = [],  # noqa: B006 - a recipe's default, never mutated
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        place, folder, shares = f"root = {root!r}", Path(root).expanduser(), check_shares(split)
        how = decoding(size, fit, channels, alpha, resample, bits)
        found = tables.shards(folder, place)
        splits = {shard.split for shard in found} - {None}
        own = split is None and "train" in splits and len(splits) > 1
        records, refused = list[Record](), list[tuple[str, str, str]]()
        classes: dict[str, None] = {}
        for shard in found:
            pictures, kinds = columns(shard, image, label, labels, place)
            classes |= dict.fromkeys(tables.names(shard, kinds))
            file = shard.path.with_suffix("").relative_to(folder if folder.is_dir() else folder.parent).as_posix()
            for row, (content, kind) in enumerate(tables.rows(shard, pictures, kinds)):
                name = f"{file} row {row:06d}"
                if content is None or (isinstance(content, Path) and not content.is_file()):
                    refused.append((name, "missing", "no bytes" if content is None else f"{content} is not there"))
                elif kinds and kind is None:
                    refused.append((name, "no label", f"none in {kinds}"))
                elif own and shard.split is None:
                    refused.append((name, "no split", "in a file named for none"))
                else:
                    records.append(Record(name, content, label=kind, split=shard.split if own else None))
        if not records:
            told = (
                f"none of the {len(refused)} rows can be used ({': '.join(refused[0][1:])})" if refused else "no rows"
            )
            raise UserError(f"{place}: {told}; name the folder of a data set that holds pictures")
        if max_items is not None:
            kept = set(sample_of([record.name for record in records], max_items))
            records = [record for record in records if record.name in kept]
        super().__init__(
            records,
            how,
            shares,
            place=place,
            refused=refused,
            classes=list(classes) or None,
            augment=augment,
            resident_share=resident_share,
        )


def columns(
    shard: tables.Shard, image: str | None, label: str | None, labels: str, place: str
) -> tuple[str, str | None]:
    """The columns of pictures and of classes of a file.

    Raises:
        UserError: no column of pictures.
    """
    pictures = tables.column_of(shard, image, tables.IMAGES, "Image", place)
    if pictures is None:
        have = ", ".join(shard.table.column_names)
        raise UserError(f"{place}: no column of pictures among {have}; name it by image = ")
    kind = shard.table.schema.field(pictures).type
    if not any(holds(kind) for holds in tables.KINDS):
        raise UserError(
            f"{place}: the column {pictures!r} holds {kind}, no files of pictures; save it as an Image column"
        )
    wanted = labels == "class"
    return pictures, tables.column_of(shard, label, tables.LABELS, "ClassLabel", place) if wanted else None
