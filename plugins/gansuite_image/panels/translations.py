"""What a translator made of held-out pictures, beside these and beside the right answers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from gansuite.report import Section, View, template

from .shown import Shown, listed, many


@dataclass(frozen=True)
class Row:
    """A source, its translations, and the right answer where there is one."""

    source: Shown
    made: list[Shown]
    target: Shown | None


class TranslationsPanel:
    """Held-out sources with their translations; of a translator between many domains with one into each of them."""

    def __call__(self, view: View) -> Section:
        show = view.showcase
        if "sources" not in show or show["sources"].ndim != 4:
            return Section("Translations", "")
        sources, made = many(show["sources"]), many(show["samples"])
        targets = many(show["targets"]) if "targets" in show else []
        domains = listed(view, "conditions")
        rows = []
        # A source stands once for each of its translations.
        for _, places in groupby(range(len(sources)), key=lambda i: i // (len(set(domains)) or 1)):
            index = list(places)
            answers = [Shown(made[i], domains[i] if domains else "made") for i in index]
            target = Shown(targets[index[0]], "answer") if targets else None
            rows.append(Row(Shown(sources[index[0]], "source"), answers, target))
        html = template("gansuite_image", "translations.html").render(
            rows=rows, many=bool(domains), step=view.run.get("step")
        )
        return Section("Translations", html)
