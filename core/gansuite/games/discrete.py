"""An adversarial game whose samples are made of choices: tokens, edges, atoms; any estimator carries the gradient."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.estimator import Relaxation, ScoreFunction
from gansuite.games.adversarial import Seen
from gansuite.games.choices import Choices, shares_of
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32

ROWS = 1 << 18
"""Choices that the critic judges at a time where no gradient is wanted."""
Weight = Annotated[float, Ge(0)]
Rounds = Annotated[int, Ge(0)]


class Discrete(Choices, Gan):
    """A generator of discrete samples against a critic, after as much pre-training of either as is asked for.

        likelihood: -E log p(x);   critic: E objective.critic(D(x), D(G));
        generator: E objective.generator(D(y)), y relaxed, where the estimator is a relaxation,
                   -E r(x), x drawn, where it is a score function, with rewards r shared out by ``credit``

    plus ``likelihood`` times the cost of that turn and ``anchor`` times Σ_t KL(p_t ‖ q_t), q the generator as the game
    began, both taken along the generator's own samples.

    Args:
        estimator: how the gradient crosses the choices.
        reward: of a score, for score functions.
        credit: what each choice earns of it.
        pretraining: rounds of the run that move the generator by likelihood, then the critic on its samples.
        likelihood: weight of -E log p(x) in the generator's turn.
        anchor: weight of the divergence from the pre-trained generator.

    Source: Williams (1992); Yu et al., SeqGAN (2017); Jang, Gu & Poole (2017); Ziegler et al. (2019) for the anchor.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "critic": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("likelihood", "critic", "generator")
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        "likelihood": frozenset({"real"}),
        "critic": Gan.provides["critic"],
        "generator": frozenset({"latent", "fake", "score", "features", "fake_score"}),
    }
    maps_latents: ClassVar[bool] = False
    foretells: ClassVar[bool] = False  # a subclass that predicts what is to come has its own ``reward_cost``

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        estimator: Annotated[Any, Ref("estimator")] = "reinforce",
        reward: Annotated[Any, Ref("reward")] | None = None,
        credit: Annotated[Any, Ref("credit")] = "whole",
        pretraining: dict[str, Rounds] = {},  # noqa: B006 - never mutated
        likelihood: Weight = 0.0,
        anchor: Weight = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, **options)
        self.estimator, self.reward, self.credit = estimator, reward, credit
        self.pretraining = pretraining
        self.likelihood, self.anchor = likelihood, anchor
        self.adversarial_rounds = 0
        if "binary" in estimator.needs and self.generator.alternatives != 2:
            raise UserError(
                f"estimator: {type(estimator).__name__} is for two alternatives a choice, and this generator has "
                f"{self.generator.alternatives}; take rebar, or reinforce"
            )
        if "factorised" in estimator.needs and not self.generator.factorised:
            raise UserError(
                f"estimator: {type(estimator).__name__} needs choices that do not depend on each other, and this "
                "generator makes one after the other; take reinforce, or a relaxation"
            )
        if "factorised" in estimator.needs:
            estimator.prepare(math.prod(networks.spec.shape), self.generator.alternatives)
        self.scores_choices = getattr(self.critic, "scores", "sample") == "choices"
        self.several = getattr(self.critic, "scores", "sample") != "sample"
        if credit.per_choice and not self.scores_choices:
            raise UserError(
                "credit: this credit needs a critic that scores every choice; choose such a critic, or whole"
            )
        if self.scores_choices and not self.objective.separable:
            raise UserError(
                "objective: a critic that scores every choice needs a separable one, such as non-saturating"
            )
        if self.several and (self.reads_features or len(self.inputs)):
            raise UserError(
                "this critic gives several scores a sample: leave out inputs and whatever reads its features"
            )
        if self.reads_features and self.conditioning is not None and self.conditioning.attached:
            raise UserError(
                "conditioning: the critic of this one is told the label beside its features, which something else "
                "reads here; take projection or auxiliary-classifier"
            )
        if self.relaxed:  # real tokens are looked up, relaxed ones multiplied: two calls are cheaper than one
            self.one_call = dict.fromkeys(self.one_call, self.shuffles)
        self.couples_batch = bool(reward is not None and reward.couples)  # refused where ranks share a batch
        self.predicts = getattr(getattr(estimator, "baseline", None), "kind", "") == "critic"
        if self.predicts and not (self.foretells or hasattr(self.generator, "values")):
            raise UserError('estimator: the baseline "critic" needs a generator that predicts values; take rloo')
        self.softens = any(getattr(penalty, "per_sample", False) for penalty in self.terms())
        self.before = frozen(self.generator) if estimator.replays > 1 else None
        self.anchored: Any = frozen(self.generator) if anchor else None

    @property
    def relaxed(self) -> bool:
        """Whether the critic is shown points of the simplex instead of choices."""
        return isinstance(self.estimator, Relaxation)

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        estimator, unknown = options["estimator"], sorted(set(options["pretraining"]) - {"likelihood", "critic"})
        if unknown:
            raise UserError(f"pretraining: there is no turn {unknown[0]!r} to train before; likelihood and critic are")
        if "rewards" not in estimator.needs and (options["reward"] is not None or options["credit"].per_choice):
            raise UserError(
                f"reward: the estimator {type(estimator).__name__} differentiates the critic and has no use of "
                "rewards; leave reward and credit out, or take reinforce"
            )
        if "continuous" in estimator.needs:
            raise UserError("estimator: this one is for choices that are real numbers; take reinforce, or a relaxation")
        if "weights" in estimator.needs and not getattr(options["reward"], "positive", False):
            raise UserError(
                f'estimator: {type(estimator).__name__} weighs samples by a density ratio: add reward = "density-ratio"'
            )
        if options["reward"] is not None and options["reward"].couples and options["credit"].continues:
            raise UserError(
                "reward: ranks are of whole samples, not of ends; take the credit whole, or the game leakgan"
            )
        if "rewards" not in estimator.needs and options["credit"].continues:
            raise UserError("credit: roll-outs are for estimators of rewards, such as reinforce")

    def stages(self, steps: int) -> Sequence[tuple[str, int, tuple[str, ...]]]:
        before = {name: self.pretraining.get(name, 0) for name in ("likelihood", "critic")}
        self.adversarial_rounds = steps - sum(before.values())
        if self.adversarial_rounds < 1:
            raise UserError(
                f"[game] pretraining takes {sum(before.values())} of [train] steps = {steps} and leaves none for the "
                "game; raise steps"
            )
        stages = [(f"{name}-pretraining", rounds, (name,)) for name, rounds in before.items() if rounds]
        return [*stages, ("train", self.adversarial_rounds, ("critic", "generator"))]

    def movers(self, turn: str) -> tuple[str, ...]:
        return ("generator",) if turn == "likelihood" else (turn,)

    def owned(self, player: str) -> list[nn.Module]:
        return [*super().owned(player), *([self.estimator] if player == "generator" else [])]

    def draws(self, turn: str) -> tuple[str, ...]:
        if turn == "likelihood" or (turn == "generator" and self.likelihood):
            return ("data", "prior")
        return super().draws(turn)

    # The turns.

    def cost_likelihood(self, draw: Draw) -> Cost:
        """-E log p(x)."""
        codes = self.codes(draw)
        return self.likelihood_cost(draw, self.read(draw, codes), codes)

    def cost_generator(self, draw: Draw) -> Cost:
        """E objective.generator(D(y)) or -E r(x), and what else the generator is held to."""
        cost = self.generator_cost(draw)
        value, parts = cost.value, dict(cost.parts)
        if self.likelihood:
            parts["likelihood"] = self.cost_likelihood(draw).value
            value = value + self.likelihood * parts["likelihood"]
        if self.anchored is not None and draw.index:
            parts["anchor"] = self.drift(draw, self.hard(cost.out["fake"]))
            value = value + self.anchor * parts["anchor"]
        return cost._replace(value=value, parts=parts)

    def generator_cost(self, draw: Draw, critic: str = "critic") -> Cost:
        if isinstance(self.estimator, ScoreFunction):
            return self.reward_cost(draw)
        if "factorised" in self.estimator.needs:
            return self.factorised_cost(draw)
        if not self.several:
            return super().generator_cost(draw, critic)
        fake = self.fake(draw)
        return Cost(self.priced(fake, draw), {"latent": draw.get("prior"), "fake": fake} | self.views(None))

    def critic_cost(self, draw: Draw, critic: str = "critic") -> Cost:
        if not self.several:
            return super().critic_cost(draw, critic)
        real, fake, rng, codes = self.real(draw), self.fake(draw), draw.rng("cost"), self.codes(draw)
        scores, fake_scores = self.all_scores(real, rng, codes), self.all_scores(fake, rng, codes)
        if self.scores_choices:
            own = each(self.objective.on_real, scores) * shares_of(self.generator.mask(real), draw)
            others = each(self.objective.on_fake, fake_scores) * shares_of(self.generator.mask(fake), draw)
            value = own.mean() + others.mean()
        else:
            value = self.objective.critic(*self.gathered(draw, scores.flatten(), fake_scores.flatten())).mean()
        sides = {"real_score": self.averaged(scores, real), "fake_score": self.averaged(fake_scores, fake)}
        out = {"real": real, "fake": fake, **sides, "real_side": sides["real_score"], "fake_side": sides["fake_score"]}
        return Cost(value, out | self.views(codes))

    def reward_cost(self, draw: Draw) -> Cost:
        """-E r(x), through a score function."""
        codes = self.codes(draw)
        z, lagging = self.read(draw, codes), bool(draw.index % self.estimator.replays)
        x = self.drawn(draw, self.before if lagging else self.generator)
        mask = self.generator.mask(x)
        with torch.no_grad():
            reward = self.earned(x, mask, z, codes, draw)
        log_prob, parts, values, old = self.log_probs(x, z, codes), dict[str, Tensor](), None, None
        if self.predicts:
            values, parts["value"] = self.foretold(x, mask, z, -reward)
        if lagging:
            with torch.no_grad():
                old = self.log_probs(x, z, codes, by=self.before)
        elif self.estimator.replays > 1:
            old = log_prob.detach()
        # Estimators that compare samples compare those of all ranks.
        sides = [log_prob, -reward, mask, values, old]
        log_prob, cost, everywhere, values, old = (None if side is None else draw.gather(side) for side in sides)
        value = self.estimator.surrogate(log_prob, cost, everywhere, old_log_prob=old, values=values)
        out = {"latent": draw.get("prior"), "fake": x, "fake_score": None, "reward": reward, "mask": mask}
        told = self.averaged(reward, x)
        told = {"reward": told.mean(), "spread": told.std(correction=0)}
        return Cost(value + parts.get("value", 0.0), out | self.views(codes), told | parts)

    def foretold(self, x: Tensor, mask: Tensor, z: Tensor, cost: Tensor) -> tuple[Tensor, Tensor]:
        """The generator's predictions of what is to come, [n, c], and ½ E (prediction - cost)², which it also pays."""
        values = at_least_fp32(self.generator.values(x, z))
        error = (values - (cost if cost.dim() == 2 else cost.unsqueeze(1))).square()
        return values.detach(), 0.5 * torch.where(mask, error, 0.0).sum(1).mean() / mask.sum(1).float().mean()

    def factorised_cost(self, draw: Draw) -> Cost:
        """E objective.generator(D(x)), through an estimator that is given the logits of all choices at once."""
        codes, rng = self.codes(draw), draw.rng("generator")
        z = self.read(draw, codes)
        logits = at_least_fp32(self.generator.logits(None, z, codes))
        paid: list[Tensor] = []

        def cost(y: Float[Tensor, "m c k"]) -> Float[Tensor, " m"]:
            paid.append(y)
            times = None if codes is None else codes.repeat(len(y) // len(codes), 1)
            return self.objective.generator(self.see(y, None, times).scores)

        value = self.estimator.surrogate_of(logits, cost, rng)
        return Cost(value, {"latent": draw.get("prior"), "fake": paid[0][: len(logits)].detach()} | self.views(codes))

    # What the turns are made of.

    def read(self, draw: Draw, codes: Tensor | None) -> Tensor:
        """What the generator reads on a draw."""
        z = draw["prior"]
        return z if codes is None or self.conditioning is None else self.conditioning.join(z, codes)

    def temperature(self, draw: Draw) -> float:
        """Of a relaxation, in this round of the game proper."""
        begun = draw.round - sum(self.pretraining.values())
        return self.estimator.temperature_at(max(begun, 0), self.adversarial_rounds)

    def generated(self, draw: Draw) -> Tensor:
        if not self.relaxed:
            return self.drawn(draw, self.generator)
        choose = partial(self.estimator.choose, temperature=self.temperature(draw))
        codes = self.codes(draw)
        make = lambda: self.generator(self.read(draw, codes), codes, draw.rng("generator"), choose)  # noqa: E731
        return draw.once("fake", make)

    def drawn(self, draw: Draw, generator: Any) -> Int64[Tensor, "n c"]:
        """Samples of a draw, without a graph."""
        codes = self.codes(draw)
        with torch.no_grad():
            return draw.once("fake", lambda: generator.sample(self.read(draw, codes), codes, draw.rng("generator")))

    def real(self, draw: Draw, critic: str = "critic") -> Tensor:
        return self.soft(super().real(draw, critic))

    def fake(self, draw: Draw, critic: str = "critic") -> Tensor:
        return self.soft(self.generated(draw))

    def soft(self, x: Tensor) -> Tensor:
        """The samples in the simplex, where a penalty differentiates by them."""
        space: Any = self.space
        return space.relaxed(x) if self.softens else x

    def hard(self, x: Tensor) -> Int64[Tensor, "n c"]:
        """The likeliest choices of relaxed samples."""
        return x.detach().argmax(-1) if x.is_floating_point() else x

    def all_scores(self, x: Tensor, rng: Rng | None, codes: Tensor | None) -> Float[Tensor, "n m"]:
        """Every score of a critic that gives several."""
        condition = codes if self.conditioning is not None and self.conditioning.attached else None
        return at_least_fp32(self.critic(x, condition, rng))

    def averaged(self, scores: Tensor, x: Tensor) -> Float[Tensor, " n"]:
        """One number a sample: the mean over its choices, or over its scores."""
        if scores.dim() == 1:
            return scores
        if scores.shape[1] != x.shape[1]:
            return scores.mean(1)
        mask = self.generator.mask(x)
        return torch.where(mask, scores, 0.0).sum(1) / mask.sum(1)

    def see(self, x: Any, rng: Rng | None = None, codes: Tensor | None = None, critic: str = "critic") -> Seen:
        if not self.several:
            return super().see(x, rng, codes, critic)
        return Seen(x, self.averaged(self.all_scores(x, rng, codes), x))

    def priced(self, fake: Tensor, draw: Draw) -> Float[Tensor, ""]:
        """What the generator pays for relaxed samples to a critic that gives several scores."""
        rng, codes, real = draw.rng("cost"), self.codes(draw), ()
        scores = self.all_scores(fake, rng, codes)
        if self.scores_choices:
            return (each(self.objective.generator, scores) * shares_of(self.generator.mask(fake), draw)).mean()
        if self.objective.generator_needs_real:
            real = (self.all_scores(self.real(draw), rng, codes).flatten(),)
        return self.objective.generator(*self.gathered(draw, scores.flatten(), *real)).mean()

    def earned(self, x: Tensor, mask: Tensor, z: Tensor, codes: Tensor | None, draw: Draw) -> Tensor:
        """Rewards of the samples, shared out; the critic judges without drop-out."""
        rng = draw.rng("reward")

        def reward_of(y: Int64[Tensor, "m c"]) -> Tensor:
            rows = max(1, ROWS // y.shape[1])
            times = None if codes is None else repeated(codes, len(y), y.shape[1] - 1)
            coded = [None] * len(y) if times is None else times.split(rows)
            parts = zip(y.split(rows), coded, strict=False)
            if self.several:
                scores = torch.cat([self.all_scores(part, None, code) for part, code in parts])
                return self.rewarded(scores, lambda: each(self.objective.generator, scores), rng)
            seen = Seen(y, *map(joined, zip(*(self.see(part, None, code)[1:] for part, code in parts), strict=True)))
            return self.rewarded(seen.scores, lambda: self.price(seen, draw), rng)

        proceed = lambda n: self.generator.continued(x, z, codes, draw.rng("rollouts"), n)  # noqa: E731
        return self.credit(x, mask, reward_of, proceed)

    def rewarded(self, scores: Tensor, price: Callable[[], Tensor], rng: Rng) -> Tensor:
        """The reward of scores; what the objective itself would pay, unless the recipe says otherwise."""
        return -price() if self.reward is None else self.reward(scores, price, rng)

    def price(self, seen: Seen, draw: Draw) -> Float[Tensor, " m"]:
        """The generator's side of the objective for samples that were drawn, one number each."""
        side = getattr(seen, self.objective.generator_sees)
        if not self.objective.generator_needs_real:
            return self.objective.generator(side)
        real = self.see(super().real(draw), None, self.codes(draw))
        sees = getattr(real, self.objective.generator_sees)
        return self.objective.generator(side, draw.gather(sees) if self.objective.joint else sees)

    def drift(self, draw: Draw, x: Int64[Tensor, "n c"]) -> Float[Tensor, ""]:
        """Σ_t KL(p(. | x_<t) ‖ q(. | x_<t)) along the generator's samples: exact at each place, of sampled places."""
        codes = self.codes(draw)
        z = self.read(draw, codes)
        p = at_least_fp32(self.generator.logits(x, z, codes)).log_softmax(-1)
        with torch.no_grad():
            q = at_least_fp32(self.anchored.logits(x, z, codes)).log_softmax(-1)
        apart = (p.exp() * (p - q)).sum(-1)
        return torch.where(self.generator.mask(x), apart, 0.0).sum(1).mean()

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        if turn == "likelihood":
            return
        super().after(turn, draw, out)
        if turn == "generator":
            if "reward" in out:
                self.estimator.after(-draw.gather(out["reward"]), draw.gather(out["mask"]))
            if self.before is not None and draw.index % self.estimator.replays == 0:
                self.before.load_state_dict(self.generator.state_dict())
            if self.anchored is not None and draw.index == 0:  # asked for before the move: still as the game began
                self.anchored.load_state_dict(self.generator.state_dict())


def each(side: Callable[[Tensor], Tensor], scores: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]:
    """A side of an objective, of every score by itself."""
    return side(scores.flatten()).view_as(scores)


def joined(parts: Sequence[Tensor | None]) -> Any:
    """One tensor of its parts; None where there are none."""
    return None if parts[0] is None else torch.cat([part for part in parts if part is not None])


def repeated(codes: Tensor, rows: int, begun: int) -> Tensor:
    """The codes of samples, or of their ends: rows in the order of ``Continue``, [begun, samples, n]."""
    if rows == len(codes):
        return codes
    return codes.repeat_interleave(rows // (len(codes) * begun), 0).repeat(begun, 1)


def frozen(network: nn.Module) -> Any:
    """A copy that nobody moves."""
    return deepcopy(network).requires_grad_(False)
