"""Pictures of a run's showcase as the page has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gansuite.report import View, data_uri

from ..pixels import Pixels, pixels, png


@dataclass(frozen=True)
class Shown:
    """One picture: where its pixels are, and what is said below it."""

    src: str
    label: str = ""
    detail: str = ""


def source_of(values: Pixels) -> str:
    """The address of one picture's pixels [h, w, k], which a page enlarges crisply."""
    return data_uri(png(values), "image/png")


def many(samples: NDArray[np.floating]) -> list[str]:
    """The addresses of several samples."""
    return [source_of(each) for each in pixels(samples)]


def listed(view: View, name: str) -> list[str]:
    """A list that the showcase's metadata hold, such as the names of items; nothing where there is none."""
    found = json.loads(view.metadata.get(name, "[]"))
    return [str(each) for each in found]


def at(names: list[str], index: int) -> str:
    """The name of an item, or nothing where the showcase has none."""
    return names[index] if index < len(names) else ""


def rows_of(showcase: Mapping[str, NDArray[np.floating]], kind: str) -> list[NDArray[np.floating]]:
    """The rows of a traversal, in order."""
    prefix = f"traversals/{kind}/"
    return [showcase[name] for name in sorted(showcase) if name.startswith(prefix)]
