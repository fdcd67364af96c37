"""RankGAN: samples are ranked against each other by their nearness to real ones (Lin, Li, He, Zhang & Sun 2017)."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from gansuite.objectives.objective import Objective


class Ranking(Objective):
    """How a sample s ranks in a comparison set C, by the cosine of its features with those of real references U.

        α(s | u) = cos(f(s), f(u)),   P(s | u, C) = e^(γ α(s|u)) / (e^(γ α(s|u)) + Σ_(c ∈ C) e^(γ α(c|u)))
        log R(s | U, C) = mean_(u ∈ U) log P(s | u, C)

    critic: -E log R(x | U, C⁻) + E log R(G | U, C⁺);  generator: -E log R(G | U, C⁺), the reward of a sample being
    log R. C⁻ are the generated samples of the batch, C⁺ its real ones, U its first ``references`` real ones, which are
    not ranked themselves. The features are compared in direction alone, so the critic's own score is not trained.
    The rows of generated and of real samples may differ in number, as they do where ends of texts are judged.

    Args:
        references: |U|; half of the real samples if absent.
        sharpness: γ, the inverse temperature of the softmax.

    Source: eq. 3-8; eq. 1 has log(1 - R) in the place of -log R for what is generated, which authors and code replace.
    """

    joint = True
    critic_sees = "features"
    generator_sees = "features"
    generator_needs_real = True

    def __init__(
        self, *, references: Annotated[int, Gt(0)] | None = None, sharpness: Annotated[float, Gt(0)] = 1.0
    ) -> None:
        self.references, self.sharpness = references, sharpness

    def check(self, batch_size: int) -> None:
        references = self.references or batch_size // 2
        if not 0 < references < batch_size:
            raise ValueError(
                f"ranking takes {references} references out of a batch of {batch_size} and has none left to rank: "
                "raise batch_size, or lower references"
            )

    def parted(self, real: Float[Tensor, "n d"]) -> tuple[Float[Tensor, "u d"], Float[Tensor, "c d"]]:
        """U, and the real samples that are ranked."""
        count = self.references or len(real) // 2
        return real[:count], real[count:]

    def critic(self, real: Float[Tensor, "n d"], fake: Float[Tensor, "m d"]) -> Float[Tensor, " m"]:
        references, ranked = self.parted(real)
        of_real, of_fake = self.log_rank(ranked, references, fake), self.log_rank(fake, references, ranked)
        return of_fake - of_real.mean()

    def generator(self, fake: Float[Tensor, "m d"], real: Float[Tensor, "n d"] | None = None) -> Float[Tensor, " m"]:
        assert real is not None, "ranking compares with real features"
        return -self.log_rank(fake, *self.parted(real))

    def log_rank(
        self, x: Float[Tensor, "m d"], references: Float[Tensor, "u d"], others: Float[Tensor, "c d"]
    ) -> Float[Tensor, " m"]:
        """log R(x_i | U, C) of each row, in the company of ``others`` and itself."""
        directions = normalize(references, dim=1)
        own = self.sharpness * (normalize(x, dim=1) @ directions.t())
        company = (self.sharpness * (normalize(others, dim=1) @ directions.t())).logsumexp(0)
        return (own - torch.logaddexp(own, company)).mean(1)
