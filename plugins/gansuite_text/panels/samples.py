"""The texts of a run: generated ones beside their nearest training texts, held-out ones, and alarms."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Gt

from gansuite.report import Section, View, template
from gansuite_text.spec import TextSpec


class SamplesPanel:
    """Generated texts, the training text nearest to each by the metric's features, and held-out texts.

    Args:
        shown: how many generated texts.
        held_out: how many held-out texts for comparison.
    """

    def __init__(self, *, shown: Annotated[int, Gt(0)] = 12, held_out: Annotated[int, Ge(0)] = 6) -> None:
        self.shown, self.held_out = shown, held_out

    def __call__(self, view: View) -> Section:
        pairs, real, loose = [], [], []
        if "samples" in view.showcase and "vocabulary" in view.spec:
            spec = TextSpec.from_dict(view.spec)
            made, near, real = (read(view, name, spec) for name in ("samples", "neighbours", "real"))
            distances = [float(each) for each in view.showcase.get("distances", [])]
            rows = zip(made, near or [""] * len(made), distances or [None] * len(made), strict=True)
            pairs, real = list(rows)[: self.shown], real[: self.held_out]
        else:
            loose = written(view)[: self.shown]
        alarms = view.noted("alarms.json")
        html = template("gansuite_text").render(
            pairs=pairs, real=real, loose=loose, alarms=alarms, step=view.run.get("step")
        )
        return Section("Samples", html)


def read(view: View, name: str, spec: TextSpec) -> list[str]:
    """Texts of the showcase."""
    return spec.decode(torch.from_numpy(view.showcase[name])) if name in view.showcase else []


def written(view: View) -> list[str]:
    """The newest written texts, for a run that has no showcase yet."""
    lines: list[str] = []
    for path in view.sample_files:
        if path.suffix == ".txt":
            lines += path.read_text(encoding="utf-8").splitlines()
    return lines
