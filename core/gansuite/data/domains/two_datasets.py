"""Two data sets, one to be translated to the other, with or without pairs."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any, ClassVar

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.dataset import Dataset
from gansuite.data.domains.made import Made, sourced
from gansuite.data.split import SPLITS
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.plugins import Ref


class TwoDatasets(Made):
    """Sources of one data set, data of another one; both of one plugin.

    Classes of sources are numbered as those of the data, by name; one that the data has not is -1.

    Args:
        source: what translators are given.
        target: what they are to make of it.
        paired: whether each item of ``target`` goes with the item of ``source`` that has the same name, its ending
            left out; the split is then that of ``target``.

    Raises:
        UserError: pairs that do not match, names that are not unique, or an empty split.
    """

    made_of: ClassVar[str] = "target"

    def __init__(
        self, *, source: Annotated[Any, Ref("dataset")], target: Annotated[Any, Ref("dataset")], paired: bool = False
    ) -> None:
        spec = sourced(target.spec, source.spec)
        super().__init__(spec, [target, source], paired=paired)
        self.paired = paired
        self.homes = matched(target, source) if paired else {}
        names, known = getattr(source.spec, "labels", ()), list(getattr(target.spec, "labels", ()))
        numbers = [known.index(name) if name in known else -1 for name in names]
        self.numbers = torch.tensor([*numbers, -1])  # the last one answers for items without a label

    def to(self, device: torch.device | str) -> TwoDatasets:
        moved: Any = super().to(device)
        moved.homes = {split: home.to(device) for split, home in self.homes.items()}
        moved.numbers = self.numbers.to(device)
        return moved

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Any]:
        """Rows of the target at ``index``, and sources beside them."""
        target, sources = self.parts
        batch = target.batch(split, index, rng)
        if self.paired:
            source = self.gathered(self.homes[split][index], rng)
        else:
            home = split if sources.count(split) else "train"
            count = sources.count(home)
            place = index % count if rng is None else rng.integers(0, count, len(index))
            source = sources.batch(home, place, rng)
        made = {"data": batch["data"], "source": source["data"]}
        if "label" in batch:
            made["label"] = batch["label"]
        if "label" in source and len(self.numbers) > 1:
            made["content"] = self.numbers[source["label"]]
        return made

    def gathered(self, home: Int64[Tensor, "n 2"], rng: Rng | None) -> dict[str, Any]:
        """The sources at (split, row), whichever splits these are."""
        sources, space = self.parts[1], self.spec.space
        found: dict[str, Any] = {}
        for number, split in enumerate(SPLITS):
            if not sources.count(split):
                continue
            here = home[:, 0] == number
            part = sources.batch(split, home[:, 1].where(here, 0), rng)
            if not found:
                found = part
                continue
            found = {
                key: space.mix(value, found[key], here) if key == "data" else value.where(here, found[key])
                for key, value in part.items()
            }
        return found


def matched(target: Dataset, source: Dataset) -> dict[str, Tensor]:
    """For each split of the target the split and the row of each item's source.

    Raises:
        UserError: an item has no source, or two.
    """
    homes: dict[str, tuple[int, int]] = {}
    for number, split in enumerate(SPLITS):
        for row, name in enumerate(source.names(split)):
            if stem(name) in homes:
                raise UserError(f"two-datasets: two sources are called {stem(name)!r}; give each a name of its own")
            homes[stem(name)] = number, row
    wanted = {split: [stem(name) for name in target.names(split)] for split in SPLITS}
    missing = [name for names in wanted.values() for name in names if name not in homes]
    if missing:
        total = sum(map(len, wanted.values()))
        raise UserError(
            f"two-datasets: {len(missing)} of {total} items have no source of the same name, as {missing[0]!r}; "
            "give both folders the same names, or set paired = false"
        )
    return {split: torch.tensor([homes[name] for name in names]).view(-1, 2) for split, names in wanted.items()}


def stem(name: str) -> str:
    """The name of an item without its ending."""
    return str(PurePath(name).with_suffix(""))
