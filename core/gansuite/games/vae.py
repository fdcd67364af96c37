"""The variational autoencoder (Kingma & Welling 2014): the model without a critic that GANs are compared with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw, Game
from gansuite.games.networks import Networks
from gansuite.games.posterior import Posterior, standard_normal
from gansuite.priors.latent import Latent
from gansuite.spaces import Space, at_least_fp32

TINY = 1e-6  # the least probability of a bit


class Vae(Game):
    """An encoder q(z | x) and a generator that descend together on the negative evidence lower bound,

        E_q(z|x) [-log p(x | z)] + divergence · KL(q(z | x) ‖ N(0, I))   in nats,

    the expectation by one ẑ ~ q(z | x) for each sample. Of the numbers x_j of a sample given G_j(z)

        gaussian:  -log p = Σ_j (x_j - G_j)² / (2 sd²) + ½ log(2π sd²)
        bernoulli: -log p = -Σ_j t_j log g_j + (1 - t_j) log(1 - g_j),  t = (1 + x) / 2,  g = (1 + G) / 2

    the second for data in [-1, 1], of which it makes a density only where they are black and white.

    Args:
        likelihood: p(x | z).
        sd: of the Gaussian one.
        divergence: weight of the divergence; 1 is the bound, another one a β-VAE.

    Raises:
        UserError: a prior other than N(0, I), or samples that are no real numbers.

    Source: Kingma & Welling (2014), eq. 3, 7 and 10, appendix C.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "encoder": "encoder"}
    turns: ClassVar[tuple[str, ...]] = ("generator",)
    provides: ClassVar[Mapping[str, frozenset[str]]] = {"generator": frozenset({"real", "latent", "fake"})}
    judges_samples: ClassVar[bool] = False
    maps_latents: ClassVar[bool] = True
    conditioning: ClassVar[None] = None

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        likelihood: Literal["gaussian", "bernoulli"] = "gaussian",
        sd: Annotated[float, Gt(0)] = 1.0,
        divergence: Annotated[float, Ge(0)] = 1.0,
    ) -> None:
        super().__init__(space)
        if not getattr(space, "continuous", True):
            raise UserError("[game] vae: the samples are no real numbers; train a likelihood: maximum-likelihood")
        self.prior = standard_normal(prior, "vae")
        self.likelihood, self.sd, self.divergence = likelihood, sd, divergence
        self.generator: Any = networks.make("generator", prior=prior)
        self.encoder: Any = networks.make("encoder", prior=Latent(2 * prior.size))

    def movers(self, turn: str) -> tuple[str, ...]:
        return ("generator", "encoder")

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data",)

    def cost_generator(self, draw: Draw) -> Cost:
        """The mean negative bound, and its two parts."""
        x = draw["data"]
        posterior = Posterior.of(self.encoder(x, None, draw.rng("encoder")))
        z = posterior.sample(draw.rng("posterior"))
        copy = self.generate(z, draw.rng("generator"))
        error, divergence = self.surprise(x, copy).mean(), posterior.divergence().mean()
        parts = {"reconstruction": error, "divergence": divergence}
        return Cost(error + self.divergence * divergence, {"real": x, "latent": z, "fake": copy}, parts)

    def surprise(self, x: Any, made: Any) -> Float[Tensor, " n"]:
        """-log p(x | z) of each sample, in nats; ``made`` is G(z)."""
        rows, means = (
            torch.cat([at_least_fp32(leaf).flatten(1) for leaf in self.space.leaves(each)], 1) for each in (x, made)
        )
        if self.likelihood == "gaussian":
            scaled = ((rows - means) / self.sd).square() + math.log(2 * math.pi * self.sd**2)
            return 0.5 * scaled.sum(1)
        ones, shares = ((1 + each) / 2 for each in (rows, means))
        return functional.binary_cross_entropy(shares.clamp(TINY, 1 - TINY), ones, reduction="none").sum(1)

    def generate(self, z: Tensor, rng: Rng | None = None, codes: Tensor | None = None) -> Any:
        """G(z), the mean of p(x | z)."""
        return self.generator(z, codes, rng)

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        """Means of p(x | z), z ~ N(0, I), as everybody shows them: the noise of p(x | z) is left out."""
        return self.generate(self.prior.sample(n, rng).to(next(self.parameters()).dtype), rng)

    def sample_at(self, z: Tensor, rng: Rng, condition: Any = None) -> Any:
        return self.generate(z, rng)
