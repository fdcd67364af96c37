"""Averages of the iterates (Yazıcı et al. 2019, "The Unusual Effectiveness of Averaging in GAN Training")."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

from annotated_types import Ge, Gt
from torch import nn

from gansuite.dynamics.dynamics import Dynamics
from gansuite.engine.engine import Engine
from gansuite.engine.follower import Average, UniformAverage
from gansuite.engine.turn import Turn
from gansuite.plugins import Ref


class Averaged(Dynamics):
    """Another rule's moves; samples are drawn from the average of the weights that it passes through.

    uniform: θ̄_T = 1/(T - s) Σ_(t = s+1..T) θ_t;  half-life h: θ̄ ← θ̄ + (1 - ½^(1/h)) (θ - θ̄)

    Players that circle an equilibrium for ever have an average that converges to it: on a bilinear game like 1/T. The
    moves themselves do not change.

    Args:
        rule: the dynamics that are played.
        half_life: rounds after which a past weight counts half; absent: all rounds count alike.
        start: s, the rounds that pass before the average begins.
    """

    def __init__(
        self,
        *,
        rule: Annotated[Any, Ref("dynamics")] = "alternating",
        half_life: Annotated[float, Gt(0)] | None = None,
        start: Annotated[int, Ge(0)] = 0,
    ) -> None:
        self.rule: Dynamics = rule
        self.half_life, self.start = half_life, start

    def check(self, turns: Mapping[str, Collection[str]], moves: Mapping[str, int]) -> None:
        self.rule.check(turns, moves)

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        self.rule.round(engine, turns)

    def average(self, modules: Sequence[nn.Module]) -> Average:
        if self.half_life is None:
            return UniformAverage(modules, self.start)
        return Average(modules, self.half_life, start=self.start)

    def state_dict(self) -> dict[str, Any]:
        return self.rule.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.rule.load_state_dict(state)
