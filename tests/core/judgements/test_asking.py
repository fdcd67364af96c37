"""The next pair is the one whose choice is least foreseen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gansuite.judgements.asking import BEGINNING, CANDIDATES, Uncertain, makers
from gansuite.judgements.judgement import Judgement, Winner
from gansuite.judgements.measures import Measures
from gansuite.judgements.prediction import fit
from gansuite.judgements.schedule import Pairing, Schedule


class Digits(Measures):
    """The measure of sample s is its last digit, whoever made it."""

    def __init__(self) -> None:
        self.names = ["last digit"]

    def knows(self, judgement: Judgement) -> bool:
        return True

    def differences(self, judgements: Sequence[Judgement]) -> np.ndarray:
        return np.array([[int(each.left_sample) % 10 - int(each.right_sample) % 10] for each in judgements], float)


def as_judged(pair: Pairing, names: Sequence[str], winner: Winner = "tie") -> Judgement:
    return Judgement(
        names[pair.left],
        names[pair.right],
        winner,
        left_sample=str(pair.left_sample),
        right_sample=str(pair.right_sample),
    )


def varied(contestants):
    """Samples whose last digits differ."""
    for index, each in enumerate(contestants):
        each.sample = lambda seed, round, index=index: (round * 7 + index * round * 3) % 1000
    return contestants


def test_it_begins_by_the_schedule(contestants) -> None:
    schedule = Schedule(contestants, 0)
    choose = Uncertain(schedule, contestants, Digits())
    past: list[Judgement] = []
    for round in range(BEGINNING):
        assert choose(round, past) == schedule(round)
        past.append(as_judged(schedule(round), choose.names, "left"))
    assert choose(BEGINNING, past) != schedule(BEGINNING)


def test_it_asks_where_the_prediction_is_nearest_to_a_coin(contestants) -> None:
    contestants = varied(contestants)
    schedule = Schedule(contestants, 0)
    choose = Uncertain(schedule, contestants, Digits())
    past = []
    for round in range(20):  # who has the larger digit wins; alike: the left
        pair = schedule(round)
        past.append(
            as_judged(pair, choose.names, "left" if pair.left_sample % 10 >= pair.right_sample % 10 else "right")
        )
    offered = [schedule(BEGINNING + CANDIDATES * 20 + i) for i in range(CANDIDATES)]
    model = fit(
        np.hstack([Digits().differences(past), makers(past, choose.names)]), np.array([each.points for each in past])
    )
    tables = [as_judged(each, choose.names) for each in offered]
    p = model(np.hstack([Digits().differences(tables), makers(tables, choose.names)]))
    entropy = -(p * np.log(p) + (1 - p) * np.log1p(-p))
    assert choose(20, past) == offered[int(entropy.argmax())]
    assert entropy.max() > 2 * entropy.min()  # there was something to choose


def test_makers() -> None:
    assert makers([Judgement("a", "c", "left"), Judgement("c", "b", "left")], ["a", "b", "c"]).tolist() == [
        [1, 0, -1],
        [0, -1, 1],
    ]
