"""Feature matching (Salimans et al. 2016, section 3.1)."""

from __future__ import annotations

from typing import Annotated, Any

from gansuite.objectives.borrowing import Borrowing
from gansuite.objectives.objective import Features, Scores
from gansuite.plugins import Ref


class FeatureMatching(Borrowing):
    """The generator matches the mean of the critic's features f; the critic plays another objective on its scores.

    generator: ‖E f(x) - E f(G(z))‖², which is MMD² (biased) with the linear kernel on f, and 0 iff the means agree.

    Args:
        critic: the objective whose critic's side is played.
    """

    joint = True
    of_batches = True
    generator_needs_real = True
    generator_sees = "features"

    def __init__(self, *, critic: Annotated[Any, Ref("objective")] = "non-saturating") -> None:
        super().__init__(critic)

    def generator(self, fake: Features, real: Features | None = None) -> Scores:
        assert real is not None, "feature matching looks at real features"
        return (real.mean(0) - fake.mean(0)).square().sum().expand(len(fake))
