"""The pictures of a run: generated ones beside their nearest training pictures, and held-out pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt

from gansuite.report import Section, View, template

from ..pixels import pixels
from .files import written
from .heat import overlay
from .shown import Shown, at, listed, many, source_of

LOOSE = 32


@dataclass(frozen=True)
class Sample:
    """A generated picture, where the critic looks in it, and the training picture nearest to it."""

    made: Shown
    heat: Shown | None
    near: Shown | None


class SamplesPanel:
    """Generated pictures beside their nearest training pictures, with what the critic looks at, and held-out pictures.

    Args:
        shown: how many generated pictures; by default all that the run has set aside.
        held_out: how many held-out pictures for comparison.
    """

    def __init__(self, *, shown: Annotated[int, Gt(0)] | None = None, held_out: Annotated[int, Ge(0)] = 12) -> None:
        self.shown, self.held_out = shown, held_out

    def __call__(self, view: View) -> Section:
        samples: list[Sample] = []
        real: list[Shown] = []
        loose: list[str] = []
        note = ""
        if "samples" in view.showcase:
            samples, real = self.samples(view), self.real(view)
        else:
            loose = [source_of(each) for each in written(view.sample_files, self.shown or LOOSE)]
            where = view.sample_files[0].parent.name.lstrip("0") or "0" if loose else ""
            note = (
                f"The samples of step {where}, for the run has not ended." if loose else "No samples have been written."
            )
        html = template("gansuite_image").render(
            samples=samples,
            real=real,
            loose=loose,
            note=note,
            step=view.run.get("step"),
            conditional="conditions" in view.metadata and "sources" not in view.showcase,
            heated=any(each.heat for each in samples),
        )
        return Section("Samples", html)

    def samples(self, view: View) -> list[Sample]:
        """Each shown sample with what belongs to it, as far as the showcase has it."""
        made = pixels(view.showcase["samples"][: self.shown])
        near = many(view.showcase["neighbours"]) if "neighbours" in view.showcase else []
        heat, distances = view.showcase.get("saliency"), view.showcase.get("distances")
        names, conditions = listed(view, "neighbours"), listed(view, "conditions")
        found = []
        for i, picture in enumerate(made):
            asked = at(conditions, i)
            own = Shown(source_of(picture), asked or f"{i + 1}", "")
            hot = None if heat is None else Shown(source_of(overlay(picture, heat[i])), "critic")
            distance = "" if distances is None else f"at {float(distances[i]):.3g}"
            found.append(Sample(own, hot, Shown(near[i], at(names, i), distance) if i < len(near) else None))
        return found

    def real(self, view: View) -> list[Shown]:
        """Held-out pictures of the showcase."""
        names = listed(view, "real")
        found = many(view.showcase["real"][: self.held_out]) if "real" in view.showcase else []
        return [Shown(src, at(names, i)) for i, src in enumerate(found)]
