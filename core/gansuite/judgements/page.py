"""The page of a round: two samples, two buttons, and nothing that tells who made them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from gansuite.judgements.session import Session
from gansuite.report.page import environment
from gansuite.report.section_template import environment_of

SIDES = ("left", "right")


def page_of(session: Session, nonce: str) -> str:
    """The round that is to be judged now, or that all is done.

    Args:
        session: of the judge.
        nonce: that the page's scripts are marked with.
    """
    shown = session.current()
    presenter = session.contestants[0].presenter
    return (
        templates()
        .get_template("judge.html")
        .render(
            question=session.question,
            round=session.round,
            rounds=session.rounds,
            first=not session.own,
            exhibits=[] if shown is None else [exhibit(side, getattr(shown, side)) for side in SIDES],
            look=Markup(environment().get_template("style.css").render()),
            style=Markup(presenter.style),  # of an installed plugin, as its HTML is
            script=Markup(presenter.script),
            nonce=nonce,
        )
    )


def exhibit(side: str, shown: Any) -> dict[str, Any]:
    """One side of the page."""
    return {"side": side, "html": Markup(shown.html), "words": shown.words}


@lru_cache(1)
def templates() -> Environment:
    return environment_of("gansuite.judgements")
