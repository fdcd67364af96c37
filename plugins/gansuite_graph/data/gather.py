"""Every graph of some files as one simple graph, with its split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from gansuite.errors import UserError

from ..edge_list import EdgeList
from .reading.found import Fields, Unread
from .reading.layout import graphs_in

DENSE = 256
"""Nodes of the largest graph that is let in unless told otherwise."""

OTHERS = 'one large graph is learnt by [data] name = "network" (netgan, cell)'
SHOWN = 3

Policy = Literal["error", "skip"]


@dataclass(frozen=True)
class Making:
    """All that decides the stored numbers, and so part of the key of the cache.

    Args:
        nodes: room; None: what the largest graph needs.
        node_types: the only types of nodes that are known; None: those that occur.
        edge_types: of edges, likewise.
        node_type: attribute of a node that is its type.
        edge_type: of an edge, likewise.
        label: attribute of a graph that is its class; ``size``, ``folder``.
        strict: refuse graphs that are not simple.
        too_large: what happens to graphs beyond the room.
        unknown: what happens to graphs with an unknown type.
        deduplicate: leave out copies.
        shares: of train, valid and test.
    """

    shares: Mapping[str, float]
    nodes: int | None = None
    node_types: Sequence[str] | None = None
    edge_types: Sequence[str] | None = None
    node_type: str | None = None
    edge_type: str | None = None
    label: str | None = None
    strict: bool = False
    too_large: Policy = "error"
    unknown: Policy = "error"
    deduplicate: bool = False

    @property
    def fields(self) -> Fields:
        """What readers are asked for."""
        return Fields(self.node_type, self.edge_type, None if self.label in ("size", "folder") else self.label)


@dataclass
class Gathered:
    """Simple graphs with the split that is fixed for each, and what became of others.

    Args:
        graphs: the graphs.
        splits: of each graph the split that its file says.
        changed: what was done to make graphs simple, and how often.
        skipped: graphs left out, by reason.
        unread: the first lines that are no graph.
    """

    graphs: list[EdgeList] = field(default_factory=list)
    splits: list[str | None] = field(default_factory=list)
    changed: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)

    def add(self, graph: EdgeList, split: str | None, how: Making) -> None:
        """One more graph, if the policies let it in.

        Raises:
            UserError: they refuse it.
        """
        if not graph.nodes:
            self.skipped["empty"] += 1
            return
        room = how.nodes or DENSE
        if graph.nodes > room:
            if how.too_large == "error":
                raise UserError(
                    f"{graph.place}: {graph.nodes} nodes, more than nodes = {room} (memory grows with its square); "
                    f'raise nodes, or set too_large = "skip"; {OTHERS}'
                )
            self.skipped["too large"] += 1
            return
        if strange := stranger(graph, how):
            if how.unknown == "error":
                raise UserError(f'{graph.place}: {strange}; add it, or set unknown = "skip"')
            self.skipped["unknown type"] += 1
            return
        graph, changed = (graph.intact(), Counter[str]()) if how.strict else graph.simple()
        self.changed += changed
        self.graphs.append(graph)
        self.splits.append(split)


def gather(files: Mapping[Path, str | None], names: Sequence[str], how: Making) -> Gathered:
    """All graphs of the files.

    Args:
        files: each with the split that it is for; None: what it says itself, or by hash.
        names: of the files, in messages.

    Raises:
        UserError: a file cannot be read, or a graph is refused.
    """
    found = Gathered()
    for name, (file, split) in zip(names, files.items(), strict=True):
        folder = Path(name).parent.name or "."
        for each in graphs_in(file, name, how.fields):
            if isinstance(each, Unread):
                found.skipped["unreadable"] += 1
                if len(found.unread) < SHOWN:
                    found.unread.append(f"{each.place}: {each.text[:60]!r} ({each.why})")
                continue
            graph = each.graph
            if how.label == "folder":
                graph = replace(graph, label=folder)
            found.add(graph, split or each.split, how)
    return found


def stranger(graph: EdgeList, how: Making) -> str | None:
    """What type of the graph is not known, in words."""
    for what, known, own in (
        ("node", how.node_types, graph.node_types),
        ("edge", how.edge_types, graph.edge_types),
    ):
        if known is not None and own is not None and (strange := next((k for k in own if k not in known), None)):
            return f"{what} type {strange!r} is not among {what}_types ({', '.join(known)})"
    return None
