"""Translations of held-out samples, made for the metrics that judge them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.dataset import Dataset
from gansuite.errors import UserError
from gansuite.metrics.features import rounds
from gansuite.metrics.metric import MINIMUM, MetricError
from gansuite.metrics.subject import Subject
from gansuite.representations.represented import Represented


@dataclass(frozen=True)
class Translated:
    """Held-out samples and their translations, as the data set has them and not as the networks see them.

    Args:
        made: the translations.
        sources: what was translated.
        rows: whatever the data set's batch holds besides, row by row.
        wanted: the domain that each was to be taken to; None where there are only two.
    """

    made: Any
    sources: Any
    rows: Mapping[str, Any]
    wanted: Int64[Tensor, " n"] | None


def refuse_others(name: str, game: Any) -> None:
    """Refuse a game that translates nothing.

    Raises:
        UserError: it does not.
    """
    if not hasattr(game, "translated"):
        raise UserError(f"metric {name}: the game {type(game).__name__} translates nothing; leave the metric out")


def plain(dataset: Any) -> Dataset:
    """The data set itself, behind a representation."""
    return dataset.dataset if isinstance(dataset, Represented) else dataset


@torch.no_grad()
def translated(subject: Subject, name: str) -> Translated:
    """The translations of the held-out items that ``subject.real`` takes, 64 at a time; the same for all metrics.

    A game between many domains is asked for each of an item's other ones in turn.

    Raises:
        MetricError: fewer than four items, or batches without what the game translates.
    """
    game: Any = subject.game
    refuse_others(name, game)
    index, dataset = subject.items(subject.n, subject.split), plain(subject.dataset)
    if len(index) < MINIMUM:
        raise MetricError(f"{name}: {len(index)} held-out items are too few: give at least {MINIMUM}")
    space, key = dataset.spec.space, game.translated
    batches, made, asked = [], [], []
    for positions in rounds(len(index)):
        chosen, rng = index[positions].to(subject.device), subject.rng("translations", int(positions[0]))
        batches.append(dataset.batch(subject.split, chosen, None))
        shown = subject.dataset.batch(subject.split, chosen, None)
        if key not in shown:
            raise MetricError(f"{name}: the data set's batches hold no {key!r} to translate; choose one of two domains")
        wanted = None
        if game.many:
            domains = len(dataset.spec.labels)
            wanted = (shown["label"] + 1 + positions.to(subject.device) % (domains - 1)) % domains
            asked.append(wanted)
        found = game.translations(shown[key], rng, wanted)
        coded = getattr(game, "representation", None)
        made.append(found if coded is None else coded.decode(found))

    def joined(parts: list[Any]) -> Any:
        return space.take(torch.cat(parts) if isinstance(parts[0], Tensor) else space.cat(parts), slice(len(index)))

    rows = {each: joined([batch[each] for batch in batches]) for each in batches[0]}
    return Translated(joined(made), rows[key], rows, torch.cat(asked)[: len(index)] if asked else None)
