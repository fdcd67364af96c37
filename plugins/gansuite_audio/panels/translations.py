"""What a translator made of held-out sounds, beside these and beside the right answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from annotated_types import Gt

from gansuite.report import Section, View, template
from gansuite_audio.panels.samples import SamplesPanel, Sound


@dataclass(frozen=True)
class Row:
    """A source, its translations, and the right answer where there is one."""

    source: Sound
    made: list[Sound]
    target: Sound | None


class TranslationsPanel:
    """Held-out sounds with their translations; of a translator between many domains with one into each of them.

    Args:
        shown: how many held-out sounds.
    """

    def __init__(self, *, shown: Annotated[int, Gt(0)] = 6) -> None:
        self.shown = shown

    def __call__(self, view: View) -> Section:
        show, rate = view.showcase, int(view.spec.get("rate") or 0)
        if "sources" not in show or show["sources"].ndim != 3 or not rate:  # a vocoder's sources are spectrograms
            return Section("Translations", "")
        source_rate = int((view.spec.get("source") or view.spec).get("rate") or rate)
        domains = [str(each) for each in json.loads(view.metadata.get("conditions", "[]"))]
        sound = SamplesPanel().sound
        rows: list[Row] = []
        # A source stands once for each of its translations.
        for number, places in groupby(range(len(show["sources"])), key=lambda i: i // (len(set(domains)) or 1)):
            index = list(places)
            made = [sound(show["samples"][i], rate, "Made", f"as {domains[i]}" if domains else "") for i in index]
            target = sound(show["targets"][index[0]], rate, "Answer") if "targets" in show else None
            rows.append(Row(sound(show["sources"][index[0]], source_rate, f"Source {number + 1}"), made, target))
        html = template("gansuite_audio", "translations.html").render(
            rows=rows[: self.shown], many=bool(domains), step=view.run.get("step")
        )
        return Section("Translations", html)
