"""A data set and what a change makes of it: restoration, degradation, or any map that can be written down."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge, Len
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.augmentation import Augmentations, bound, settings
from gansuite.data.domains.made import Made, changed, sourced
from gansuite.engine.rng import Rng
from gansuite.plugins import Ref


class Changed(Made):
    """Items of one data set, and changed ones: noisy and clean, upright and turned, thin and bold.

    In training a change draws new random numbers each time; held-out items are always changed alike.

    Args:
        of: the data set.
        by: what is done to its items, in this order: augmentations of its domain.
        paired: whether a row of ``source`` and one of ``data`` are of one item; else of two.
        direction: ``undo``: translators are given changed items, to make plain ones; ``do``: the other way round.
        seed: of the changes of held-out items.

    Raises:
        UserError: a change does not fit the domain.
    """

    def __init__(
        self,
        *,
        of: Annotated[Any, Ref("dataset")],
        by: Annotated[Augmentations, Len(1)],
        paired: bool = True,
        direction: Literal["undo", "do"] = "undo",
        seed: Annotated[int, Ge(0)] = 0,
    ) -> None:
        other = bound(by, of.spec)
        data, source = (of.spec, other) if direction == "undo" else (other, of.spec)
        spec = sourced(data, source)
        super().__init__(spec, [of], by=settings(by), paired=paired, direction=direction, seed=seed)
        self.by, self.paired, self.direction, self.seed = by, paired, direction, seed

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Any]:
        """Rows of ``data`` at ``index``, and of ``source`` there too or, unpaired, elsewhere."""
        data = self.parts[0].batch(split, index, rng)
        place = index if self.paired else elsewhere(index, self.count(split), rng)
        source = data if self.paired else self.parts[0].batch(split, place, rng)
        stream = Rng(self.seed, "changed", split, device=self.device)
        x, y = source["data"], data["data"]
        if self.direction == "undo":
            x = changed(self.by, x, rng, stream, place)
        else:
            y = changed(self.by, y, rng, stream, index)
        batch = {"data": y, "source": x}
        return batch if "label" not in data else {**batch, "label": data["label"], "content": source["label"]}


def elsewhere(index: Int64[Tensor, " n"], count: int, rng: Rng | None) -> Int64[Tensor, " n"]:
    """Any items of ``count``; without ``rng`` those half a data set further on."""
    return (index + count // 2) % count if rng is None else rng.integers(0, count, len(index))
