"""LeakGAN: the generator overhears the critic's features of what it has written (Guo et al. 2018)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.estimator import ScoreFunction, log_prob_of
from gansuite.games.discrete import Discrete
from gansuite.games.game import Cost, Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32

from ..networks.leaky import Leak, aimed, intrinsic

Weight = Annotated[float, Ge(0)]


class LeakGan(Discrete):
    """A manager learns goals that lead to what the critic likes, a worker to write what leads to the goals.

    With Q_t what the ``credit`` gives the t-th token of a text that was written, f and g the critic's features and the
    goals along it, and r_t = 1/c Σ_i cos(f_t - f_(t-i), g_(t-i)) how well the t-th token obeyed the last c goals:

        manager:    -E Σ_t Q_t cos(f_(t+c) - f_t, g_t)
        worker:     -E Σ_t (``intrinsic`` r_t + ``extrinsic`` Q_t), through the estimator
        likelihood: -E_data log p(x) for the worker, -E_data Σ_t cos(f_(t+c) - f_t, g_t) for the manager
        critic:     E objective.critic(D(x), D(G))

    The two halves of the generator share one turn, and neither cost reaches the other half. In pre-training each round
    plays likelihood and critic, for the generator is steered by features and must follow them as they are learnt; in
    the game every ``interleave``-th of the generator's moves is one of likelihood. A reward that compares samples
    (``rescaled``) is applied to Q, place by place, so that roll-outs are averaged first, as published.

    Args:
        intrinsic: weight of the intrinsic reward; the paper's worker has no other.
        extrinsic: weight of Q for the worker.
        interleave: every so many of the generator's moves are by likelihood; 0: none.
        pretraining: ``likelihood``: rounds of pre-training.

    Raises:
        UserError: no score function as estimator, or a generator or critic that cannot leak.

    Source: eq. 3-12 of the paper; sections 3.2 and 3.3.
    """

    reads_features = True
    sampled: ClassVar[tuple[str, ...]] = ("generator", "critic")
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        "likelihood": frozenset({"real"}),
        "critic": Gan.provides["critic"],
        "generator": frozenset(),
    }

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        reward: Annotated[Any, Ref("reward")] | None = "rescaled",
        intrinsic: Weight = 1.0,
        extrinsic: Weight = 0.0,
        interleave: Annotated[int, Ge(0)] = 15,
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, reward=reward, **options)
        self.intrinsic, self.extrinsic, self.interleave = intrinsic, extrinsic, interleave

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        self.critic = networks.make("critic", spec=shown)
        if not hasattr(self.critic, "features"):
            raise UserError(
                "leakgan shows the critic's features to the generator, and this critic has none; choose another"
            )
        self.generator = networks.make("generator", prior=Leak(latent.size, self.critic))
        if not hasattr(self.generator, "told"):
            raise UserError('[players.generator] leakgan needs a generator that listens to the critic: name = "leaky"')

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        estimator = options["estimator"]
        if not isinstance(estimator, ScoreFunction) or estimator.replays > 1:
            raise UserError("estimator: leakgan pays its worker by rewards, one move for each sample; take reinforce")
        if "critic" in options["pretraining"]:
            raise UserError("pretraining: leakgan trains its critic in every round of likelihood; leave critic out")

    def stages(self, steps: int) -> Sequence[tuple[str, int, tuple[str, ...]]]:
        stages = super().stages(steps)
        return [(n, k, ("critic", "likelihood") if n == "likelihood-pretraining" else turns) for n, k, turns in stages]

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data", "prior") if turn == "generator" and self.interleave else super().draws(turn)

    def cost_likelihood(self, draw: Draw) -> Cost:
        """-E log p(x) of the worker, -E Σ_t cos(f_(t+c) - f_t, g_t) of the manager, both a token."""
        x = draw["data"]
        told, mask = self.generator.told(x), self.generator.mask(x)
        length = draw.gather(mask.sum(1).float()).mean()
        log_prob = torch.where(mask, log_prob_of(at_least_fp32(told.logits), x), 0.0)
        worker = -log_prob.sum(1).mean() / length
        manager = -torch.where(mask, aimed(told, self.generator.horizon), 0.0).sum(1).mean() / length
        return Cost(worker + manager, {"real": x}, {"worker": worker, "manager": manager})

    def cost_generator(self, draw: Draw) -> Cost:
        """The costs of manager and worker, or those of likelihood where it is their turn."""
        if self.interleave and draw.index % self.interleave == self.interleave - 1:
            return self.cost_likelihood(draw)
        return super().cost_generator(draw)

    def reward_cost(self, draw: Draw) -> Cost:
        """-E Σ_t Q_t cos(f_(t+c) - f_t, g_t) of the manager, -E Σ_t (α r_t + β Q_t) of the worker."""
        z, x = self.read(draw, None), self.drawn(draw, self.generator)
        mask, step = self.generator.mask(x), self.generator.horizon
        with torch.no_grad():
            earned = self.earned(x, mask, z, None, draw)
            q = earned if earned.dim() == 2 else earned.unsqueeze(1).expand_as(mask)
        told = self.generator.told(x)
        obeyed, aim = intrinsic(told, step), aimed(told, step)
        manager = -torch.where(mask, q * aim, 0.0).sum(1).mean()
        log_prob = torch.where(mask, log_prob_of(at_least_fp32(told.logits), x), 0.0)
        reward = self.intrinsic * obeyed + self.extrinsic * q
        # Estimators that compare samples compare those of all ranks.
        sides = (draw.gather(side) for side in (log_prob, -reward, mask))
        worker = self.estimator.surrogate(*sides)
        out = {"latent": draw.get("prior"), "fake": x, "fake_score": None, "reward": reward, "mask": mask}
        parts = {"manager": manager, "worker": worker, "reward": self.averaged(q, x).mean()}
        parts |= {"aimed": self.averaged(aim, x).mean(), "obeyed": self.averaged(obeyed, x).mean()}
        return Cost(manager + worker, out | self.views(None), parts)

    def earned(
        self, x: Int64[Tensor, "n c"], mask: Bool[Tensor, "n c"], z: Tensor, codes: Tensor | None, draw: Draw
    ) -> Float[Tensor, " n"] | Float[Tensor, "n c"]:
        """Q, compared between samples when it has been shared out, where the reward compares."""
        q = super().earned(x, mask, z, codes, draw)
        return q if self.comparing is None else self.comparing(q, lambda: -q, draw.rng("comparison"))

    def rewarded(self, scores: Tensor, price: Callable[[], Tensor], rng: Rng) -> Tensor:
        """The reward of scores; what is to be compared later is the probability of being real."""
        return super().rewarded(scores, price, rng) if self.comparing is None else scores.sigmoid()

    @property
    def comparing(self) -> Any:
        """The reward, where it depends on the other samples; else None."""
        return self.reward if self.reward is not None and self.reward.couples else None
