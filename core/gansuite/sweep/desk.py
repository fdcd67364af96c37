"""The folder of a sweep: its plan, the values that were drawn, the results, each written once."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gansuite.errors import UserError
from gansuite.folders import write_text
from gansuite.plugins.wording import show
from gansuite.studies.cell import Result
from gansuite.studies.ledger import KEYS
from gansuite.sweep.plan import GROWS, Plan


class Desk:
    """What the workers of a sweep share.

    ``sweep.json`` is the plan; ``trials/NAME.json`` the values that a trial drew; ``results/NAME.json`` what came of
    it; ``claims`` who is at it; ``runs/RECIPE`` the run folders. The files of trials and results appear whole and once:
    whoever comes second finds the first one's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trials, self.results, self.claims = folder / "trials", folder / "results", folder / "claims"
        self.known: dict[str, Result] = {}

    @property
    def plan(self) -> Plan:
        """The plan as it stands.

        Raises:
            UserError: there is none.
        """
        try:
            return Plan.of_dict(json.loads((self.folder / "sweep.json").read_text()))
        except FileNotFoundError:
            raise UserError(f"{self.folder}: no sweep (it has no sweep.json); give the folder of one") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(f"{self.folder / 'sweep.json'} cannot be read: {error}") from error

    def open(self, plan: Plan) -> Plan:
        """Begin a sweep, or join the one that is there; a later call may ask for more trials and more final seeds.

        Raises:
            UserError: the folder belongs to another sweep, and what differs; or cannot be written.
        """
        try:
            for folder in (self.trials, self.results, self.claims):
                folder.mkdir(parents=True, exist_ok=True)
            once(self.folder / "sweep.json", plan.as_dict())
            there = self.plan
            check_same(there, plan, self.folder)
            if grown(there, plan) != there:
                write_text(self.folder / "sweep.json", json.dumps(grown(there, plan).as_dict(), indent=1) + "\n")
        except OSError as error:
            raise UserError(
                f"--out {self.folder}: cannot be written ({error.strerror}); name another folder"
            ) from error
        return grown(there, plan)

    def storage(self, url: str | None) -> str | None:
        """Where the sampler's memory is: what the first call said, or what this one repeats.

        It is kept without its password, so that one who joins must give that again.

        Raises:
            UserError: this call says something else.
        """
        path = self.folder / "storage"
        once(path, hidden(url) if url else None)
        there = json.loads(path.read_text())
        if there == (hidden(url) if url else None) or (url is None and "***" not in there):
            return url or there
        raise UserError(f"--storage: the trials of {self.folder} are in {there or 'its journal'}; give the same")

    def drawn(self, name: str) -> dict[str, Any] | None:
        """The values of a trial, if they were drawn."""
        path = self.trials / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def draw(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Keep the values of a trial; those that count are returned."""
        once(self.trials / f"{name}.json", values)
        return json.loads((self.trials / f"{name}.json").read_text())

    def ended(self) -> dict[str, Result]:
        """All results by the name of their work."""
        for name in {path.stem for path in self.results.glob("*.json")} - self.known.keys():
            row = json.loads((self.results / f"{name}.json").read_text())
            self.known[name] = Result(**{key: row[key] for key in KEYS if key in row})
        return self.known

    def has(self, name: str) -> bool:
        """Whether there is a result."""
        return name in self.known or (self.results / f"{name}.json").exists()

    def end(self, name: str, result: Result) -> bool:
        """Keep a result; False where there is one already, which stays."""
        return once(self.results / f"{name}.json", result.as_dict())

    def write_lines(self) -> None:
        """``results.jsonl``: a line for every result, as every study has them."""
        lines = [json.dumps(result.as_dict()) for _, result in sorted(self.ended().items())]
        write_text(self.folder / "results.jsonl", "".join(f"{line}\n" for line in lines))


def once(path: Path, value: Any) -> bool:
    """Write a file unless it is there; it is seen whole or not at all, and the first of several writers has it."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with aside.open("w") as file:
            file.write(json.dumps(value, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())  # a result that was told must outlive a power cut
        os.link(aside, path)
    except FileExistsError:
        return False
    finally:
        aside.unlink(missing_ok=True)
    return True


def hidden(storage: str) -> str:
    """The URL of a storage without its password."""
    return re.sub(r"://([^:/@]*):.*@", r"://\1:***@", storage)


def grown(there: Plan, asked: Plan) -> Plan:
    """The plan that is there, with as many trials as either asks for."""
    return replace(there, **{key: max(getattr(there, key), getattr(asked, key)) for key in GROWS})


def check_same(there: Plan, asked: Plan, folder: Path) -> None:
    """Whether a call may join a sweep.

    Raises:
        UserError: it may not, and what differs.
    """
    old, new = there.as_dict(), asked.as_dict()
    for key in (key for key in new if key not in GROWS):
        if old[key] == new[key]:
            continue
        if key == "arms":
            key, old[key], new[key] = different(old[key], new[key])
        raise UserError(
            f"--out {folder} belongs to another sweep: {key} was {show(old[key])} and is {show(new[key])}; "
            "name another folder"
        )
    for key in GROWS:
        if new[key] < old[key]:
            raise UserError(f"--out {folder} has {key} = {old[key]} already, which cannot become {new[key]}, only more")


def different(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> tuple[str, Any, Any]:
    """Where two lists of arms differ, and how."""
    sources = [[arm["source"] for arm in arms] for arms in (old, new)]
    if sources[0] != sources[1]:
        return "recipes", sources[0], sources[1]
    for first, second in zip(old, new, strict=True):
        if first["parameters"] != second["parameters"]:
            spaces = [{each["name"]: each for each in arm["parameters"]} for arm in (first, second)]
            for name in dict.fromkeys([*spaces[0], *spaces[1]]):
                one, two = (space.get(name) for space in spaces)
                if one != two:
                    return f"[space] {name}", one and brief(one), two and brief(two)
        for path, one, two in leaves_that_differ(first["tables"], second["tables"]):
            return f"{first['source']}: {path}", one, two
    return "recipes", "not what", "they were"


def brief(parameter: Mapping[str, Any]) -> Any:
    """A range in few words."""
    if parameter["choices"] is not None:
        return parameter["choices"]
    return f"{parameter['low']}..{parameter['high']}" + ":log" * parameter["log"]


def leaves_that_differ(old: Any, new: Any, path: str = "") -> Any:
    """The paths at which two trees differ, with both values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from leaves_that_differ(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif old != new:
        yield path, old, new
