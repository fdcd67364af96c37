"""The judges by the kind of graphs that they know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from .blocks import Blocks
from .grid import Grid
from .planar import Planar
from .trees import Lobster, Tree

JUDGES: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "community": Blocks.community,
        "grid": Grid,
        "lobster": Lobster,
        "planar": Planar,
        "sbm": Blocks.sbm,
        "tree": Tree,
    }
)
