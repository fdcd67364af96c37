"""What a report may look at: a run's folder, read once, with what is missing told in words."""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open


@dataclass(frozen=True)
class Section:
    """A part of the page. ``html`` goes in as it is: whoever writes it has escaped it."""

    title: str
    html: str


@dataclass(frozen=True)
class View:
    """A run's folder as the report sees it.

    Nothing here raises for a file that is absent or torn: the field is empty and ``notes`` says why, so that a
    run that is still going, or was killed, has a report as well. ``findings`` is None until the run has been diagnosed.
    """

    folder: Path
    recipe: Mapping[str, Any] = field(default_factory=dict)
    recipe_text: str = ""
    run: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Mapping[str, Any], ...] = ()
    showcase: Mapping[str, np.ndarray] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] | None = None
    curve: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> View:
        """Read the recipe, run.json, metrics.jsonl, the showcase, diagnostics and curves as far as they are there."""
        folder, notes = Path(folder), []
        recipe_text, recipe = _recipe(folder / "recipe.toml", notes)
        run = _run(folder / "run.json", notes)
        rows = _rows(folder / "metrics.jsonl", notes)
        showcase, metadata = _showcase(folder / "showcase.safetensors", notes)
        findings = _findings(folder / "diagnostics.json", notes)
        curve = _curve(folder / "curve" / "curve.json", notes)
        return cls(folder, recipe, recipe_text, run, rows, showcase, metadata, findings, curve, tuple(notes))

    @property
    def spec(self) -> Mapping[str, Any]:
        """The domain's description of one sample, as ``run.json`` has it."""
        return self.run.get("spec") or {}

    @property
    def estimates(self) -> dict[str, list[Mapping[str, Any]]]:
        """The rows that carry an interval, by metric, each step's last word, in the order of the steps."""
        return self._series(lambda row: row.get("low") is not None or "n_real" in row)

    @property
    def terms(self) -> dict[str, list[Mapping[str, Any]]]:
        """The rows of the costs' terms, by name, each step's last word, in the order of the steps."""
        return self._series(lambda row: row.get("low") is None and "n_real" not in row)

    @property
    def sample_files(self) -> list[Path]:
        """The files of the newest folder under samples/, by name."""
        steps = sorted(path for path in (self.folder / "samples").glob("*") if path.is_dir())
        return sorted(path for path in steps[-1].iterdir() if path.is_file()) if steps else []

    def noted(self, name: str) -> dict[str, Any]:
        """What a plugin's observer has noted in a JSON file of the run's folder; nothing where it has not yet."""
        path = self.folder / name
        try:
            return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        except (OSError, ValueError):
            return {}

    def _series(self, wanted: Any) -> dict[str, list[Mapping[str, Any]]]:
        series: dict[str, dict[int, Mapping[str, Any]]] = {}
        for row in self.rows:
            if wanted(row):
                series.setdefault(row["name"], {})[row["step"]] = row
        return {name: [steps[step] for step in sorted(steps)] for name, steps in series.items()}


def data_uri(content: bytes, mime: str) -> str:
    """``content`` as an address that needs no file and no network, e.g. for ``<img src>``."""
    return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"


def _read(path: Path, notes: list[str]) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        notes.append(f"There is no {path.name} in this folder.")
    except (OSError, UnicodeDecodeError) as error:
        notes.append(f"{path.name} could not be read: {error}.")
    return None


def _recipe(path: Path, notes: list[str]) -> tuple[str, dict[str, Any]]:
    text = _read(path, notes)
    if text is None:
        return "", {}
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        notes.append(f"recipe.toml is not valid TOML: {error}.")
        return text, {}


def _run(path: Path, notes: list[str]) -> dict[str, Any]:
    text = _read(path, notes)
    if text is None:
        return {}
    try:
        run = json.loads(text)
    except ValueError as error:
        notes.append(f"run.json is not valid JSON: {error}.")
        return {}
    if not isinstance(run, dict):
        notes.append("run.json does not hold an object.")
        return {}
    return run


def _rows(path: Path, notes: list[str]) -> tuple[Mapping[str, Any], ...]:
    rows, broken = [], 0
    for line in (_read(path, notes) or "").splitlines():
        try:
            row = json.loads(line)
            rows.append({**row, "name": str(row["name"]), "step": int(row["step"])})
        except (ValueError, TypeError, KeyError):  # a run killed while writing leaves half a line
            broken += bool(line.strip())
    if broken:
        notes.append(f"metrics.jsonl: {broken} unreadable line{'s' * (broken > 1)} left out.")
    return tuple(rows)


def _showcase(path: Path, notes: list[str]) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    if not path.is_file():
        notes.append("There is no showcase.safetensors yet: it is written when the run ends.")
        return {}, {}
    try:
        with safe_open(path, framework="np") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except (SafetensorError, OSError, TypeError) as error:
        notes.append(f"showcase.safetensors could not be read: {error}.")
        return {}, {}


def _findings(path: Path, notes: list[str]) -> tuple[Mapping[str, Any], ...] | None:
    if not path.is_file():
        return None  # written when the run ends
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        notes.append(f"diagnostics.json could not be read: {error}.")
        return None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        notes.append("diagnostics.json does not hold a list of findings.")
        return None
    return tuple(found)


def _curve(path: Path, notes: list[str]) -> dict[str, Any]:
    if not path.is_file():
        return {}  # written when somebody asks for it
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        notes.append(f"curve.json could not be read: {error}.")
        return {}
    if not isinstance(found, dict):
        notes.append("curve.json does not hold an object.")
        return {}
    return found
