"""MUNIT (Huang, Liu, Belongie & Kautz 2018): what domains share is content, what each adds is style."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.game import Cost, Draw, weighted
from gansuite.games.networks import Networks
from gansuite.games.translation.translation import Made, apart
from gansuite.games.translation.two_way import Coded
from gansuite.priors.latent import Latent
from gansuite.spaces import Space, at_least_fp32


class Code(NamedTuple):
    """What an encoder tells of a sample: its content, and its style in its domain."""

    content: Float[Tensor, "n c"]
    style: Float[Tensor, "n s"]


class Munit(Coded):
    """Samples x_i = G_i(c, s_i) of two domains; the translation x_1→2 = G_2(E_1^c(x_1), s_2) has any style s_2 ~ p(s).

    Encoders and generators pay, over both directions: E g(D_2(x_1→2)) + reconstruction E ‖G_1(E_1(x_1)) - x_1‖₁
    + latent_content E ‖E_2^c(x_1→2) - E_1^c(x_1)‖₁ + latent_style E ‖E_2^s(x_1→2) - s_2‖₁
    + cycle E ‖G_1(E_2^c(x_1→2), E_1^s(x_1)) - x_1‖₁; each critic pays E c(D_2(x_2), D_2(x_1→2)).

    p(s) is the recipe's prior. A network of ``[players.encoder]`` gives content and style side by side, one of
    ``[players.generator]`` reads them so; both domains' are copies. What lies where on a grid, and where style enters
    (AdaIN in the paper), is the network's affair. c and g are the sides of the objective; norms are means over numbers.

    Args:
        content: numbers in the content; a map of content counts all of its places and channels.
        reconstruction: λ_x.
        latent_content: λ_c.
        latent_style: λ_s.
        cycle: weight of the style-augmented cycle; the paper's for the more difficult pairs is 10.
        alike: whether both domains' networks begin with the same weights, so that translations begin as copies.

    Source: eq. 1-5 and appendix B.
    """

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        content: Annotated[int, Gt(0)] = 8,
        reconstruction: Annotated[float, Ge(0)] = 10.0,
        latent_content: Annotated[float, Ge(0)] = 1.0,
        latent_style: Annotated[float, Ge(0)] = 1.0,
        cycle: Annotated[float, Ge(0)] = 0.0,
        alike: bool = False,
        **options: Any,
    ) -> None:
        self.alike = alike
        self.content = content
        super().__init__(networks, prior, space, **options)
        self.cycle = cycle
        weights = {"reconstruction": reconstruction, "content": latent_content, "style": latent_style, "cycle": cycle}
        self.weights = weights

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        super().make_networks(networks, shown, Latent(self.content + self.prior.size, style=self.prior.size))

    def encode(self, x: Any, domain: str, rng: Rng | None = None) -> Code:
        """Content and style of samples of a domain, ``source`` or ``data``."""
        code = at_least_fp32(self.encoder[domain](x, None, rng))
        return Code(code[:, : self.content], code[:, self.content :])

    def decode(self, content: Tensor, style: Tensor, domain: str, rng: Rng | None = None) -> Any:
        """G_i(c, s)."""
        return self.generator[domain](torch.cat([content, style], 1), None, rng)

    def swapped(self, x: Any, y: Any) -> Any:
        """Samples with the content of sources ``x`` and the style of samples ``y`` of the data."""
        return self.decode(self.encode(x, "source").content, self.encode(y, "data").style, "data")

    def style(self, content: Tensor, domain: str, draw: Draw) -> Tensor:
        """A style by chance for each sample."""
        return self.prior.sample(len(content), draw.rng(f"style/{domain}")).to(content)

    def translate(self, draw: Draw, critic: str) -> Any:
        origin, target = ("source", "data") if critic == "critic" else ("data", "source")
        content = self.encode(draw[origin], origin, draw.rng(f"encode/{origin}")).content
        return self.decode(content, self.style(content, target, draw), target, draw.rng(f"translate/{target}"))

    def cost_generator(self, draw: Draw) -> Cost:
        """Both critics, both autoencoders, and the codes of translations."""
        code = {each: self.encode(draw[each], each, draw.rng(f"encode/{each}")) for each in ("source", "data")}
        made: dict[str, Any] = {}
        losses: list[dict[str, Tensor]] = []
        for origin, target in (("source", "data"), ("data", "source")):
            content, own = code[origin]
            wanted = self.style(content, target, draw)
            made[target] = self.decode(content, wanted, target, draw.rng(f"translate/{target}"))
            seen, rng = self.encode(made[target], target, draw.rng(f"again/{target}")), draw.rng(f"copy/{origin}")
            losses.append(
                {
                    "reconstruction": apart(self.decode(content, own, origin, rng), draw[origin]).mean(),
                    "content": apart(seen.content, content).mean(),
                    "style": apart(seen.style, wanted).mean(),
                }
            )
            if self.cycle:
                losses[-1]["cycle"] = apart(self.decode(seen.content, own, origin, rng), draw[origin]).mean()
        parts, out = self.fooled(Made(draw, critic=made["data"], inverse_critic=made["source"]))
        parts |= {name: there + losses[1][name] for name, there in losses[0].items()}
        return Cost(weighted(parts, self.weights), out, parts)

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        """Translations of sources in styles by chance."""
        x = self.sources(n, rng) if condition is None else condition
        content = self.encode(x, "source", rng).content
        return self.decode(content, self.prior.sample(n, rng).to(content), "data", rng)
