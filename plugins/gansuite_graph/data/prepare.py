"""Graphs to a bank in the cache: typed, split, copies found, counted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from gansuite.data.cache import cached
from gansuite.data.split import SPLITS, digest_of_file, split_of
from gansuite.errors import UserError

from ..edge_list import EdgeList, natural, packed, types_of
from ..spec import GraphSpec
from . import identity, store
from .gather import Gathered, Making, gather
from .reading import layout

REMEDIES = {
    "too large": "raise nodes",
    "unknown type": "add to node_types or edge_types",
    "unreadable": "mend the file, or name its column smiles",
}

log = logging.getLogger("gansuite")


def prepare(files: Mapping[Path, str | None], how: Making, place: str, root: Path) -> Path:
    """The folder of the cache with the bank of these files; made only if it is not there.

    Args:
        files: each with the split that it is for; None: what it says itself, or by the hash of each graph.
        place: where the recipe names the data, for messages.
        root: what names of files are relative to.
    """
    names = [str(file.relative_to(root)) if file.is_relative_to(root) else str(file) for file in files]
    contents = [
        [name, [digest_of_file(part) for part in layout.parts_of(file)], split]
        for name, (file, split) in zip(names, files.items(), strict=True)
    ]

    def make(folder: Path) -> None:
        log.info("reading the graphs of %d files once", len(files))
        write(folder, gather(files, names, how), how, place, len(files))

    return cached("graph", store.key_of(asdict(how), contents, readers()), make)


def readers() -> str:
    """What reads SMILES here: RDKit perceives aromatic rings, our own reader does not."""
    from ..molecules import rdkit_bridge

    return "rdkit" if rdkit_bridge.available() else "own"


def write(folder: Path, found: Gathered, how: Making, place: str, files: int = 0) -> None:
    """Write the bank of what was gathered, with splits, classes, the account, and of ``files`` where each stood.

    Raises:
        UserError: nothing is left, nothing to train on, or one class only.
    """
    read = len(found.graphs) + found.skipped.total()
    check_enough(found, place)
    spec = spec_of(found.graphs, how)
    rows = packed(spec, found.graphs, np.uint8).astype(np.uint8, copy=False)
    hashes = identity.content_hashes(spec, rows)
    digests = identity.digests_of(hashes)
    fixed = [own or split_of(digest, how.shares) for own, digest in zip(found.splits, digests, strict=True)]
    splits = np.array([SPLITS.index(split) for split in fixed])
    number, undecided = identity.same(spec, rows, hashes)
    copies, shared = identity.apart(number, splits)
    kept = np.arange(len(rows))
    if how.deduplicate:
        kept = np.flatnonzero(~copies & ~shared)
        found.skipped.update({"copies": int((copies & ~shared).sum()), "copies of held-out graphs": int(shared.sum())})
        copies, shared = np.zeros(1, bool), np.zeros(1, bool)
    kept = kept[np.argsort(splits[kept], kind="stable")]
    sizes = Counter(fixed[k] for k in kept.tolist())
    check_split(sizes, place)
    graphs = [found.graphs[k] for k in kept.tolist()]
    spec, labels = labelled(spec, graphs, how, place)
    spec = replace(spec, sizes=shares_of(graphs[: sizes["train"]], spec.nodes))
    of_rows: dict[str, Any] = {}
    if files:
        of_rows["place"] = np.array([graph.place.encode() for graph in graphs])
    if labels is not None:
        of_rows["label"] = labels
    summary = {
        "files": files,
        "graphs": read,
        "used": len(graphs),
        "skipped": {"count": found.skipped.total(), "reasons": dict(+found.skipped)},
        "changed": dict(found.changed),
        "copies": int(copies.sum()),
        "in two splits": int(shared.sum()),
        "nodes": span([graph.nodes for graph in graphs]),
        "edges": span([len(graph.edges) for graph in graphs]),
        "types": f"{len(spec.node_types)} of nodes, {len(spec.edge_types)} of edges",
        **({"unreadable": found.unread} if found.unread else {}),
        **({"pairs not told apart": undecided} if undecided else {}),
    }
    store.write(folder, spec, sizes, rows[kept], summary, of_rows)


def spec_of(graphs: Sequence[EdgeList], how: Making) -> GraphSpec:
    """The specification that holds these graphs."""
    nodes, edges = types_of(graphs)
    molecular = all(graph.molecular for graph in graphs)
    if molecular:
        from ..convert.molecules import spec_of as molecules

        least = molecules(graphs)
        nodes, edges = least.node_types, least.edge_types
    room = how.nodes or max(graph.nodes for graph in graphs)
    return GraphSpec(room, tuple(how.node_types or nodes), tuple(how.edge_types or edges), molecular=molecular)


def labelled(
    spec: GraphSpec, graphs: Sequence[EdgeList], how: Making, place: str
) -> tuple[GraphSpec, np.ndarray | None]:
    """The specification with the names of the classes, and the class of each graph."""
    if how.label is None:
        return spec, None
    own = [str(graph.nodes if how.label == "size" else graph.label) for graph in graphs]
    names = sorted(set(own), key=natural)
    if len(names) == 1:
        raise UserError(f"{place}: every graph has the label {names[0]!r}; leave label out, or take another")
    number = {name: i for i, name in enumerate(names)}
    sizes = tuple(map(int, names)) if how.label == "size" else ()
    labels = np.array([number[name] for name in own], np.int32)
    return replace(spec, labels=tuple(names), label_sizes=sizes), labels


def shares_of(graphs: Sequence[EdgeList], nodes: int) -> tuple[float, ...]:
    """The share of graphs with 1 ... ``nodes`` nodes."""
    counts = np.bincount([graph.nodes for graph in graphs], minlength=nodes + 1)[1:]
    return tuple((counts / counts.sum()).tolist())


def span(numbers: Sequence[int]) -> dict[str, int | float]:
    """The least, the mean and the most."""
    return {"least": min(numbers), "mean": round(float(np.mean(numbers)), 2), "most": max(numbers)}


def check_enough(found: Gathered, place: str) -> None:
    """There must be two graphs at least.

    Raises:
        UserError: there are not.
    """
    why = ", ".join(f"{count} {reason}" for reason, count in found.skipped.items())
    seen = f"; {found.unread[0]}" if found.unread else ""
    remedy = next((remedy for reason, remedy in REMEDIES.items() if reason in found.skipped), layout.EXPECTED)
    if not found.graphs:
        raise UserError(f"{place}: no graph can be used ({why or 'there is none'}{seen}); {remedy}")
    if len(found.graphs) == 1:
        nodes = found.graphs[0].nodes
        raise UserError(
            f"{place}: one graph, of {nodes} node{'s' * (nodes > 1)}, and a set is learnt from many; give more, or "
            'take [data] name = "network" for a single graph'
        )


def check_split(sizes: Mapping[str, int], place: str) -> None:
    """Raises:
    UserError: there is nothing to train on.
    """
    if not sizes.get("train"):
        raise UserError(f"{place}: no graph falls into the training split; set split = {{ train = 1.0 }}")
