"""Files of torch: lists of torch-geometric's graphs, or of matrices. Nothing in them is ever executed."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.serialization import safe_globals

from gansuite.errors import UserError

from ...convert import geometric, sparse
from ...edge_list import EdgeList
from .arrays import SPLITS
from .found import Fields, Found, Unread

REMEDY = "save a list of torch_geometric.data.Data, or of matrices, with torch.save"


def read(file: Path, name: str, fields: Fields) -> Iterator[Found | Unread]:
    """The graphs of a file: ``Data``, lists of them or of square tensors, such lists by split, what an
    ``InMemoryDataset`` saves, and SPECTRE's tuples of lists, of which the first holds matrices.

    Raises:
        UserError: the file holds objects that could only be read by running code, or no graphs.
    """
    held = loaded(file, name)
    if isinstance(held, Mapping) and held and set(held) <= set(SPLITS):
        for word, part in held.items():
            yield from (Found(graph, SPLITS[word]) for graph in graphs_of(part, f"{name} {word}", fields))
    else:
        yield from map(Found, graphs_of(held, name, fields))


def loaded(file: Path, name: str) -> Any:
    """What the file holds, if it consists of tensors, plain containers and torch-geometric's own classes.

    Raises:
        UserError: it does not.
    """
    try:
        with safe_globals(containers()):
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        named = re.search(r"GLOBAL (\S+)", str(error))
        what = named[1] if named else "other objects"
        raise UserError(
            f"{name}: it holds more than tensors and graphs ({what}), and reading that would run its code; {REMEDY}"
        ) from error


def containers() -> list[Any]:
    """The classes of torch-geometric of which a graph consists: they hold values and do nothing."""
    with suppress(UserError):
        data = geometric.geometric().data
        names = ("Data", "DataEdgeAttr", "DataTensorAttr"), ("GlobalStorage", "NodeStorage", "EdgeStorage")
        return [getattr(home, name) for home, own in zip((data.data, data.storage), names, strict=True) for name in own]
    return []


def graphs_of(held: Any, name: str, fields: Fields) -> Iterator[EdgeList]:
    """The graphs of an object."""
    for i, each in enumerate(items_of(held, name), 1):
        place = f"{name} graph {i}"
        if isinstance(each, Tensor):
            yield sparse.edge_list(each.numpy(), None, place)
        else:
            graph = SimpleNamespace(**each) if isinstance(each, Mapping) else each
            yield geometric.edge_list(graph, place, label=fields.label)


def items_of(held: Any, name: str) -> Sequence[Any]:
    """The graphs, one by one, still in their own form."""
    if hasattr(held, "to_data_list"):
        return held.to_data_list()
    if hasattr(held, "edge_index") or (isinstance(held, Mapping) and "edge_index" in held):
        return [held]
    if isinstance(held, tuple) and len(held) > 1 and isinstance(held[1], Mapping) and "edge_index" in held[1]:
        return separated(*held[:2])
    if isinstance(held, tuple) and held and isinstance(held[0], (list, tuple)):
        held = held[0]
    if isinstance(held, Tensor):
        return list(held) if held.ndim == 3 else [held]
    if not isinstance(held, (list, tuple)):
        raise UserError(f"{name}: a {type(held).__name__}, and no list of graphs; {REMEDY}")
    return held


def separated(table: Any, slices: Mapping[str, Any]) -> list[Any]:
    """The graphs of an ``InMemoryDataset``: one long graph, and where each begins."""
    data = geometric.geometric().data
    from torch_geometric.data.separate import separate

    whole = table if hasattr(table, "edge_index") else data.Data.from_dict(dict(table))
    count = len(slices["edge_index"]) - 1
    return [separate(data.Data, whole, i, slices, decrement=False) for i in range(count)]
