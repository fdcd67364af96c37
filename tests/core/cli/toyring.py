"""A plugin in one file, as a person would write it: points on a ring, a run of which takes a moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gansuite.plugins import Component, hookimpl


def component(kind: str, name: str, target: str, requires: tuple[str, ...] = (), extra: str | None = None) -> Component:
    return Component(kind, name, target, f"a {kind} for tests", requires, extra)


@hookimpl
def gansuite_components() -> list[Component]:
    return [
        component("dataset", "ring", "gansuite.testing.toy:Ring"),
        component("dataset", "buggy", "toyring:Buggy"),
        component("dataset", "far", "toyring:Buggy", ("no_such_package",), "far"),
        component("generator", "mlp", "gansuite.testing.toy:Generator"),
        component("critic", "mlp", "gansuite.testing.toy:Critic"),
        component("writer", "npy", "toyring:Writer"),
    ]


class Buggy:
    """A data set whose author made a mistake."""

    def __init__(self) -> None:
        {}["no such key"]


class Writer:
    """One file of numbers a sample."""

    suffix = ".npy"

    def __init__(self, spec: Any) -> None:
        pass

    def write(self, samples: Any, folder: Path, stem: str = "") -> list[Path]:
        import numpy

        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / f"{stem}{index:03d}.npy" for index in range(len(samples))]
        for file, sample in zip(files, samples, strict=True):
            numpy.save(file, sample.cpu().numpy())
        return files
