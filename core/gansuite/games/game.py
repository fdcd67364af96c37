"""What is played: a module that owns all networks and has one cost per turn."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.spaces import Space

Result = TypeVar("Result")


class Cost(NamedTuple):
    """A scalar to descend, the named tensors (and score function) that terms may use, and what it is the sum of."""

    value: Tensor
    out: Mapping[str, Any]
    parts: Mapping[str, Tensor] = {}


@runtime_checkable
class Term(Protocol):
    """An additive piece of a turn's cost; ``weight`` counts ``every``-fold when it is due each k-th time only."""

    name: str
    turn: str
    weight: float
    every: int

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Tensor: ...

    def after(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> None: ...


class Draw(dict[str, Any]):
    """What a turn consumes: batches by name, and the streams of randomness that belong to them.

    ``rng(name)`` is a pure function of the draw, so a cost that is run again on one draw (unrolled, consensus,
    extragradient) sees the same numbers. ``gather`` returns the rows of all ranks, differentiably; ``index`` counts
    the draws of the turn, ``round`` the rounds of the run.
    """

    def __init__(
        self,
        batches: Mapping[str, Any],
        rng: Callable[[str], Rng],
        gather: Callable[[Tensor], Tensor] = lambda x: x,
        index: int = 0,
        round: int = 0,
    ) -> None:
        super().__init__(batches)
        self.rng, self.gather, self.index, self.round = rng, gather, index, round
        self.memo: dict[str, Any] | None = None
        self.lasting: dict[str, Any] | None = None

    @contextmanager
    def shared(self) -> Iterator[None]:
        """While it lasts, the costs of several turns share what they compute ``once``: one forward pass for all."""
        self.memo = {}
        try:
            yield
        finally:
            self.memo = None

    def once(self, key: str, make: Callable[[], Result]) -> Result:
        """``make()``, kept for the other turns of a shared forward pass, or for a later one that uses samples again."""
        memo = self.lasting if self.lasting is not None and key == "fake" else self.memo
        if memo is None:
            return make()
        if key not in memo:
            memo[key] = make()
        return memo[key]


class Game(nn.Module):
    """Networks as children and ``cost_<turn>(draw)`` for every turn; no optimiser, loop, device, rank or file.

    Because a turn is a module call, dynamics can run it at substituted parameters (``functional_call``), under
    autocast or compiled, and no game knows which.

    Class attributes:
        players: each player's name and the kind of component that fills the role.
        turns: the turns that a round may hold, in their usual order.
        provides: what the cost of a turn hands to penalties.
        sampled: the players whose weights, averaged over training, samples are drawn with.
        sides: ``critic`` or ``generator`` for turns of another name: penalties hang on a side.
        group: how many samples share a score, which every rank must hold a multiple of.

    Attributes:
        representation: how the samples are given to the networks, a child that is there for its statistics to be saved.
    """

    players: ClassVar[Mapping[str, str]]
    turns: ClassVar[tuple[str, ...]]
    provides: ClassVar[Mapping[str, frozenset[str]]]
    sampled: ClassVar[tuple[str, ...]] = ("generator",)
    sides: ClassVar[Mapping[str, str]] = {}
    group: int = 1
    kept: Any

    def __init__(self, space: Space, penalties: Sequence[Any] = ()) -> None:
        super().__init__()
        self.space = space
        self.representation: nn.Module | None = None
        self.penalties: tuple[Any, ...] = tuple(penalties)
        # The state of penalties is saved with the game's, where they have any.
        self.kept = nn.ModuleList(penalty for penalty in penalties if isinstance(penalty, nn.Module))

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        """Refuse options that cannot be combined, when the recipe is read.

        Args:
            options: as the constructor will receive them.
            batch_size: of the recipe.

        Raises:
            UserError: the reason, and what would do instead.
        """

    def owned(self, player: str) -> list[nn.Module]:
        """The child modules that a player moves; owners may overlap."""
        return [self.get_submodule(player)]

    def movers(self, turn: str) -> tuple[str, ...]:
        """The players that a turn moves; the one of its name unless a game says otherwise."""
        return (turn,)

    def side(self, turn: str) -> str:
        """The side that a turn is on: its own name unless ``sides`` says otherwise."""
        return self.sides.get(turn, turn)

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

    def terms(self) -> list[Term]:
        """The penalties that are added to costs."""
        return [penalty for penalty in self.penalties if not hasattr(penalty, "project")]

    def constraints(self, player: str) -> list[Any]:
        """The penalties that are kept by changing a player's parameters after its moves."""
        sides = {self.side(turn) for turn in self.turns if player in self.movers(turn)}
        return [penalty for penalty in self.penalties if hasattr(penalty, "project") and penalty.turn in sides]

    def furnish(self, dataset: Any) -> None:
        """Keep, in buffers, what sampling needs of the data: a translator's samples of the other domain."""

    def at(self, round: int) -> None:
        """Begin a round (0, 1, ...): what changes over training as a function of the round alone."""

    def stages(self, steps: int) -> Sequence[tuple[str, int, tuple[str, ...]]]:
        """The stages of a run of ``steps`` rounds: name, rounds, and the turns that are played; one by default."""
        return [("train", steps, self.turns)]

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        """What is remembered of a move (pools, balances), in buffers; called once for each, without a graph."""
        for penalty in self.terms():
            if penalty.turn == self.side(turn):
                penalty.after(self, draw, out)

    def condition(self, wanted: Any, n: int) -> Any:
        """What ``sample`` takes for ``n`` samples under a user's condition (a label's name or number, or one for each).

        Raises:
            UserError: there is no such condition, or the model has none.
        """
        raise UserError("this model has no conditioning: it draws from all of its data; leave the label out")

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        """Draw ``n`` samples from the model; ``condition``: n rows that ``condition`` gave, or None for any."""
        raise NotImplementedError

    def sample_at(self, z: Tensor, rng: Rng, condition: Any = None) -> Any:
        """The samples of latents ``z`` [n, d]; ``rng`` gives all that is random besides them.

        Raises:
            UserError: this game makes no sample of a latent.
        """
        raise UserError("this model makes no sample of a latent, so there is no way from one to another")

    def log_prob(self, x: Any) -> Tensor | None:
        """Log-density (or its bound) of samples, where the family has one; None for implicit models."""
        return None

    def choices(self, x: Any) -> Tensor | None:
        """How many choices each sample is made of, where it is: what likelihoods are told per; None elsewhere."""
        return None


def weighted(parts: Mapping[str, Tensor], weights: Mapping[str, float] = {}) -> Tensor:
    """The sum of the parts, those with a weight multiplied by it."""
    return torch.stack([weights.get(name, 1.0) * part for name, part in parts.items()]).sum()


def couples_batch(network: nn.Module) -> bool:
    """Whether a network's output for a sample depends on the other samples of its batch."""
    return any(isinstance(m, _BatchNorm) or getattr(m, "couples_batch", False) for m in network.modules())


def refuse_gradients(space: Space, penalties: Sequence[Any]) -> None:
    """Refuse penalties on a sample's gradient where samples are integers, before anything is trained.

    Raises:
        UserError: with the penalty and the remedy.
    """
    for penalty in penalties:
        if getattr(penalty, "per_sample", False) and not getattr(space, "continuous", True):
            raise UserError(
                f"penalties: {penalty.name} needs samples with a gradient, which integers (tokens) have not; "
                "leave it out, or choose data whose tokens are relaxed"
            )


def warn_of_batch_norm(critic: nn.Module, penalties: Sequence[Any]) -> None:
    """Warn where a penalty takes each sample's gradient by itself and the critic normalises over the batch."""
    if any(isinstance(m, _BatchNorm) for m in critic.modules()):
        for penalty in penalties:
            if getattr(penalty, "per_sample", False):
                warnings.warn(
                    f"[game] penalties: {penalty.name} takes each sample's gradient by itself, and batch normalisation "
                    "in the critic couples them; use another normalisation there, or none",
                    stacklevel=3,
                )
