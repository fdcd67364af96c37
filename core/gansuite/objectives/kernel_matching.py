"""Feature matching with a kernel: the objective of TextGAN's generator (Zhang et al. 2017)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Gt, MinLen

from gansuite.objectives.borrowing import Borrowing
from gansuite.objectives.mmd import Mmd
from gansuite.objectives.objective import Features, Scores
from gansuite.plugins import Ref


class KernelMatching(Borrowing):
    """The generator matches the law of the critic's features f; the critic plays another objective on its scores.

    generator: MMD²(f(x), f(G(z))), the unbiased estimate of :class:`~gansuite.objectives.mmd.Mmd`, 0 on average iff the
    features have one law: what ``feature-matching`` asks of their means, a kernel asks of all their moments.

    Args:
        critic: the objective whose critic's side is played.
        kernel: "rbf" or "rational-quadratic".
        scales: σ or α of the mixture; none: as ``mmd``.

    Source: Zhang et al. (2017), eq. 5-7, without the critic's own share of the MMD.
    """

    joint = True
    of_batches = True
    generator_needs_real = True
    generator_sees = "features"

    def __init__(
        self,
        *,
        critic: Annotated[Any, Ref("objective")] = "non-saturating",
        kernel: Literal["rbf", "rational-quadratic"] = "rbf",
        scales: Annotated[list[Annotated[float, Gt(0)]], MinLen(1)] | None = None,
    ) -> None:
        super().__init__(critic)
        self.mmd = Mmd(kernel=kernel, scales=scales)

    def check(self, batch_size: int) -> None:
        super().check(batch_size)
        self.mmd.check(batch_size)

    def generator(self, fake: Features, real: Features | None = None) -> Scores:
        assert real is not None, "kernel matching looks at real features"
        return self.mmd.generator(fake, real)
