"""MAD-GAN: several generators, and a critic that says which of them made a sample (Ghosh et al. 2018)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.adversarial import Seen, group_of, wrapped
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.objectives.objective import Scores, Separable
from gansuite.spaces import Space, at_least_fp32


class MadGan(Gan):
    """k generators and one critic with a softmax over k + 1 classes: real, or made by G_i.

        critic: -E log D_real(x) - Σ_i E log D_i(G_i(z));  each generator: E log(1 - D_real(G_i(z)))

    or as the objective has it: the score of a sample is the logit of D_real, and since D_i = (1 - D_real) D_(i|fake)
    the critic's cost is the objective's plus the cross-entropy of the k generators among each other. The best critic
    has D_real = p/(p + Σ p_i) and D_i = p_i/(p + Σ p_i) (theorem 1): generators are drawn to different modes, since
    where two overlap they are told apart less well than each from the data. The model is their even mixture.

    The logit of "real" is the critic's own score, those of the generators a linear map of its features. The rows of a
    batch are shared out evenly among the generators, and means over a share are added up.

    Args:
        generators: k.

    Source: eq. 1, 2 and 4.
    """

    prices_parts: ClassVar[bool] = False
    reads_features = True
    maps_latents: ClassVar[bool] = False
    provides: ClassVar[Mapping[str, frozenset[str]]] = Gan.provides

    def __init__(
        self, networks: Networks, prior: Any, space: Space, *, generators: Annotated[int, Gt(1)] = 4, **options: Any
    ) -> None:
        self.k = generators
        super().__init__(networks, prior, space, **options)
        self.objective = PerGenerator(self.objective, generators)

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        made = [networks.make("generator", copy=i, prior=latent) for i in range(self.k)]
        self.generator = Generators(made, self.space)
        self.critic = networks.make("critic", spec=shown)
        self.which = nn.Linear(self.critic.width, self.k)

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        if not wrapped(options["objective"], options["inputs"]).separable:
            raise UserError(
                "mad-gan adds costs up over generators: choose a separable objective, such as non-saturating"
            )
        rows = options["generators"] * group_of(options["inputs"])
        if batch_size % rows:
            raise UserError(f"[data] batch_size = {batch_size} is not shared evenly: choose a multiple of {rows}")

    def owned(self, player: str) -> list[nn.Module]:
        return [*super().owned(player), *([self.which] if player == "critic" else [])]

    def see(self, x: Any, rng: Rng | None = None, codes: Tensor | None = None, critic: str = "critic") -> Seen:
        """The logit of D_real: the score less the log-sum-exp of the generators' logits."""
        seen = super().see(x, rng, codes, critic)
        return seen._replace(scores=seen.scores - at_least_fp32(self.which(seen.features)).logsumexp(1))

    def cost_critic(self, draw: Draw) -> Cost:
        """-E log D_real(x) - Σ_i E log D_i(G_i(z))."""
        cost = super().cost_critic(draw)
        logits = at_least_fp32(self.which(cost.out["fake_features"]))
        maker = torch.arange(self.k, device=logits.device).repeat_interleave(len(logits) // self.k)
        which = self.k * cross_entropy(logits, maker)
        return cost._replace(value=cost.value + which, parts={**cost.parts, "which": which})

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        """The even mixture: n of just enough samples from each generator, in random order."""
        rows = n + -n % self.k
        place = rng.uniform(rows).argsort()
        if condition is None and self.conditioning is not None:
            condition = self.conditioning.chance(n, rng)
        if condition is not None:
            condition = condition[place.argsort() % n]
        return self.space.take(super().sample(rows, rng, condition), place[:n])

    def sample_at(self, z: Float[Tensor, "n z"], rng: Rng, condition: Any = None) -> Any:
        """All by one of the generators, which ``rng`` chooses."""
        if self.conditioning is not None and condition is not None:
            z = self.conditioning.join(z, condition)
        return self.generator[rng.integer(0, self.k - 1)](z, condition, rng)


class Generators(nn.ModuleList):
    """k generators as one: the i-th makes the i-th of k even shares of the rows."""

    def __init__(self, generators: list[nn.Module], space: Space) -> None:
        super().__init__(generators)
        self.space = space

    def forward(self, z: Float[Tensor, "n z"], condition: Tensor | None = None, rng: Rng | None = None) -> Any:
        codes = [None] * len(self) if condition is None else condition.chunk(len(self))
        shares = zip(self, z.chunk(len(self)), codes, strict=True)
        return self.space.cat([generator(share, code, rng) for generator, share, code in shares])


class PerGenerator(Separable):
    """An objective with a sum over the k generators where it has one mean over generated samples."""

    def __init__(self, base: Any, k: int) -> None:
        self.base, self.k = base, k

    def on_real(self, score: Scores) -> Scores:
        return self.base.on_real(score)

    def on_fake(self, score: Scores) -> Scores:
        return self.k * self.base.on_fake(score)

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return self.k * self.base.generator(fake, real)
