"""How a study came about: what a reader needs to judge it, or to do it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gansuite import __version__
from gansuite.report.words import moment
from gansuite.studies.cell import Result
from gansuite.studies.conduct import cores


def circumstances(results: Sequence[Result], notes: Sequence[str] = ()) -> dict[str, str]:
    """Date, versions, device, cores, the number of runs, and what there was to say of those that were there before.

    Runs that an older version trained are told by their own versions: where two differ, both are named.
    """
    alike = list({result.cell: result for result in results}.values())
    finished = [result for result in alike if result.finished]
    reused = sorted({str(place) for result in alike if (place := result.record.get("reused"))})
    told = {
        "Date": moment(datetime.now().isoformat(timespec="minutes")),
        "Versions": versions(finished),
        "Device": ", ".join(sorted({str(each.record["device"]) for each in finished if "device" in each.record})),
        "Cores": str(cores()),
        "Runs": f"{len(alike)}, of which {len(finished)} finished",
        "Reused": f"{len(reused)} from elsewhere: {', '.join(reused[:8])}{', ...' * (len(reused) > 8)}"
        if reused
        else "",
        "Notes": "; ".join(notes),
    }
    return {name: text for name, text in told.items() if text}


def versions(results: Sequence[Result]) -> str:
    """Every distribution that had a part in a run, with its version, or its versions."""
    found: dict[str, set[str]] = {"gansuite": {__version__}}
    for result in results:
        for name, version in (result.record.get("versions") or {}).items():
            found.setdefault(name, set()).add(str(version))
    return ", ".join(f"{name} {' and '.join(sorted(each))}" for name, each in sorted(found.items()))
