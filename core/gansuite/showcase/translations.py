"""Translations of held-out sources, to be shown beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.translation.translation import paired
from gansuite.runs import Run


@dataclass(frozen=True)
class Translated:
    """Samples, and what stands beside each.

    Args:
        samples: of the domain.
        shown: by name: ``sources``, and ``targets`` where the data has pairs; [k, ...] each, as the data set has them.
        seen: the sources as the translator is given them.
        conditions: the class or domain of each, where one was asked for.
    """

    samples: Any
    shown: Mapping[str, Tensor] = field(default_factory=dict)
    seen: Any = None
    conditions: Sequence[str] = ()


def translate(run: Run, split: str, most: int, seed: int) -> Translated:
    """At most so many translations of items of a split; by a translator between many domains, into each of them."""
    game: Any = run.game
    domains = list(run.spec.labels) if game.many else []
    count = max(1, min(run.dataset.count(split), most // max(1, len(domains))))
    index = torch.arange(count, device=run.engine.device)
    if len(domains) > 1:  # items of a data set of variants stand in all domains, one after the other
        index = index * (run.dataset.count(split) // count)
    batch, seen = run.dataset.batch(split, index, None), run.seen.batch(split, index, None)[game.translated]
    sources = batch[game.translated]
    if game.many:
        copies = torch.arange(count, device=seen.device).repeat_interleave(len(domains))
        wanted = torch.arange(len(domains), device=seen.device).repeat(count)
        with torch.no_grad(), run.at_rest():
            made = game.translations(seen[copies], Rng(seed, "translations", device=run.engine.device), wanted)
            samples = made if run.representation is None else run.decoded(made, 64)
        return Translated(samples, {"sources": sources[copies]}, seen[copies], domains * count)
    shown = {"sources": sources, **({"targets": batch["data"]} if getattr(run.dataset, "paired", False) else {})}
    return Translated(run.sample(count, seed, condition=seen), shown, seen)


def pairs(run: Run, made: Translated) -> Any:
    """What a critic of pairs judges: translations with their sources.

    Raises:
        UserError: these are no translations.
    """
    if made.seen is None:
        raise UserError("the critic of this game judges more than samples")
    return paired(run.game.space, made.samples, made.seen)
