"""One judgement: which of two samples a person preferred."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Literal, get_args

Winner = Literal["left", "right", "tie"]
WINNERS: tuple[Winner, ...] = get_args(Winner)
REAL = "real"
"""The name under which held-out real samples are judged."""


@dataclass(frozen=True)
class Judgement:
    """A judge was shown two samples side by side and chose one.

    Args:
        left, right: the contestants that made them: names of runs, or ``real``.
        winner: "left", "right", or "tie", which counts half for each.
        judge: who chose.
        round: of this judge, from 1; 0 where it is not known.
        seconds: between the pair's being shown and the choice; None where it was not measured.
        left_sample, right_sample: which sample of its contestant: the seed of ``gansuite sample RUN --seed``, of real
            ones the position among the held-out items; "" where it is not known.
        question: what was asked.
        time: when the choice was made, ISO 8601.
        sided: whether it is known which sample lay on which side.
    """

    left: str
    right: str
    winner: Winner
    judge: str = "judge"
    round: int = 0
    seconds: float | None = None
    left_sample: str = ""
    right_sample: str = ""
    question: str = ""
    time: str = ""
    sided: bool = True

    @property
    def points(self) -> float:
        """What the left one won: 1, 1/2 or 0."""
        return {"left": 1.0, "tie": 0.5, "right": 0.0}[self.winner]

    @property
    def items(self) -> frozenset[tuple[str, str]] | None:
        """The two samples, whatever their sides; None where it is not known which they were."""
        if not (self.left_sample and self.right_sample):
            return None
        return frozenset(((self.left, self.left_sample), (self.right, self.right_sample)))

    def row(self) -> list[str]:
        """The values of ``COLUMNS`` as text."""
        values = asdict(self)
        return ["" if values[name] is None else str(values[name]) for name in COLUMNS]


COLUMNS = (
    "judge", "round", "left", "right", "winner", "seconds", "left_sample", "right_sample", "question", "time",
)  # fmt: skip
assert set(COLUMNS) == {field.name for field in fields(Judgement)} - {"sided"}


def names_of(judgements: list[Judgement]) -> list[str]:
    """The contestants in the order in which they are first met, real samples last."""
    found = dict.fromkeys(name for each in judgements for name in (each.left, each.right))
    return [name for name in found if name != REAL] + [name for name in found if name == REAL]
