"""The two-player game of Goodfellow et al. (2014) with any objective, critic inputs and conditioning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.adversarial import Adversarial, each_alone, one_each
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks


class Gan(Adversarial):
    """A generator G(z) and a critic D(x), each with its side of the objective.

    critic: E objective.critic(D(x), D(G(z)));  generator: E objective.generator(D(G(z))).
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "critic": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("critic", "generator")
    prices_parts: ClassVar[bool] = True
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        "critic": frozenset({"real", "fake", "score", "features", "real_score", "fake_score"}),
        "generator": frozenset({"latent", "fake", "score", "features", "fake_score", "generator"}),
    }

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        """The game's networks: generators that read ``latent``, critics of the domain ``shown``."""
        self.generator = networks.make("generator", prior=latent)
        self.critic = networks.make("critic", spec=shown)

    def draws(self, turn: str) -> tuple[str, ...]:
        labels = self.conditioning is not None and self.conditioning.reads_labels
        return ("data", "prior") if self.side(turn) == "critic" or labels or self.meets_real else ("prior",)

    @property
    def meets_real(self) -> bool:
        """Whether the critic is shown real samples on the generator's turn as well."""
        return self.objective.generator_needs_real or self.shuffles

    def cost_critic(self, draw: Draw) -> Cost:
        """E objective.critic(D(x), D(G(z)))."""
        return self.critic_cost(draw)

    def cost_generator(self, draw: Draw) -> Cost:
        """E objective.generator(D(G(z)))."""
        return self.generator_cost(draw)

    def real(self, draw: Draw, critic: str = "critic") -> Any:
        """What a critic is to call real."""
        return draw["data"]

    def fake(self, draw: Draw, critic: str = "critic") -> Any:
        """What a critic is to tell from it."""
        return self.generated(draw)

    def generate(self, z: Tensor, rng: Rng | None = None, codes: Tensor | None = None) -> Any:
        """G(z), or G(z, c)."""
        return self.generator(self.coded(z, codes), codes, rng)

    def coded(self, z: Tensor, codes: Tensor | None) -> Tensor:
        """What the generator reads: the latent, and the code beside it."""
        return z if self.conditioning is None or codes is None else self.conditioning.join(z, codes)

    def generated(self, draw: Draw) -> Any:
        """The generated samples of a draw."""
        return draw.once("fake", lambda: self.generate(draw["prior"], draw.rng("generator"), self.codes(draw)))

    def critic_cost(self, draw: Draw, critic: str = "critic") -> Cost:
        """What a critic pays for its scores of ``real`` and ``fake``."""
        codes = self.shown_codes(draw)
        real, fake = self.shown(self.real(draw, critic), True, draw), self.fake(draw, critic)
        if draw.lasting is not None and isinstance(fake, Tensor):  # the graph behind them is the generator's turn's
            fake = fake.detach()
        fake = self.shown(fake, False, draw)
        seen, seen_fake = self.compare(real, fake, draw, critic)
        sees = self.objective.critic_sees
        sides = tuple(each_alone(getattr(each, sees), sees) for each in (seen, seen_fake))
        for i, each in enumerate(self.inputs):
            sides = each.sides(*sides, draw.rng(f"input-{i}/sides"))
        sides = self.gathered(draw, *sides)
        value, parts = self.objective.critic(*sides).mean(), self.objective.parts(*sides)
        if self.conditioning is not None:
            extra = self.conditioning.critic_cost(seen.features, seen_fake.features, codes)
            value, parts = added(value, parts, extra)
        scores = {"real_score": one_each(seen.scores), "fake_score": one_each(seen_fake.scores)}
        out = {"real": real, "fake": fake, **scores}
        kept = {"real_side": sides[0], "fake_side": sides[1], "fake_features": seen_fake.features}
        return Cost(value, out | self.views(codes, critic) | kept, parts)

    def generator_cost(self, draw: Draw, critic: str = "critic") -> Cost:
        """What those who made ``fake`` pay for a critic's scores of it."""
        codes, raw, seen, real = self.shown_codes(draw), self.fake(draw, critic), None, ()
        fake, sees = self.shown(raw, False, draw), self.objective.generator_sees
        if self.meets_real or draw.memo is not None:
            seen, seen_fake = self.compare(self.shown(self.real(draw, critic), True, draw), fake, draw, critic)
            real = (each_alone(getattr(seen, sees), sees),) if self.objective.generator_needs_real else ()
        else:
            seen_fake = self.see(fake, draw.rng("cost"), codes, critic)
        sides = each_alone(getattr(seen_fake, sees), sees), *real
        if real:
            sides = self.gathered(draw, *sides)
        value, parts = self.objective.generator(*sides).mean(), {}
        if self.conditioning is not None:
            value, parts = added(value, parts, self.conditioning.generator_cost(seen_fake.features, codes))
        out = {"latent": draw.get("prior"), "fake": raw, "fake_score": one_each(seen_fake.scores)}
        out["real_score"] = None if seen is None else one_each(seen.scores)
        out["generator"] = lambda z: self.generate(z, draw.rng("generator"), self.codes(draw))
        if hasattr(self.generator, "synthesise"):  # between its latents and its samples there are styles
            out["styles"] = lambda z: self.generator.styles(self.coded(z, self.codes(draw)), draw.rng("generator"))
            out["synthesis"] = lambda styles: self.generator.synthesise(styles, draw.rng("generator"))
        for name, view in self.views(codes, critic).items():  # penalties of this side bring samples as they are made
            out[name] = lambda x, rng=None, view=view: view(self.shown(x, False, draw), rng)
        return Cost(value, out, parts)

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        if self.conditioning is not None and condition is None:
            condition = self.conditioning.chance(n, rng)
        z = self.prior.sample(n, rng).to(next(self.parameters()).dtype)
        return self.generate(z, rng, condition)

    def sample_at(self, z: Tensor, rng: Rng, condition: Any = None) -> Any:
        return self.generate(z, rng, condition)


def added(
    value: Tensor, parts: Mapping[str, Tensor], extra: Mapping[str, Tensor]
) -> tuple[Tensor, Mapping[str, Tensor]]:
    """A cost with what the conditioning asks for besides."""
    for each in extra.values():
        value = value + each
    return value, {**parts, **extra}
