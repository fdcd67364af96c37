"""Alternating gradient steps, the usual way to play (Goodfellow et al. 2014, algorithm 1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from gansuite.dynamics.dynamics import Dynamics, one_by_one
from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn
from gansuite.errors import UserError


class Alternating(Dynamics):
    """θ_i ← θ_i - h_i ∂L_i/∂θ_i for one player after the other, each seeing the moves before it.

    Players move in the order of ``moves``, ``repeat`` times on fresh draws.

    Args:
        reuse: whether the generator's first move after a critic's is on the samples that this critic's move has seen,
            judged by the moved critic, as many a hand-written loop has it: one generator pass less in a round. With a
            critic and a generator only, and samples that are one tensor.
    """

    def __init__(self, *, reuse: bool = False) -> None:
        self.reuse = reuse

    def check(self, turns: Mapping[str, Collection[str]], moves: Mapping[str, int]) -> None:
        if self.reuse and list(moves) != ["critic", "generator"]:
            raise UserError(
                "[dynamics] reuse = true: the generator moves on what the critic has seen, "
                f"and here the order of moves is {', '.join(moves)}; leave it out"
            )

    def round(self, engine: Engine, turns: Sequence[Turn]) -> None:
        moves = [turn for (turn,) in one_by_one(turns)]
        if self.reuse:
            last = turns[0].repeat - 1
            critic, generator = moves.pop(last), moves.pop(last)
            self.play(engine, moves[:last])
            draw = engine.draw(critic, generator)
            draw.lasting = {}
            engine.attend(*critic.players, *generator.players)  # what the critic sees has a graph for the generator
            engine.move(critic, engine.descent(critic, draw, engine.cost(critic, draw)))
            engine.move(generator, engine.gradients(generator, draw))
            moves = moves[last:]
        self.play(engine, moves)

    def play(self, engine: Engine, moves: Sequence[Turn]) -> None:
        """These moves, each on a fresh draw."""
        for turn in moves:
            engine.move(turn, engine.gradients(turn, engine.draw(turn)))
