"""Interleaved timing in one process: variants take turns, so that a machine's drift hits all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def interleave(
    variants: Mapping[str, Callable[[], None]],
    rounds: int,
    warmup: int = 2,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, list[float]]:
    """Seconds of each variant by ``clock``, ``rounds`` times in turn, after ``warmup`` uncounted turns."""
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for i in range(warmup + rounds):
        for name, run in variants.items():
            began = clock()
            run()
            if i >= warmup:
                seconds[name].append(clock() - began)
    return seconds


def ratio(a: list[float], b: list[float]) -> tuple[float, float, float]:
    """Median of the pairwise ratios a / b with their quartiles."""
    low, middle, high = statistics.quantiles([x / y for x, y in zip(a, b, strict=True)], n=4)
    return middle, low, high


def show(seconds: Mapping[str, list[float]], unit: str = "ms", scale: float = 1e3) -> None:
    """A line for each variant: median and quartiles."""
    for name, values in seconds.items():
        low, middle, high = statistics.quantiles(values, n=4)
        print(f"{name:32s} {middle * scale:9.2f} {unit}   [{low * scale:.2f}, {high * scale:.2f}]   n = {len(values)}")
