from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from gansuite.report.curves import POINTS, estimate_curve, term_curve


def estimate(step: int, value: float | None, **more: Any) -> dict[str, Any]:
    return {"step": step, "value": value, "low": value, "high": value, "floor": 0.1, "untrained": 1.0} | more


def heights(svg: str, colour: str) -> list[float]:
    """Heights of the horizontal lines of a colour."""
    found = []
    for path in ElementTree.fromstring(re.sub(r"xlink:", "", svg)).iter("path"):
        if f"stroke: var(--{colour})" in path.get("style", ""):
            points = re.findall(r"[ML] (\S+) (\S+)", path.get("d", ""))
            if len(points) == 2 and points[0][1] == points[1][1]:
                found.append(float(points[0][1]))
    return found


def test_colours_come_from_the_page_and_ids_are_its_own() -> None:
    one, two = (
        estimate_curve([estimate(1, 0.5), estimate(2, 0.4)]),
        estimate_curve([estimate(1, 0.5), estimate(3, 0.4)]),
    )
    assert not re.search(r"#0[0-9]0[0-9]0[0-9]|#000000|#1f77b4", one), "a colour that is not the page's"
    assert "DejaVu" not in one
    assert one == estimate_curve([estimate(1, 0.5), estimate(2, 0.4)])
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (one, two)]
    assert ids[0]
    assert ids[1]
    assert ids[0].isdisjoint(ids[1])
    assert set(re.findall(r"url\(#([^)]+)\)", one)) <= ids[0]


def test_floor_lies_below_the_untrained_line() -> None:
    svg = estimate_curve([estimate(1, 0.5), estimate(2, 0.4)])
    (floor,) = heights(svg, "good")
    assert floor > min(heights(svg, "muted"))  # SVG counts downwards
    assert "held-out real" in svg
    assert "untrained" in svg


def test_what_is_not_measured_is_not_drawn() -> None:
    svg = estimate_curve([estimate(1, 0.5, floor=None, untrained=None)])
    assert "held-out" not in svg
    assert "untrained" not in svg


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_nothing_finite_gives_no_figure(value: float | None) -> None:
    assert estimate_curve([estimate(1, value)]) == ""
    assert term_curve([{"step": 1, "value": value}]) == ""


def test_negative_and_single_values_are_drawn() -> None:
    assert "<svg" in estimate_curve([estimate(1, -0.01, low=-0.02, high=None)])
    assert "<svg" in term_curve([{"step": 5, "value": -3.0}])


def test_a_long_curve_is_cut_into_means() -> None:
    svg = term_curve([{"step": step, "value": float(step % 2)} for step in range(40 * POINTS)])
    assert len(svg) < 60_000


def test_peaks_ask_for_a_logarithmic_axis() -> None:
    calm = [{"step": step, "value": 1.0 + step % 3} for step in range(50)]
    assert "10^" not in term_curve(calm)
    assert "{10^{3}}" in term_curve([*calm, {"step": 50, "value": 5000.0}])
