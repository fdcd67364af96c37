"""The study in words and in one table, filled from its readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from gansuite.studies.evaluation.corruptions import CORRUPTIONS
from gansuite.studies.evaluation.verdicts import P, Reading
from gansuite.studies.statistics import Mean
from gansuite.studies.table import Table, Value

CONTROL = "nothing"
Curves = Mapping[str, Mapping[str, Mapping[int, Mean]]]
Costs = Mapping[str, Mapping[int, float]]


def order(found: Sequence[Reading]) -> tuple[list[str], list[str]]:
    """The numbers, and the corruptions, in the order of rows and columns."""
    seen = {each.corruption for each in found}
    return sorted({each.part for each in found}), [name for name in CORRUPTIONS if name in seen]


def threshold(reading: Reading) -> str:
    """The least strength that is noticed, in few characters."""
    if reading.verdict == "refuses":
        return "×"
    return "" if reading.threshold is None else f"{reading.threshold:.2g}".replace("0.", ".")


def of(found: Sequence[Reading], part: str, corruption: str) -> list[Reading]:
    """The readings of a number under a corruption, one a data set; none where it refused."""
    key = (part, corruption, False)
    return [each for each in found if (each.part, each.corruption, each.verdict == "refuses") == key]


def overview(found: Sequence[Reading]) -> dict[tuple[str, str], tuple[float | None, str]]:
    """Over all data sets: the share that is called worse less the share called better, and how many notice."""
    rows, columns = order(found)
    cells = {}
    for part in rows:
        for corruption in columns:
            if group := of(found, part, corruption):
                worse, better = (sum(each.verdict == verdict for each in group) for verdict in ("sees", "fooled"))
                words = f"{worse + better}/{len(group)}" if worse + better else ""
                cells[part, corruption] = ((worse - better) / len(group), words)
    return cells


def tabulate(found: Sequence[Reading], cost: Costs, notes: Sequence[str]) -> Table:
    """A row a number, a column a corruption: data sets that notice of those where it means anything, and from which
    strength on in the median of these."""
    rows, columns = order(found)
    sizes = sorted({n for by_n in cost.values() for n in by_n})
    lines: list[list[Value]] = []
    for part in rows:
        cells: list[Value] = []
        for corruption in columns:
            group = of(found, part, corruption)
            seen = [each.threshold for each in group if each.threshold is not None]
            fooled = sum(each.verdict == "fooled" for each in group)
            words = f"{len(seen)}/{len(group)}" + (f" {median(seen):.2g}" if seen else "") + "!" * (fooled > 0)
            cells.append(words if group else None)
        seconds = next((by_n for name, by_n in cost.items() if part == name or part.startswith(f"{name}/")), {})
        lines.append([part, *cells, round(1000 * seconds[max(seconds)], 1) if seconds else None])
    told = [
        "Data sets in which a number notices a corruption, of those where it means anything, and the strength from "
        "which on (median). !: somewhere it is called better, not worse. CPU ms: of one call with its interval, at "
        f"n = {sizes[-1] if sizes else 0}."
    ]
    return Table(["", *columns, "CPU ms"], lines, [*told, *notes])


def sentences(found: Sequence[Reading], curves: Curves, cost: Costs) -> Iterator[str]:
    """What was done, what each number sees, what nobody sees, what hangs on n, and what it costs."""
    if found:
        yield from protocol(found)
        for part in order(found)[0]:
            group = [each for each in found if each.part == part and each.corruption != CONTROL]
            yield about(part, [each for each in group if each.verdict != "refuses"])
        yield from unseen(found)
    yield from drift(curves)
    yield from dearest(cost)


def protocol(found: Sequence[Reading]) -> Iterator[str]:
    """n, repeats, strengths, and the rate of false alarms."""
    sizes = ", ".join(f"{data} {n}" for data, n in {each.data: each.n for each in found}.items())
    first = found[0]
    levels = ", ".join(f"{s:g}" for s in first.strengths)
    yield (
        f"Samples a side: {sizes}; {first.repeats} repeats; strengths {levels}. A corruption is noticed from the least "
        f"strength from which on the repeats' values differ from those of fresh real samples "
        f"(Mann-Whitney, two-sided, p < {P:g})."
    )
    control = [each for each in found if each.corruption == CONTROL]
    if control:
        alarms = sum(each.threshold is not None for each in control)
        yield (
            f"False alarms: where nothing is wrong, {alarms} of {len(control)} readings notice something "
            f"({100 * alarms / len(control):.1f} %)."
        )


def about(part: str, group: Sequence[Reading]) -> str:
    """What a number sees everywhere, somewhere, nowhere, and takes for an improvement."""
    lists: dict[str, list[str]] = {"sees": [], "sees in some": [], "takes for better": [], "is blind to": []}
    for corruption in dict.fromkeys(each.corruption for each in group):
        own = [each for each in group if each.corruption == corruption]
        sees = [each.data for each in own if each.verdict == "sees"]
        fooled = [each.data for each in own if each.verdict == "fooled"]
        if fooled:
            lists["takes for better"].append(f"{corruption} ({', '.join(fooled)})")
        if len(sees) == len(own):
            lists["sees"].append(corruption)
        elif sees:
            lists["sees in some"].append(f"{corruption} ({where(sees, [each.data for each in own])})")
        elif not fooled:
            lists["is blind to"].append(corruption)
    words = [f"{verb} {', '.join(names)}" for verb, names in lists.items() if names] or ["refuses everything"]
    return f"{part} {'; '.join(words)}."


def where(some: Sequence[str], all_of: Sequence[str]) -> str:
    """Some of the data sets, by the fewer names."""
    others = [name for name in all_of if name not in some]
    return ", ".join(some) if len(some) <= len(others) else f"not {', '.join(others)}"


def unseen(found: Sequence[Reading]) -> Iterator[str]:
    """Corruptions that no number calls worse, and those that few do."""
    parts = len(order(found)[0])
    for corruption in order(found)[1]:
        if corruption == CONTROL:
            continue
        seers = {each.part for each in found if each.corruption == corruption and each.verdict == "sees"}
        if not seers:
            yield f"{corruption} is called worse by none of {parts} numbers, at any strength, on any data set."
        elif len(seers) <= 3:
            yield f"{corruption} is called worse by {', '.join(sorted(seers))} alone, of {parts} numbers."


def drift(curves: Curves) -> Iterator[str]:
    """Numbers whose value for real samples moves with how many there are."""
    for data, parts in curves.items():
        moving = []
        for part, curve in parts.items():
            few, many = curve[min(curve)], curve[max(curve)]
            if len(curve) > 1 and apart(few, many):
                moving.append(f"{part} {few.value:.3g} to {many.value:.3g}")
        sizes = sorted({n for curve in parts.values() for n in curve})
        if len(sizes) > 1:
            told = ", ".join(moving) or "none"
            yield (
                f"Real samples of {data} against real samples: from n = {sizes[0]} to {sizes[-1]} these numbers move "
                f"by more than their 95 % intervals: {told}."
            )


def apart(few: Mean, many: Mean) -> bool:
    """Whether the intervals of two means do not meet."""
    if few.half is None or many.half is None:
        return False
    return abs(few.value - many.value) > few.half + many.half


def dearest(cost: Costs) -> Iterator[str]:
    """The cheapest and the dearest metrics at the greatest n."""
    if not cost:
        return
    n = max(n for by_n in cost.values() for n in by_n)
    ranked = sorted((by_n[n], name) for name, by_n in cost.items() if n in by_n)
    told = [f"{name} {1000 * seconds:.0f} ms" for seconds, name in ranked]
    yield f"CPU time of a call with its interval at n = {n}, mean over data sets, one thread: {', '.join(told)}."
