"""Sets of drawn graphs, no two of which are the same up to the order of their nodes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
from annotated_types import Ge, Gt, Le, Len

from gansuite.data.cache import cached
from gansuite.data.split import SPLITS
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..edge_list import EdgeList, packed
from ..spec import GraphSpec
from . import identity, store
from .families import FAMILIES, TRIES, Drawn, Family, Range, Values
from .gather import DENSE, OTHERS, Gathered, Making
from .graphs import Graphs
from .prepare import write

Kind = Literal["ba", "community", "ego", "er", "grid", "lobster", "planar", "sbm", "small-world", "tree"]

EFFORT, LEAST = 20, 2000
"""Draws for each graph that is wanted, and in all, before it is given up that there are so many."""

ROUND = 64  # graphs drawn at a time, at least

log = logging.getLogger("gansuite")


class Synthetic(Graphs):
    """Graphs drawn from a law, each from a seed of its own.

    No two of the whole set are isomorphic, so that uniqueness and novelty mean something; of laws with few graphs the
    set is then not a sample: every graph is there once, however likely. The splits are parts of it at random. ``judge``
    says which graphs are valid, for community, grid, lobster, planar, sbm and tree.

    Args:
        kind: of graphs.
        count: graphs to train on.
        valid: graphs to choose by.
        test: graphs to judge by.
        sizes: the fewest and the most nodes; the kind's own if absent.
        parameters: of the law: p_in, p_out (community, sbm), blocks_min, blocks_max, block_min, block_max (sbm),
            p (er), m (ba), k, p (small-world), p_leg, p_claw (lobster), radius, host, m, p (ego).
        label: ``size`` makes the number of nodes the class of a graph.
        deduplicate: false for independent draws, isomorphic ones among them, which are then counted.
        seed: of the draws.
        resident_share: share of an accelerator's free memory that the graphs may take.

    Raises:
        UserError: sizes or parameters that cannot be, graphs beyond the dense limit, fewer different graphs than asked.
    """

    def __init__(
        self,
        *,
        kind: Kind,
        count: Annotated[int, Gt(0)] = 1024,
        valid: Annotated[int, Ge(0)] = 128,
        test: Annotated[int, Ge(0)] = 256,
        sizes: Annotated[list[Annotated[int, Ge(1)]], Len(2, 2)] | None = None,
        parameters: dict[str, int | float] | None = None,
        label: Literal["size"] | None = None,
        deduplicate: bool = True,
        seed: Annotated[int, Ge(0)] = 0,
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        family = FAMILIES[kind]
        span: Range = family.sizes if sizes is None else (sizes[0], sizes[1])
        given = {name: float(value) for name, value in (parameters or {}).items()}
        values = checked(kind, family, span, given)
        counts = {"train": count, "valid": valid, "test": test}
        total = sum(counts.values())
        if deduplicate and family.distinct is not None and (most := family.distinct(span)) < total:
            raise too_few(kind, span, most, total, "there are")

        def make(folder: Path) -> None:
            log.info("drawing %d graphs of the kind %s once", total, kind)
            graphs, draws = drawn(kind, family, span, values, total, seed, deduplicate)
            order = Rng(seed, "graph", kind, "splits").uniform(total).argsort().tolist()
            found = Gathered([graphs[k] for k in order], [split for split in SPLITS for _ in range(counts[split])])
            found.skipped["copies"] = draws - total
            write(folder, found, Making({"train": 1.0}, label=label), f"kind = {kind!r}")

        key = store.key_of("synthetic", kind, span, dict(values), counts, label, deduplicate, seed)
        super().__init__(cached("graph", key, make), name=kind, resident_share=resident_share)
        if family.judge is not None:
            self.judge = family.judge(self.spec, span, values)


def checked(kind: str, family: Family, sizes: Range, given: Mapping[str, float]) -> Values:
    """The parameters of the law, those that are not given by default.

    Raises:
        UserError: sizes or a parameter cannot be.
    """
    if sizes[0] > sizes[1]:
        raise UserError(f"sizes = {list(sizes)}: the fewest nodes come first")
    if sizes[1] > DENSE:
        raise UserError(
            f"sizes = {list(sizes)}: graphs of more than {DENSE} nodes are too large for a set in dense form; {OTHERS}"
        )
    for name, value in given.items():
        if name not in family.values:
            known = ", ".join(family.values) or "none"
            raise UserError(f"parameters: {kind} has no {name!r}; there are {known}")
        if name.startswith("p") and not 0 <= value < 1:
            raise UserError(f"parameters: {name} = {value} is no probability; take one from 0 to below 1")
        if not name.startswith("p") and (value < 1 or value != int(value)):
            raise UserError(f"parameters: {name} = {value}; take a whole number from 1")
    values = {**family.values, **given}
    if "p_in" in values and not 0 < values["p_out"] < values["p_in"]:
        raise UserError("parameters: blocks want 0 < p_out < p_in")
    return values


def drawn(
    kind: str, family: Family, sizes: Range, values: Values, total: int, seed: int, distinct: bool
) -> tuple[list[EdgeList], int]:
    """``total`` graphs, all different if ``distinct``, and how many have been drawn for them.

    Raises:
        UserError: so many different ones have not been found.
    """
    stream = one_by_one(kind, family, sizes, values, seed)
    if not distinct:
        return list(islice(stream, total)), total
    spec = GraphSpec(sizes[1])
    graphs, draws = list[EdgeList](), 0
    rows, hashes = np.empty((0, *spec.shape), np.uint8), torch.empty(0, dtype=torch.int64)
    while len(graphs) < total:
        if draws >= max(EFFORT * total, LEAST):
            raise too_few(kind, sizes, len(graphs), total, f"in {draws} draws there were")
        known, fresh = len(graphs), list(islice(stream, max(total - len(graphs), ROUND)))
        rows = np.concatenate([rows, packed(spec, fresh, np.uint8).astype(np.uint8, copy=False)])
        hashes = torch.cat([hashes, identity.content_hashes(spec, rows[known:])])
        number, _ = identity.same(spec, rows, hashes)
        first = np.sort(np.unique(number, return_index=True)[1])[:total]
        enough = len(first) == total
        draws += int(first[-1]) + 1 - known if enough else len(fresh)
        every = graphs + fresh
        graphs, rows, hashes = [every[k] for k in first.tolist()], rows[first], hashes[torch.from_numpy(first)]
    return graphs, draws


def one_by_one(kind: str, family: Family, sizes: Range, values: Values, seed: int) -> Iterator[EdgeList]:
    """Graphs without end; graph i depends on the seed and i alone.

    Raises:
        UserError: the conditions of the law are not met in any number of draws.
    """
    rng, i = Rng(seed, "graph", kind), 0
    while True:
        draw, i = np.random.default_rng(rng.at(i).seed), i + 1
        found: Drawn | None = None
        for _ in range(TRIES):
            found = family.draw(draw, sizes, values)
            if found is not None:
                break
        if found is None:
            raise UserError(
                f"kind = {kind!r}: no graph of {sizes[0]} to {sizes[1]} nodes in {TRIES} draws with "
                f"{', '.join(f'{name} = {value}' for name, value in values.items()) or 'this law'}; widen sizes"
            )
        yield EdgeList(found.nodes, found.edges, place=f"{kind} {i}")


def too_few(kind: str, sizes: Range, found: int, total: int, how: str) -> UserError:
    return UserError(
        f"kind = {kind!r} with sizes = {list(sizes)}: {how} {found} different graphs, and count + valid + test = "
        f"{total}; ask for fewer, widen sizes, or set deduplicate = false"
    )
