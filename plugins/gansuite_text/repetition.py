"""How much texts repeat: within themselves, and among each other."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

ORDER = 3
"""Tokens of the n-grams that are watched."""
SURE = 4.0
"""Standard errors beyond which a share is called different: false alarms are rarer than 1 in 10,000 looks."""


@dataclass(frozen=True)
class Repetition:
    """Shares of n texts.

    Args:
        looping: in which some 3-gram stands twice.
        repeated: whose like is among the others.
        n: texts.
    """

    looping: float
    repeated: float
    n: int

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self)


def repetition(x: Int64[Tensor, "n t"], mask: Bool[Tensor, "n t"]) -> Repetition:
    """The shares of these texts; ``mask`` as of the domain."""
    same = torch.unique(x.masked_fill(~mask, -1), dim=0, return_counts=True)[1]
    return Repetition(float(loops(x, mask).mean()), 1.0 - len(same) / len(x), len(x))


def loops(x: Int64[Tensor, "n t"], mask: Bool[Tensor, "n t"]) -> Float[Tensor, " n"]:
    """1 where some n-gram of a text, its end not counted, stands in it twice."""
    if x.shape[1] <= ORDER:
        return torch.zeros(len(x))
    inside = mask & torch.nn.functional.pad(mask[:, 1:], (0, 1), value=True)  # a full text has no end to leave out
    grams, whole = x.unfold(1, ORDER, 1), inside.unfold(1, ORDER, 1).all(2)
    alike = (grams.unsqueeze(1) == grams.unsqueeze(2)).all(3) & whole.unsqueeze(1) & whole.unsqueeze(2)
    return (alike.triu(1).flatten(1).any(1)).float().cpu()


def alarms(made: Repetition, real: Repetition) -> list[str]:
    """What is repeated more often than in real texts, in words; nothing where that can be chance."""
    told = []
    for name, words in (("looping", "repeat a 3-gram within themselves"), ("repeated", "stand there more than once")):
        ours, theirs = getattr(made, name), getattr(real, name)
        pooled = (ours * made.n + theirs * real.n + 1) / (made.n + real.n + 2)
        error = math.sqrt(pooled * (1 - pooled) * (1 / made.n + 1 / real.n))
        if ours - theirs > SURE * error:
            told.append(f"{ours:.0%} of {made.n} generated texts {words}; {theirs:.1%} of {real.n} real ones do.")
    return told
