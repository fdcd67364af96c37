"""What is played: a module that owns all networks and has one cost per turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.spaces import Space


class Cost(NamedTuple):
    """A scalar to descend, the named tensors (and score function) that terms may use, and what it is the sum of."""

    value: Tensor
    out: Mapping[str, Any]
    parts: Mapping[str, Tensor] = {}


@runtime_checkable
class Term(Protocol):
    """An additive piece of a turn's cost; ``weight`` counts ``every``-fold when it is due each k-th time only."""

    name: str
    weight: float
    every: int

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Tensor: ...


class Draw(dict[str, Any]):
    """What a turn consumes: batches by name, and the streams of randomness that belong to them.

    ``rng(name)`` is a pure function of the draw, so a cost that is run again on one draw (unrolled, consensus,
    extragradient) sees the same numbers. ``gather`` returns the rows of all ranks, differentiably; ``index`` counts
    the draws of the turn.
    """

    def __init__(
        self,
        batches: Mapping[str, Any],
        rng: Callable[[str], Rng],
        gather: Callable[[Tensor], Tensor] = lambda x: x,
        index: int = 0,
    ) -> None:
        super().__init__(batches)
        self.rng, self.gather, self.index = rng, gather, index


class Game(nn.Module):
    """Networks as children and ``cost_<turn>(draw)`` for every turn; no optimiser, loop, device, rank or file.

    Because a turn is a module call, dynamics can run it at substituted parameters (``functional_call``), under
    autocast or compiled, and no game knows which.

    Class attributes:
        players: each player's name and the kind of component that fills the role.
        turns: the turns that a round may hold, in their usual order.
        provides: what the cost of a turn hands to penalties.
        sampled: the players whose weights, averaged over training, samples are drawn with.
    """

    players: ClassVar[Mapping[str, str]]
    turns: ClassVar[tuple[str, ...]]
    provides: ClassVar[Mapping[str, frozenset[str]]]
    sampled: ClassVar[tuple[str, ...]] = ("generator",)

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.space = space

    def owned(self, player: str) -> list[nn.Module]:
        """The child modules that a player moves; owners may overlap."""
        return [self.get_submodule(player)]

    def mover(self, turn: str) -> str:
        """The player that a turn moves; the one of its name unless a game says otherwise."""
        return turn

    def draws(self, turn: str) -> tuple[str, ...]:
        """The sources that a turn consumes."""
        raise NotImplementedError

    def forward(self, turn: str, draw: Draw, terms: Sequence[Term] = ()) -> Cost:
        """The cost of one turn plus its terms, all at the parameters of this call."""
        cost: Cost = getattr(self, f"cost_{turn}")(draw)
        value, parts = cost.value, {"cost": cost.value, **cost.parts}
        for term in terms:
            parts[term.name] = term(self, draw, cost.out)
            value = value + term.weight * term.every * parts[term.name]
        return Cost(value, cost.out, parts)

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        """Draw ``n`` samples from the model."""
        raise NotImplementedError

    def log_prob(self, x: Any) -> Tensor | None:
        """Log-density (or its bound) of samples, where the family has one; None for implicit models."""
        return None
