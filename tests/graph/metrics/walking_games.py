"""Games without networks for tests of walks: they walk a graph, or step anywhere."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.game import Game
from gansuite.metrics.subject import Subject
from gansuite_graph.csr import Csr
from gansuite_graph.data.network import Network
from gansuite_graph.spec import WalkSpec
from gansuite_graph.walks.walker import Walker


class Walking(Game):
    """Walks of a graph, each step with probability ``stray`` to any node at all."""

    players, turns = {}, ()

    def __init__(self, graph: Csr, spec: WalkSpec, stray: float = 0.0, relaxed: bool = False) -> None:
        super().__init__(spec.space)
        self.spec, self.walker, self.stray, self.relaxed = spec, Walker(graph), stray, relaxed

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Tensor:
        x = self.walker.walks(n, self.spec.length, rng)
        anywhere = rng.integers(0, self.spec.nodes, n * self.spec.length).view_as(x)
        x = torch.where(rng.uniform(n, self.spec.length) < self.stray, anywhere, x)
        return torch.nn.functional.one_hot(x, self.spec.nodes).float() if self.relaxed else x


class Scoring(Walking):
    """Scores pairs itself: one for each edge of a graph."""

    def link_scores(self, pairs: Tensor) -> Tensor:
        graph = self.walker.graph
        edges = {tuple(edge) for edge in graph.edge_index().T.tolist()}
        return torch.tensor([float((min(u, v), max(u, v)) in edges) for u, v in pairs.T.tolist()])


def subject(game: Game, data: Network, split: str = "test", n: int = 100, seed: int = 0) -> Subject:
    return Subject(game, data, split, n, torch.device("cpu"), seed=seed)
