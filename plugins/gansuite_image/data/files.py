"""Data sets of pictures that are decoded from files, or from the bytes of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from annotated_types import Gt

from gansuite.data.augmentation import Augmentation
from gansuite.errors import UserError

from .account import account
from .decoding import Alpha, Decoding, Fit, Resample
from .pictures import Item, Pictures
from .prepare import VERSION, Record, prepare, with_digests

LISTED = 100  # skipped files named one by one in the summary

Size = Annotated[int, Gt(0)] | tuple[Annotated[int, Gt(0)], Annotated[int, Gt(0)]] | None
"""Option of a data set: rows and columns, one number for both, or as large as the pictures are."""


class PictureFiles(Pictures):
    """Pictures decoded once into the cache; those that cannot be are skipped and counted.

    Args:
        records: the files.
        how: how they are decoded.
        shares: shares of train, valid and test for records without a split of their own.
        place: where the recipe names the data, for messages.
        refused: files left out before decoding, as (name, reason, what was seen).
        classes: order of the labels.
        augment: what happens to a training batch.
        resident_share: share of free memory that the pictures may take.
        made: what else batches are a function of.

    Raises:
        UserError: pictures of several sizes, none that can be used, or nothing to train on.
    """

    def __init__(
        self,
        records: Sequence[Record],
        how: Decoding,
        shares: Mapping[str, float],
        *,
        place: str,
        refused: Sequence[tuple[str, str, str]] = (),
        classes: Sequence[str] | None = None,
        augment: Sequence[Augmentation] = (),
        resident_share: float = 0.5,
        made: Any = None,
    ) -> None:
        records = with_digests(records)
        bank, index = prepare(records, how, place)
        skipped = [*refused, *((records[i].name, reason, seen) for i, reason, seen in index.skipped)]
        used = [records[i] for i in index.record]
        items = [Item(record.name, record.digest, record.label, record.split) for record in used]
        files = len(records) + len(refused)
        summary: dict[str, Any] = {
            "files": files,
            "skipped": {
                "count": len(skipped),
                "reasons": dict(Counter(reason for _, reason, _ in skipped)),
                "files": [{"file": name, "reason": f"{reason}: {seen}"} for name, reason, seen in skipped[:LISTED]],
            },
            "done": index.done,
            "decoding": asdict(how),
        }
        told = account(index.done, len(items), files, [reason for _, reason, _ in skipped], how.alpha)
        super().__init__(
            bank,
            items,
            shares,
            place=place,
            account=told,
            summary=summary,
            made=[VERSION, asdict(how), made],
            classes=classes,
            augment=augment,
            resident_share=resident_share,
        )


def decoding(
    size: int | tuple[int, int] | None,
    fit: Fit,
    channels: int,
    alpha: Alpha | None,
    resample: Resample,
    bits: int,
) -> Decoding:
    """The options of a recipe as one.

    Raises:
        UserError: opacity is kept in no channel.
    """
    if alpha == "keep" and channels != 4:
        raise UserError('alpha = "keep" needs channels = 4, the last of which is the opacity')
    opacity = alpha or ("keep" if channels == 4 else "white")
    return Decoding((size, size) if isinstance(size, int) else size, fit, channels, opacity, resample, bits)
