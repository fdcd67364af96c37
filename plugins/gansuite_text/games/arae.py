"""ARAE: a GAN of the codes of an autoencoder of texts (Zhao, Kim, Zhang, Rush & LeCun 2018)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import torch
from annotated_types import Ge, Gt, Le
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import normalize

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.estimator import log_prob_of
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.priors.latent import Latent
from gansuite.spaces import Space, TensorSpace, at_least_fp32

from ..codes import CodeSpec

LIKELIEST = 1e6
"""An inverse temperature at which the likeliest token is drawn."""


class Arae(Gan):
    """Texts become codes c = E(x)/‖E(x)‖ and back; the generator makes codes of latents, the critic judges codes.

        autoencoder: -E log p_dec(x | c + σ ε), ε ~ N(0, I), nats a token; moves encoder and decoder
        critic:      E objective.critic(D(c), D(G(z))) and its penalties
        encoder:     ``adversarial`` E D(c): the codes of texts come to where the generated ones are
        generator:   E objective.generator(D(G(z)))

    A sample is dec(G(z)). G(z) is put on the sphere as the codes are, for its length would give it away. The noise
    falls: σ = ``noise`` · ``decay``^⌊k/100⌋ in the k-th move of the autoencoder. No likelihood of a text is known.

    Args:
        objective: any with a critic that judges each code alone.
        penalties: terms of the critic's or generator's turn, on codes.
        code: numbers of a code.
        noise: σ at the beginning.
        decay: of σ, each hundred moves.
        adversarial: weight of the encoder's turn.
        decoding: ``greedy`` writes the likeliest token, ``sampled`` draws.

    Raises:
        UserError: no latent, or an objective that does not judge single scores.

    Source: section 3 and algorithm 1; code = 300, noise = 0.05 (SNLI), decay = 0.9995, adversarial = 0.1 in the code.
    """

    judges_samples: ClassVar[bool] = False
    maps_latents: ClassVar[bool] = False
    normalised: ClassVar[bool] = True
    encoder: Any
    decoder: Any
    players: ClassVar[Mapping[str, str]] = {
        "encoder": "encoder",
        "decoder": "generator",
        "generator": "generator",
        "critic": "critic",
    }
    turns: ClassVar[tuple[str, ...]] = ("autoencoder", "critic", "encoder", "generator")
    sampled: ClassVar[tuple[str, ...]] = ("generator", "decoder")
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        **Gan.provides,
        "autoencoder": frozenset({"real"}),
        "encoder": frozenset(),
    }

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "wasserstein",
        penalties: list[Annotated[Any, Ref("penalty")]] = [],  # noqa: B006 - a recipe's default, never mutated
        code: Annotated[int, Gt(0)] = 128,
        noise: Annotated[float, Ge(0)] = 0.05,
        decay: Annotated[float, Gt(0), Le(1)] = 0.9995,
        adversarial: Annotated[float, Ge(0)] = 0.1,
        decoding: Literal["greedy", "sampled"] = "greedy",
    ) -> None:
        if not prior.size:
            raise UserError('[prior] codes are made of a latent: set name = "normal"')
        self.code = code
        super().__init__(networks, prior, TensorSpace(), objective=objective, penalties=penalties)
        self.noise, self.decay, self.adversarial, self.decoding = noise, decay, adversarial, decoding

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check({**options, "inputs": [], "conditioning": None}, batch_size)
        objective = options["objective"]
        if not objective.separable or objective.critic_sees != "scores" or objective.energy:
            raise UserError("objective: codes are judged one by one: choose wasserstein, or another of single scores")

    def compares(self, spec: Any) -> CodeSpec:
        return CodeSpec(1, self.code)

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        for name in ("encoder", "decoder"):
            setattr(self, name, networks.make(name, prior=Latent(shown.size)))
        self.generator = networks.make("generator", spec=shown, prior=latent)
        self.critic = networks.make("critic", spec=shown)

    def movers(self, turn: str) -> tuple[str, ...]:
        return ("encoder", "decoder") if turn == "autoencoder" else (turn,)

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data",) if turn in ("autoencoder", "encoder") else super().draws(turn)

    # Codes.

    def placed(self, code: Float[Tensor, "n c"]) -> Float[Tensor, "n c"]:
        """A code on the unit sphere."""
        return normalize(at_least_fp32(code), dim=1) if self.normalised else at_least_fp32(code)

    def encode(self, x: Tensor, rng: Rng | None = None) -> Float[Tensor, "n c"]:
        """The codes of texts, which may be relaxed."""
        return self.placed(self.encoder(x, None, rng))

    def generate(self, z: Tensor, rng: Rng | None = None, codes: Tensor | None = None) -> Float[Tensor, "n c"]:
        """The codes of latents."""
        return self.placed(self.generator(z, codes, rng))

    def real(self, draw: Draw, critic: str = "critic") -> Float[Tensor, "n c"]:
        return draw.once("real", lambda: self.encode(draw["data"], draw.rng("encoder")))

    def decode(
        self, code: Float[Tensor, "n c"], rng: Rng, alpha: float = 1.0, prefix: Tensor | None = None
    ) -> Int64[Tensor, "n t"]:
        """The texts of codes."""
        alpha = LIKELIEST if self.decoding == "greedy" else alpha
        begin = None if prefix is None else prefix.to(code.device).expand(len(code), -1)
        return self.decoder.sample(code, None, rng, alpha=alpha, prefix=begin)

    def sample(
        self, n: int, rng: Rng, condition: Any = None, *, alpha: float = 1.0, prefix: Tensor | None = None
    ) -> Int64[Tensor, "n t"]:
        """dec(G(z)) of ``n`` latents, beginning with ``prefix`` [p]; ``alpha`` counts where tokens are drawn."""
        z = self.prior.sample(n, rng).to(next(self.generator.parameters()).dtype)
        return self.decode(self.generate(z, rng), rng, alpha, prefix)

    def sample_at(self, z: Tensor, rng: Rng, condition: Any = None) -> Int64[Tensor, "n t"]:
        return self.decode(self.generate(z, rng), rng)

    # The turns that a GAN has not.

    def level(self, draw: Draw) -> float:
        """σ of a move of the autoencoder."""
        return self.noise * self.decay ** (draw.index // 100)

    def cost_autoencoder(self, draw: Draw) -> Cost:
        """-E log p_dec(x | c + σ ε), nats a token."""
        x, code = draw["data"], self.real(draw)
        heard = code + self.level(draw) * draw.rng("noise").normal(*code.shape).to(code)
        logits, mask = at_least_fp32(self.decoder.logits(x, heard, None)), self.decoder.mask(x)
        tokens = draw.gather(mask.sum(1).float()).mean()
        value = -torch.where(mask, log_prob_of(logits, x), 0.0).sum(1).mean() / tokens
        right = (mask & (logits.argmax(-1) == x)).sum(1).float().mean() / tokens
        return Cost(value, {"real": x}, {"accuracy": right})

    def cost_encoder(self, draw: Draw) -> Cost:
        """``adversarial`` E D(c)."""
        value = self.see(self.real(draw), draw.rng("cost")).scores.mean()
        return Cost(self.adversarial * value, {}, {"score": value})
