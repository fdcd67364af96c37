"""Graphs that networkx knows: all of up to seven nodes, and those that have a name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MinLen

from gansuite.data.cache import cached
from gansuite.data.split import check_shares
from gansuite.errors import UserError

from ..convert.networkx_graphs import edge_list, networkx
from . import store
from .gather import Gathered, Making
from .graphs import Graphs
from .prepare import write

NAMED = (
    "bull_graph",
    "chvatal_graph",
    "cubical_graph",
    "davis_southern_women_graph",
    "desargues_graph",
    "diamond_graph",
    "dodecahedral_graph",
    "florentine_families_graph",
    "frucht_graph",
    "heawood_graph",
    "hoffman_singleton_graph",
    "house_graph",
    "house_x_graph",
    "icosahedral_graph",
    "karate_club_graph",
    "krackhardt_kite_graph",
    "les_miserables_graph",
    "moebius_kantor_graph",
    "octahedral_graph",
    "pappus_graph",
    "petersen_graph",
    "sedgewick_maze_graph",
    "tetrahedral_graph",
    "truncated_cube_graph",
    "truncated_tetrahedron_graph",
    "tutte_graph",
)


class Atlas(Graphs):
    """The atlas of all graphs of up to seven nodes, each once up to isomorphism, split by their hash.

    Args:
        connected: connected ones alone (996 of 1,252).
        min_nodes: of the smallest.
        max_nodes: of the largest.
        label: ``size`` makes the number of nodes the class of a graph.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        resident_share: share of an accelerator's free memory that the graphs may take.

    Raises:
        UserError: networkx is missing, or no graph is left.

    Source: Read & Wilson, An Atlas of Graphs (1998).
    """

    def __init__(
        self,
        *,
        connected: bool = True,
        min_nodes: Annotated[int, Ge(1), Le(7)] = 1,
        max_nodes: Annotated[int, Ge(1), Le(7)] = 7,
        label: Literal["size"] | None = None,
        split: dict[str, float] | None = None,
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        if min_nodes > max_nodes:
            raise UserError(f"min_nodes = {min_nodes} is above max_nodes = {max_nodes}; mend one of them")
        how, nx = Making(dict(check_shares(split)), label=label), networkx()

        def make(folder: Path) -> None:
            graphs = {
                f"G{i}": graph
                for i, graph in enumerate(nx.graph_atlas_g())
                if min_nodes <= len(graph) <= max_nodes and (not connected or nx.is_connected(graph))
            }
            write_known(folder, graphs, how, "atlas")

        key = store.key_of("atlas", connected, min_nodes, max_nodes, label, dict(how.shares), nx.__version__)
        super().__init__(cached("graph", key, make), name="atlas", resident_share=resident_share)


class Classics(Graphs):
    """Graphs that have a name, of networkx: Petersen's, Frucht's, Tutte's, the karate club ... Split by their hash.

    Directions and weights are dropped, and counted.

    Args:
        graphs: their names, as networkx has them without ``_graph``: ``petersen``, ``karate_club``; all 26 if absent.
        nodes: room for nodes; larger graphs are left out and counted.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        resident_share: share of an accelerator's free memory that the graphs may take.

    Raises:
        UserError: networkx is missing, a name that is none, or fewer than two graphs.
    """

    def __init__(
        self,
        *,
        graphs: Annotated[list[str], MinLen(2)] | None = None,
        nodes: Annotated[int, Ge(1)] = 80,
        split: dict[str, float] | None = None,
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        how, nx = Making(dict(check_shares(split)), nodes, too_large="skip"), networkx()
        known = [name.removesuffix("_graph") for name in NAMED]
        names = known if graphs is None else graphs
        if strange := [name for name in names if name not in known]:
            raise UserError(f"graphs: {strange[0]!r} is no graph with a name; there are {', '.join(known)}")

        def make(folder: Path) -> None:
            write_known(folder, {name: getattr(nx, f"{name}_graph")() for name in names}, how, "classics")

        key = store.key_of("classics", names, nodes, dict(how.shares), nx.__version__)
        super().__init__(cached("graph", key, make), name="classics", resident_share=resident_share)


def write_known(folder: Path, graphs: dict[str, Any], how: Making, place: str) -> None:
    """Write the bank of graphs of networkx, each under its own name."""
    found = Gathered()
    for name, graph in graphs.items():
        found.add(edge_list(graph, name), None, how)
    write(folder, found, how, place, 1)
