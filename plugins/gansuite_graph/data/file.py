"""Any file or folder of graphs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Le, MinLen

from gansuite.data.split import check_shares
from gansuite.errors import UserError

from ..judges.known import JUDGES
from ..molecules.valence import Valences
from .gather import Making, Policy
from .graphs import Graphs
from .prepare import prepare
from .reading.layout import graph_files

Known = Literal["planar", "tree", "lobster", "grid", "sbm", "community"]


class GraphFile(Graphs):
    """Graphs of a file or a folder tree: GraphML, GEXF, GML, graph6, edge lists, arrays, torch-geometric, SMILES, TU.

    Splits are those that a file itself tells or that the folder's files are named for (``train.*``, ``valid.*``,
    ``test.*``); otherwise by the hash of each graph, which isomorphic graphs share. What is no simple undirected graph
    is made one and counted: directions and weights are dropped, repeated edges merged, loops removed.

    Args:
        path: the file or folder; ``~`` is expanded.
        nodes: room for nodes; as the largest graph needs if absent, and then at most 256.
        node_type: attribute with the type of a node; ``kind`` if absent, where there is one.
        edge_type: of an edge, likewise.
        node_types: the types of nodes that may occur, in the order of their numbers; those that do if absent.
        edge_types: of edges, likewise.
        label: attribute of a graph with its class (torch-geometric: ``y``; TU: ``graph_labels``; a column, an array);
            ``size`` for the number of nodes, ``folder`` for the name of the folder; none if absent.
        strict: refuse what is no simple undirected graph.
        too_large: graphs with more nodes than there is room are an ``error``, or ``skip``ped and counted.
        unknown: graphs with a type that is not among those given, likewise.
        deduplicate: leave out isomorphic copies, of train those that are held out too.
        judge: the kind of synthetic graphs that these are, so that their validity can be told; molecules are judged by
            their valences.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        resident_share: share of an accelerator's free memory that the graphs may take.

    Raises:
        UserError: no such file, nothing in it that can be used, a graph that is refused; with file and line where there
            is one.
    """

    def __init__(
        self,
        *,
        path: str,
        nodes: Annotated[int, Ge(1)] | None = None,
        node_type: str | None = None,
        edge_type: str | None = None,
        node_types: Annotated[list[str], MinLen(1)] | None = None,
        edge_types: Annotated[list[str], MinLen(1)] | None = None,
        label: str | None = None,
        strict: bool = False,
        too_large: Policy = "error",
        unknown: Policy = "error",
        deduplicate: bool = False,
        judge: Known | None = None,
        split: dict[str, float] | None = None,
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        place = f"path = {path!r}"
        root = Path(path).expanduser()
        for what, names in (("node_types", node_types), ("edge_types", edge_types)):
            if names is not None and len(set(names)) < len(names):
                raise UserError(f"{what}: a type stands there twice; name each once")
        how = Making(
            dict(check_shares(split)),
            nodes,
            node_types,
            edge_types,
            node_type,
            edge_type,
            label,
            strict,
            too_large,
            unknown,
            deduplicate,
        )
        bank = prepare(graph_files(root, place), how, place, root if root.is_dir() else root.parent)
        super().__init__(bank, name="file", resident_share=resident_share)
        if judge is not None:
            self.judge = JUDGES[judge](self.spec)
        elif self.spec.molecular:
            self.judge = Valences(self.spec)
