"""Assembly against the exact law of its draws, enumerated on a tiny graph; counts against numpy."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise, permutations, product

import numpy as np
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite_graph.walks.assembly import Transitions, assembled, stepped

SCORES = {(0, 1): 5, (0, 2): 1, (1, 2): 2, (2, 3): 3, (0, 3): 1}
N = 5  # node 4 is never stepped on


def transitions() -> Transitions:
    keys = torch.tensor([u * N + v for u, v in sorted(SCORES)])
    return Transitions(N, keys, torch.tensor([SCORES[pair] for pair in sorted(SCORES)]))


def enumerated(edges: int) -> dict[frozenset[tuple[int, int]], float]:
    """The law as the reference draws: one edge for every node, then one after the other from what is left."""
    rows = []
    for node in range(N):
        row = {pair: s for pair, s in SCORES.items() if node in pair}
        total = sum(row.values())
        rows.append([(pair, s / total) for pair, s in row.items()] or [(None, 1.0)])
    law: defaultdict[frozenset[tuple[int, int]], float] = defaultdict(float)
    for picks in product(*rows):
        chance = float(np.prod([p for _, p in picks]))
        taken = frozenset(pair for pair, _ in picks if pair is not None)
        more = max(0, min(edges, len(SCORES)) - len(taken))
        for order in permutations(sorted(set(SCORES) - taken), more):
            left, share = {pair: s for pair, s in SCORES.items() if pair not in taken}, chance
            for pair in order:
                share *= left.pop(pair) / (sum(left.values()) + SCORES[pair])
            law[taken | set(order)] += share
    return law


@pytest.mark.parametrize("edges", [2, 3, 4])
def test_the_law_of_assembled_graphs(edges):
    law, rng, n = enumerated(edges), Rng(0, "assembly"), 6000
    assert sum(law.values()) == pytest.approx(1)
    found = Counter(frozenset(map(tuple, assembled(transitions(), edges, rng).T.tolist())) for _ in range(n))
    assert set(found) <= set(law)
    for graph, p in law.items():
        assert abs(found[graph] / n - p) < 4.5 * (p * (1 - p) / n) ** 0.5 + 1e-9, (graph, p, found[graph] / n)


def test_what_was_stepped_over_is_all_there_is():
    every = assembled(transitions(), 10, Rng(0))
    assert every.T.tolist() == [list(pair) for pair in sorted(SCORES)]
    assert assembled(Transitions(3, torch.empty(0).long(), torch.empty(0).long()), 5, Rng(0)).shape == (2, 0)
    a, b = (assembled(transitions(), 3, Rng(7, "x")) for _ in range(2))
    assert torch.equal(a, b)


def test_counts_of_steps():
    walks = torch.randint(0, 9, (200, 6), generator=torch.Generator().manual_seed(0))
    found = Transitions.of(walks[:90], 9) + Transitions.of(walks[90:], 9)
    counts = np.zeros((9, 9), int)
    for walk in walks.tolist():
        for u, v in pairwise(walk):
            counts[min(u, v), max(u, v)] += 1
    assert found.loops == np.trace(counts) and found.steps == 1000 == counts.sum()
    u, v = np.triu_indices(9, 1)
    assert found.over(torch.tensor(np.stack([u, v]))).tolist() == counts[u, v].tolist()
    assert torch.equal(found.over(torch.tensor(np.stack([v, u]))), found.over(torch.tensor(np.stack([u, v]))))
    whole = Transitions.of(walks, 9)
    assert torch.equal(whole.keys, found.keys) and torch.equal(whole.counts, found.counts)
    assert found.pairs.shape == (2, int((counts[u, v] > 0).sum()))


def test_walks_come_in_chunks_relaxed_or_not():
    walks = torch.randint(0, 4, (10, 3), generator=torch.Generator().manual_seed(0))
    asked = []

    def sample(n: int, first: int) -> torch.Tensor:
        asked.append((n, first))
        x = walks[first : first + n]
        return x if first else torch.nn.functional.one_hot(x, 4).float()

    found, whole = stepped(sample, 10, 4, 4), Transitions.of(walks, 4)
    assert asked == [(4, 0), (4, 4), (2, 8)]
    assert torch.equal(found.counts, whole.counts) and found.loops == whole.loops
