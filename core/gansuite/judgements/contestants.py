"""Who is judged: trained runs, and held-out real samples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from gansuite.api import load
from gansuite.build import make_writer
from gansuite.engine.rng import seed_of
from gansuite.errors import UserError
from gansuite.folders import find, read_json
from gansuite.judgements.judgement import REAL, WINNERS
from gansuite.recipes import Recipe, read
from gansuite.report import Exhibit, Presenter
from gansuite.report.presenter import presenter_of

RESERVED = (REAL, *WINNERS)
"""Names that a run's folder may have, and that judgements use otherwise."""


class Contestant(ABC):
    """One who makes samples, as many as are shown together at a time.

    Args:
        name: in the judgements.
        presenter: how its samples are shown.
    """

    name: str
    presenter: Presenter

    @abstractmethod
    def sample(self, seed: int, round: int) -> int:
        """Which of its samples is shown in a round; a function of the seed and the round."""

    @abstractmethod
    def draw(self, sample: int) -> Any:
        """That sample, or the ``presenter.together`` that are shown as one: [k, ...], on the device."""

    def exhibit(self, sample: int) -> Exhibit:
        """What a person is shown of it.

        Raises:
            UserError: nothing is left of it to be shown.
        """
        shown = self.presenter(self.draw(sample).detach().cpu().numpy())
        if not shown:
            raise UserError(f"{self.name}: its samples are too few to be shown")
        return shown[0]


class Trained(Contestant):
    """The newest checkpoint of a run; its sample s is what ``gansuite sample RUN --seed s`` draws.

    Raises:
        UserError: the folder is no run, or has no checkpoint yet.
    """

    def __init__(self, folder: str | Path, name: str, device: str = "auto") -> None:
        self.folder, self.name = find(folder), name
        self.recipe: Recipe = read(self.folder / "recipe.toml")
        self.plugin = plugin_of(self.folder)
        self.model = load(self.folder, device)
        self.presenter = presenter_of(self.plugin, self.model.spec, make_writer(self.recipe, self.model.spec))

    @cached_property
    def dataset(self) -> Any:
        """What it was trained on; read when it is asked for."""
        return self.recipe.data.dataset.make().to(self.device)

    @property
    def device(self) -> torch.device:
        return next(self.model.game.parameters()).device

    def sample(self, seed: int, round: int) -> int:
        return seed_of(seed, "judge", self.name, round) % 2**31

    def draw(self, sample: int) -> Any:
        return self.model.sample(self.presenter.together, sample)


class HeldOut(Contestant):
    """Real samples that a run has not been trained on: its items are shown in an order drawn from the seed.

    Raises:
        UserError: the data of the run is not there, or no part of it is held out.
    """

    name = REAL

    def __init__(self, run: Trained) -> None:
        self.presenter, self.run = run.presenter, run
        splits = dict.fromkeys((run.recipe.evaluation.split, "test", "valid"))
        self.split = next((split for split in splits if self.dataset.count(split)), "")
        if not self.split:
            raise UserError(
                f"--real: the data of {run.folder} has no held-out items; set [data] shares of valid and test"
            )

    @property
    def dataset(self) -> Any:
        """That of the run."""
        return self.run.dataset

    def sample(self, seed: int, round: int) -> int:
        """The position of the first item shown; every item's turn comes before any comes again."""
        count = self.dataset.count(self.split)
        order = torch.randperm(count, generator=torch.Generator().manual_seed(seed_of(seed, "judge", self.name)))
        return int(order[round * self.presenter.together % count])

    def draw(self, sample: int) -> Any:
        """The item at this position; where several are shown together, that many others drawn by it."""
        count, k = self.dataset.count(self.split), self.presenter.together
        rows = torch.tensor([sample])
        if k > 1:
            draw = torch.Generator().manual_seed(sample)
            rows = (
                torch.randperm(count, generator=draw)[:k] if count >= k else torch.randint(count, (k,), generator=draw)
            )
        return self.dataset.batch(self.split, rows.to(self.run.device), None)["data"]


def gather(folders: Sequence[str], *, real: bool = False, device: str = "auto") -> list[Contestant]:
    """The contestants of these runs, named after their folders, and held-out real samples of the first.

    Raises:
        UserError: there are fewer than two, a run is named twice, has no checkpoint, or is of another domain.
    """
    paths = [find(folder) for folder in folders]
    for index, path in enumerate(paths):
        if path.resolve() in [other.resolve() for other in paths[:index]]:
            raise UserError(f"{path} is named twice; a run cannot be judged against itself")
    if len(paths) + real < 2:
        raise UserError("one run alone has nothing to be judged against; add --against RUN2, or --real")
    first, *others = [plugin_of(path) for path in paths]
    for path, plugin in zip(paths[1:], others, strict=True):
        if plugin != first:
            raise UserError(
                f"{paths[0]} is of the domain {first} and {path} of {plugin}; only runs of one domain can be judged"
            )
    runs = [Trained(path, name, device) for path, name in zip(paths, named(paths), strict=True)]
    return [*runs, HeldOut(runs[0])] if real else list(runs)


def named(paths: Sequence[Path]) -> list[str]:
    """The names of folders, and the whole paths where these are not told apart by their names."""
    names = [path.resolve().name for path in paths]
    clear = len(set(names)) == len(names) and not set(names) & set(RESERVED)
    return names if clear else [str(path) for path in paths]


def plugin_of(folder: Path) -> str:
    """The domain of a run.

    Raises:
        UserError: it has not begun.
    """
    if not (folder / "run.json").is_file():
        raise UserError(f"{folder} has no run.json; train it first: gansuite run --resume {folder}")
    return str(read_json(folder / "run.json").get("plugin"))
