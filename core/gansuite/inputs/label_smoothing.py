"""Label smoothing (Salimans et al. 2016, section 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from annotated_types import Ge, Lt
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.inputs.input import Input
from gansuite.objectives.objective import Objective, Scores, Seen, Separable


class LabelSmoothing(Input):
    """The critic is told the targets 1 - α for real and β for generated samples, in place of 1 and 0.

    critic: (1 - α) on_real(D(x)) + α on_fake(D(x)) + β on_real(D(G(z))) + (1 - β) on_fake(D(G(z))),

    which is the cross-entropy with these targets where the objective is one; its best critic is then
    ((1 - α) p + β q)/(p + q). Any objective that judges each score alone can be smoothed so; the generator's side
    stays as it is.

    Args:
        real: α. One-sided smoothing, as recommended: only this one.
        fake: β; with β > 0 the best critic grows with p where q is small, and draws bad samples to themselves.

    Raises:
        ValueError: α + β of 1 or more, which would swap the sides.
        UserError: an objective that compares the scores of a batch.
    """

    def __init__(
        self, *, real: Annotated[float, Ge(0), Lt(1)] = 0.1, fake: Annotated[float, Ge(0), Lt(1)] = 0.0
    ) -> None:
        super().__init__()
        if real + fake >= 1:
            raise ValueError(f"label-smoothing with real + fake = {real + fake:g} swaps the sides; stay below 1")
        self.real, self.fake = real, fake

    def wrap(self, objective: Objective) -> Objective:
        if not objective.separable:
            raise UserError(
                "inputs: label-smoothing mixes the costs of real and generated scores, and this objective has one cost "
                "for both; choose another, as non-saturating, or leave it out"
            )
        return Smoothed(objective, self.real, self.fake)


class Smoothed(Separable, nn.Module):
    """A separable objective whose critic is told smoothed labels."""

    def __init__(self, plain: Any, real: float, fake: float) -> None:
        super().__init__()
        self.plain, self.real, self.fake = plain, real, fake
        self.joint, self.energy, self.generator_needs_real = plain.joint, plain.energy, plain.generator_needs_real
        self.of_batches = plain.of_batches
        self.critic_sees, self.generator_sees = plain.critic_sees, plain.generator_sees

    def on_real(self, score: Scores) -> Scores:
        return (1 - self.real) * self.plain.on_real(score) + self.real * self.plain.on_fake(score)

    def on_fake(self, score: Scores) -> Scores:
        return self.fake * self.plain.on_real(score) + (1 - self.fake) * self.plain.on_fake(score)

    def generator(self, fake: Seen, real: Seen | None = None) -> Scores:
        return self.plain.generator(fake, real)

    def check(self, batch_size: int) -> None:
        self.plain.check(batch_size)

    def parts(self, real: Seen, fake: Seen) -> Mapping[str, Tensor]:
        return self.plain.parts(real, fake)

    def after(self, real: Seen, fake: Seen) -> None:
        self.plain.after(real, fake)
