"""What readers are asked for, and what they give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ...edge_list import EdgeList


class Fields(NamedTuple):
    """Under which names files say what: the types of nodes and of edges, and the class of a graph; None: none."""

    node_type: str | None = None
    edge_type: str | None = None
    label: str | None = None


class Found(NamedTuple):
    """A graph, and the split that the file itself says it is for."""

    graph: EdgeList
    split: str | None = None


class Unread(NamedTuple):
    """A line that is no graph, and why; such lines are counted."""

    place: str
    text: str
    why: str


Reader = Callable[[Path, str, Fields], Iterator[Found | Unread]]
"""The graphs of a file, called by a name in messages."""
