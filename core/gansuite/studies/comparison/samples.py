"""Samples of a task side by side: every method's and held-out real ones, as the domain presents them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from gansuite.plugins.wording import reason_of
from gansuite.recipes import read
from gansuite.report.presenter import Exhibit, Presenter, gallery, presenter_of
from gansuite.report.view import View
from gansuite.report.words import number
from gansuite.studies.cell import Result, folder_of
from gansuite.studies.page import scrolling

SHOWN = 4
"""Exhibits of a method: as many of each, the first ones that the run set aside."""
SEED = 0
"""Of the samples that are drawn where a run has set too few aside for one exhibit."""
REAL = "held-out real"


@dataclass(frozen=True)
class Column:
    """What is shown of one method, or why nothing is."""

    title: str
    detail: str = ""
    exhibits: Sequence[Exhibit] = ()
    note: str = ""

    @property
    def sizes(self) -> list[int]:
        """Bytes of each exhibit."""
        return [len(each.html.encode()) for each in self.exhibits]


@dataclass(frozen=True)
class Chosen:
    """The run of a method whose samples are shown, and by what rule."""

    result: Result
    rule: str


def middle_run(runs: Sequence[Result], scores: Mapping[int, float] | None) -> Chosen:
    """The run with the median score; of an even number, the worse of the two in the middle.

    ``scores`` are those of the runs by seed, less is better, a failed run's the worst. Without them it is the first run
    that finished. Never is it the best one by choice.
    """
    if scores is None or any(run.seed not in scores for run in runs):
        first = next((run for run in runs if run.finished), runs[0])
        return Chosen(first, f"seed {first.seed}, the first of {len(runs)} runs that finished")
    ranked = sorted(runs, key=lambda run: scores[run.seed or 0])
    middle = ranked[len(runs) // 2]
    even = "" if len(runs) % 2 else ", the worse of the two in the middle"
    score = number(scores[middle.seed or 0])
    return Chosen(middle, f"seed {middle.seed}, score {score}: the median of {len(runs)} runs{even}")


def columns_of(
    chosen: Sequence[tuple[str, Chosen]], folder: Path, shown: int = SHOWN
) -> tuple[list[Column], Presenter | None]:
    """Held-out real samples, then those of each method's chosen run; a run that cannot be shown says why.

    Args:
        chosen: the methods with their runs.
        folder: of the study.
        shown: exhibits of each.
    """
    presenter: Presenter | None = None
    real, columns = Column(REAL, "the first ones", note="No run has set any aside."), []
    for method, each in chosen:
        column = Column(method, each.rule)
        place = folder_of(each.result, folder)
        view = View.load(place)
        if not each.result.finished:
            column = replace(column, note=f"This run failed: {each.result.reason}")
        elif not place.is_dir():
            column = replace(column, note=f"The run's folder {place.name} is gone, and its samples with it.")
        else:
            try:
                recipe = read(place / "recipe.toml")
                own = shown_by(view, recipe)
                column = replace(column, exhibits=own(generated(view, own.together, shown))[:shown])
                if not real.exhibits:
                    real = replace(real, exhibits=own(held_out(view, recipe, own.together, shown))[:shown], note="")
                presenter = presenter or own
            except Exception as error:  # one run's samples must not cost the comparison its page
                column = replace(column, note=f"This run's samples cannot be shown: {reason_of(error)}")
        columns.append(column)
    return [real, *columns], presenter


def shown_by(view: View, recipe: Any) -> Presenter:
    """How the domain of a run shows its samples.

    Raises:
        UserError: the domain cannot be had here, or shows nothing.
    """
    from gansuite.build import make_writer

    spec = recipe.data.domain.load().read_spec(view.spec)
    return presenter_of(view.run.get("plugin"), spec, make_writer(recipe, spec))


def generated(view: View, together: int, shown: int) -> NDArray[Any]:
    """The first samples that the run set aside; where these are too few for one exhibit, fresh ones of seed 0.

    Raises:
        UserError: there are none, and no checkpoint.
    """
    kept = view.showcase.get("samples", np.empty(0))
    if len(kept) >= together:
        return kept[: together * shown]
    from gansuite import api

    return api.load(view.folder, "cpu").sample(together, SEED).cpu().numpy()


def held_out(view: View, recipe: Any, together: int, shown: int) -> NDArray[Any]:
    """The first held-out real samples that the run set aside; where these are too few, those of the data set."""
    kept = view.showcase.get("real", np.empty(0))
    if len(kept) >= together:
        return kept[: together * shown]
    import torch

    dataset = recipe.data.dataset.make()
    split = next(name for name in (recipe.evaluation.split, "valid", "train") if dataset.count(name))
    index = torch.arange(min(together, dataset.count(split)))
    return dataset.batch(split, index, None)["data"].cpu().numpy()


def fitted(columns: Sequence[Column], budget: float) -> tuple[list[Column], str]:
    """As many exhibits of every column as ``budget`` bytes have room for, and a sentence that says so.

    If not even one of each has room, columns from the end are left without.
    """
    most = max((len(each.exhibits) for each in columns), default=0)
    size = {k: sum(sum(each.sizes[:k]) for each in columns) for k in range(1, most + 1)}
    count = max((k for k in size if size[k] <= budget), default=1)
    fit, spent = [], 0
    for column in columns:
        spent += sum(column.sizes[:count])
        left_out = spent > budget and bool(column.exhibits) and column.title != REAL
        note = (
            "Left out, so that the page stays small; the run's own report.html has them." if left_out else column.note
        )
        fit.append(replace(column, exhibits=() if left_out else column.exhibits[:count], note=note))
    if count < most:
        return fit, f"{count} of {most} samples are shown of each, so that the page stays small."
    return fit, ""


def samples_html(columns: Sequence[Column], words: str = "") -> Markup:
    """The columns side by side, in a box that scrolls where they have no room."""
    told = []
    for each in columns:
        parts = [Markup("<h4>{}</h4>").format(each.title)]
        parts += [Markup('<p class="fine">{}</p>').format(line) for line in (each.detail, each.note) if line]
        parts.append(Markup('<ul class="exhibits">{}</ul>').format(gallery(each.exhibits)))
        told.append(Markup('<div class="column">{}</div>').format(Markup("").join(parts)))
    box = scrolling(Markup('<div class="columns">{}</div>').format(Markup("").join(told)), "Samples")
    caption = Markup('<p class="fine">{}</p>').format(words) if words else Markup("")
    return box + caption
