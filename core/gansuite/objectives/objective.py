"""What an objective is: a pair of maps on what the critic makes of samples.

What a game needs to know of one, without knowing which it is:

- ``critic_sees``, ``generator_sees``: what each side is called with: "scores" [n], the critic's "features"
  [n, width], or the "samples" themselves.
- ``generator_needs_real``: the generator's side is called with real ones besides the generated.
- ``joint``: a value depends on the whole batch, so both arguments hold the rows of all ranks.
- ``of_batches``: the generator's side is one number for the whole batch, such as a distance: no sample has its own.
- ``separable``: the critic's cost is ``on_real(real) + on_fake(fake)``, which is what smoothed labels mix.
- ``energy``: high scores mean *generated* (a reconstruction error); otherwise they mean real.
- ``form``: "sides" where real and generated samples come in batches of their own; "shares" where they come mixed and
  the critic tells the share of real ones (``critic_share``, ``generator_share``): for the game ``batch-gan`` alone.
- ``check(batch_size)``: refuses a batch that it is not defined on, when the recipe is read.
- ``after(real, fake)``: once after each move of the critic, for state; ``parts(real, fake)``: what the ledger logs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Literal

from jaxtyping import Float
from torch import Tensor

Scores = Float[Tensor, " n"]
Features = Float[Tensor, "n d"]
Seen = Float[Tensor, "n *shape"]
Sees = Literal["scores", "features", "samples"]


class Objective(ABC):
    """Costs of the two sides, unreduced: one value per example, to be descended on average.

    An objective with state (BEGAN's k) is also an ``nn.Module`` and keeps it in buffers. The class attributes are
    explained at the top of this module.
    """

    joint: bool = False
    generator_needs_real: bool = False
    critic_sees: Sees = "scores"
    generator_sees: Sees = "scores"
    of_batches: bool = False
    separable: bool = False
    energy: bool = False
    form: Literal["sides", "shares"] = "sides"

    @abstractmethod
    def critic(self, real: Seen, fake: Seen) -> Scores:
        """Cost of the critic."""

    @abstractmethod
    def generator(self, fake: Seen, real: Seen | None = None) -> Scores:
        """Cost of the generator; ``real`` is given where ``generator_needs_real``."""

    def check(self, batch_size: int) -> None:  # noqa: B027 - most take any number
        """Refuse a number of samples (of all ranks) that the costs are not defined on.

        Raises:
            ValueError: with the remedy.
        """

    def parts(self, real: Seen, fake: Seen) -> Mapping[str, Tensor]:
        """Named scalars of a critic's turn worth logging besides its cost; arguments as of ``after``."""
        return {}

    def after(self, real: Seen, fake: Seen) -> None:  # noqa: B027 - most have no state
        """Update state, once after each move of the critic.

        Args:
            real: what the critic's side saw of real samples in that move, detached, of all ranks.
            fake: the same of generated samples.
        """


class Separable(Objective):
    """An objective whose critic judges each score alone: critic = on_real(D(x)) + on_fake(D(G(z)))."""

    separable = True

    @abstractmethod
    def on_real(self, score: Scores) -> Scores:
        """Cost of the critic for a score that a real sample was given."""

    @abstractmethod
    def on_fake(self, score: Scores) -> Scores:
        """Cost of the critic for a score that a generated sample was given."""

    def critic(self, real: Scores, fake: Scores) -> Scores:
        return self.on_real(real) + self.on_fake(fake)
