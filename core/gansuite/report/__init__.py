"""The self-contained HTML page of a run: ``render(folder)`` reads the run's folder and writes ``report.html``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gansuite.report.page import render
    from gansuite.report.presenter import Exhibit, Presenter
    from gansuite.report.section_template import template
    from gansuite.report.view import Section, View, data_uri

__all__ = ["Exhibit", "Presenter", "Section", "View", "data_uri", "render", "template"]


def __getattr__(name: str) -> object:
    # Lazy, so that listing what the core offers imports neither numpy nor matplotlib.
    if name == "render":
        from gansuite.report import page

        return page.render
    if name == "template":
        from gansuite.report import section_template

        return section_template.template
    if name in ("Exhibit", "Presenter"):
        from gansuite.report import presenter

        return getattr(presenter, name)
    if name in __all__:
        from gansuite.report import view

        return getattr(view, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
