"""An adversarial game whose samples are made of choices: tokens, edges, atoms; any estimator carries the gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.estimators.estimator import Relaxation, ScoreFunction
from gansuite.games.combinations import check_networks, check_options
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.games.rewarded import Rewarded
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32

ROWS = 1 << 18
"""Choices that the critic judges at a time where no gradient is wanted."""
Weight = Annotated[float, Ge(0)]
Rounds = Annotated[int, Ge(0)]


class Discrete(Rewarded):
    """A generator of discrete samples against a critic, after as much pre-training of either as is asked for.

        likelihood: -E log p(x);   critic: E objective.critic(D(x), D(G));
        generator: E objective.generator(D(y)), y relaxed, where the estimator is a relaxation,
                   -E r(x), x drawn, where it is a score function, with rewards r shared out by ``credit``

    plus ``likelihood`` times the cost of that turn and ``anchor`` times Σ_t KL(p_t ‖ q_t), q the generator as the game
    began, both taken along the generator's own samples, whose beginnings are held: they have no gradient of it. A
    critic with several scores a sample, or one for each choice, rewards the sample with their mean, unless the credit
    is ``per-choice``. Moves that an estimator replays (PPO) are made on fresh samples of the generator before them.

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
        self.scores_choices = getattr(self.critic, "scores", "sample") == "choices"
        self.several = getattr(self.critic, "scores", "sample") != "sample"
        kind = getattr(getattr(estimator, "baseline", None), "kind", "none")
        self.predicts = kind == "critic"
        check_networks(self)
        if "factorised" in estimator.needs:
            estimator.prepare(math.prod(networks.spec.shape), self.generator.alternatives)
        if self.relaxed:  # real tokens are looked up, relaxed ones multiplied: two calls are cheaper than one
            self.one_call = dict.fromkeys(self.one_call, self.shuffles)
        self.couples_batch = bool(reward is not None and reward.couples)  # refused where ranks share a batch
        credit.beside(kind)
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
        check_options(options)

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
        return self.priced_cost(draw)

    def critic_cost(self, draw: Draw, critic: str = "critic") -> Cost:
        if not self.several:
            return super().critic_cost(draw, critic)
        return self.scores_cost(draw)

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
            if self.anchored is not None:  # should the first move of the game be passed over (on_nan = "skip")
                self.anchored.load_state_dict(self.generator.state_dict())
            return
        super().after(turn, draw, out)
        if turn == "generator":
            if "reward" in out:
                self.estimator.after(-draw.gather(out["reward"]), draw.gather(out["mask"]))
            if self.before is not None and draw.index % self.estimator.replays == 0:
                self.before.load_state_dict(self.generator.state_dict())
            if self.anchored is not None and draw.index == 0:  # asked for before the move: still as the game began
                self.anchored.load_state_dict(self.generator.state_dict())


def frozen(network: nn.Module) -> Any:
    """A copy that nobody moves."""
    return deepcopy(network).requires_grad_(False)
