"""Which two samples are judged in which round, on which sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gansuite.engine.rng import seed_of
from gansuite.judgements.contestants import Contestant
from gansuite.judgements.judgement import Judgement

TURNS = 4
"""Of so many meetings of two contestants each is half on the left, in an order by chance."""


@dataclass(frozen=True)
class Pairing:
    """The two samples of a round: contestants by their numbers, and which sample of each."""

    left: int
    right: int
    left_sample: int
    right_sample: int


class Schedule:
    """Balanced rounds, a function of the seed and the round alone, so that all judges see the same pairs.

    All pairs of contestants meet before any meets again, in an order by chance; either contestant of a pair is on the
    left in half of each four meetings, in an order by chance; every sample is a new one.

    Args:
        contestants: who meets.
        seed: of the order, the sides and the samples.
    """

    def __init__(self, contestants: Sequence[Contestant], seed: int) -> None:
        self.contestants, self.seed = contestants, seed
        self.pairs = list(combinations(range(len(contestants)), 2))

    def __call__(self, round: int, past: Sequence[Judgement] = ()) -> Pairing:
        """The samples of a round, from 0 on; ``past`` is not looked at."""
        meeting, place = divmod(round, len(self.pairs))
        index = int(self.rng("order", meeting).permutation(len(self.pairs))[place])
        one, other = self.pairs[index]
        turned = self.rng("sides", index, meeting // TURNS).permutation(TURNS)[meeting % TURNS] < TURNS // 2
        left, right = (other, one) if turned else (one, other)
        samples = [self.contestants[each].sample(self.seed, round) for each in (left, right)]
        return Pairing(left, right, *samples)

    def rng(self, *names: str | int) -> np.random.Generator:
        return np.random.default_rng(seed_of(self.seed, "schedule", *names))
