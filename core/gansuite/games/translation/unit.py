"""UNIT (Liu, Breuel & Kautz 2017): two variational autoencoders that share their latent, and a critic for either."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw, weighted
from gansuite.games.networks import Networks
from gansuite.games.posterior import Posterior
from gansuite.games.translation.translation import Made, apart
from gansuite.games.translation.two_way import Coded
from gansuite.plugins import Ref
from gansuite.priors.normal import Normal
from gansuite.spaces import Space, at_least_fp32


class Unit(Coded):
    """Two domains i of one latent: q(z | x_i) = N(E_i(x_i), I), samples G_i(z), and the translation G_2(z_1).

    With x_1→2 = G_2(z_1), z_1 ~ q(z | x_1), and KL(x) = KL(q(z | x) ‖ N(0, I)), encoders and generators pay, over both
    directions: adversarial E g(D_2(x_1→2)) + reconstruction E ‖x_1 - G_1(z_1)‖₁ + divergence E KL(x_1)
    + cycle E ‖x_1 - G_1(z_12)‖₁ + cycle_divergence E KL(x_1→2), z_12 ~ q(z | x_1→2);
    each critic pays E c(D_2(x_2), D_2(x_1→2)).

    That corresponding samples have one z is a constraint on weights: the last layers of both encoders and the first
    of both generators are the same. The game puts them between the recipe's networks and the latent: hidden layers, or
    what the networks say with ``shared(count)``, as residual blocks on a map. Both domains' networks are copies of
    ``[players.encoder]`` and ``[players.generator]``. c and g are the sides of the objective; norms and divergences are
    means over numbers, as in the authors' program, so that weights do not depend on sizes.

    Args:
        objective: the pair of costs; the paper's by default.
        shared: layers that both domains share on either side of the latent; 0: none.
        adversarial: λ_0.
        divergence: λ_1.
        reconstruction: λ_2.
        cycle_divergence: λ_3.
        cycle: λ_4.
        alike: whether both domains' networks begin with the same weights, so that translations begin as copies: the
            costs do not tell which sample of the one domain belongs to which of the other.

    Raises:
        UserError: a prior other than N(0, I), which the divergences are to.

    Source: eq. 3-6.
    """

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "non-saturating",
        shared: Annotated[int, Ge(0)] = 1,
        adversarial: Annotated[float, Ge(0)] = 10.0,
        divergence: Annotated[float, Ge(0)] = 0.1,
        reconstruction: Annotated[float, Ge(0)] = 100.0,
        cycle_divergence: Annotated[float, Ge(0)] = 0.1,
        cycle: Annotated[float, Ge(0)] = 100.0,
        alike: bool = False,
        **options: Any,
    ) -> None:
        self.alike = alike
        if not isinstance(prior, Normal) or prior.scale != 1:
            raise UserError('[prior] unit draws its encoders to N(0, I): set name = "normal", scale = 1')
        super().__init__(networks, prior, space, objective=objective, **options)
        for coder in (self.encoder, self.generator):
            coder["shared"] = shared_layers(coder["data"], prior.size, shared)
        self.weights = {
            "forward": adversarial,
            "backward": adversarial,
            "reconstruction": reconstruction,
            "divergence": divergence,
            "cycle": cycle,
            "cycle-divergence": cycle_divergence,
        }

    def encode(self, x: Any, domain: str, rng: Rng | None = None) -> Float[Tensor, "n z"]:
        """The mean of q(z | x) for samples of a domain, ``source`` or ``data``."""
        return at_least_fp32(self.encoder["shared"](self.encoder[domain](x, None, rng)))

    def decode(self, z: Float[Tensor, "n z"], domain: str, rng: Rng | None = None) -> Any:
        """G_i(z)."""
        return self.generator[domain](self.generator["shared"](z), None, rng)

    def translate(self, draw: Draw, critic: str) -> Any:
        origin, target = ("source", "data") if critic == "critic" else ("data", "source")
        return self.decode(self.latent(draw[origin], origin, origin, draw)[1], target, draw.rng(f"translate/{target}"))

    def latent(self, x: Any, domain: str, stream: str, draw: Draw) -> tuple[Tensor, Tensor]:
        """The mean of q(z | x), and a z drawn from it."""
        mean = self.encode(x, domain, draw.rng(f"encode/{stream}"))
        return mean, mean + draw.rng(f"latent/{stream}").normal(*mean.shape).to(mean)

    def cost_generator(self, draw: Draw) -> Cost:
        """Both critics, both autoencoders, and both ways there and back again."""
        x, y = draw["source"], draw["data"]
        (mean_x, z_x), (mean_y, z_y) = (self.latent(draw[each], each, each, draw) for each in ("source", "data"))
        to_y = self.decode(z_x, "data", draw.rng("translate/data"))
        to_x = self.decode(z_y, "source", draw.rng("translate/source"))
        mean_xy, z_xy = self.latent(to_y, "data", "there", draw)
        mean_yx, z_yx = self.latent(to_x, "source", "back", draw)
        made = [self.decode(z, "source", draw.rng("copy/source")) for z in (z_x, z_xy)]
        made += [self.decode(z, "data", draw.rng("copy/data")) for z in (z_y, z_yx)]
        parts, out = self.fooled(Made(draw, critic=to_y, inverse_critic=to_x))
        parts["reconstruction"] = (apart(made[0], x) + apart(made[2], y)).mean()
        parts["divergence"] = divergence(mean_x) + divergence(mean_y)
        parts["cycle"] = (apart(made[1], x) + apart(made[3], y)).mean()
        parts["cycle-divergence"] = divergence(mean_xy) + divergence(mean_yx)
        return Cost(weighted(parts, self.weights), out, parts)

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        """G_2(E_1(x)) of sources: the latent's mean, without its noise."""
        x = self.sources(n, rng) if condition is None else condition
        return self.decode(self.encode(x, "source", rng), "data", rng)


def shared_layers(network: Any, size: int, count: int) -> nn.Module:
    """``count`` layers from latent to latent: those that the network has for it (``shared``), or hidden ones."""
    if hasattr(network, "shared"):
        return network.shared(count)
    return nn.Sequential(*(layer for _ in range(count) for layer in (nn.LeakyReLU(0.2), nn.Linear(size, size))))


def divergence(mean: Float[Tensor, "n z"]) -> Float[Tensor, ""]:
    """KL(N(μ, I) ‖ N(0, I)) = ½ ‖μ‖², mean over samples and coordinates."""
    return Posterior(mean, mean.new_zeros(()).expand_as(mean)).divergence().mean() / mean.shape[1]
