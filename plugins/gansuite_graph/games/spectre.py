"""SPECTRE: three games in a row, of eigenvalues, of eigenvectors and of graphs (Martinkus et al. 2022)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple

import torch
from annotated_types import Ge, Gt, Le
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import relu

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw, Game, weighted
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32

from ..dense import Dense
from ..networks.spectre.spectrum import Spectrum, order, spectrum

FINAL = 1 / 16
"""τ of the choice of a frame at the end; it begins at 1."""


class Side(NamedTuple):
    """What a critic is shown of one side: tensors, and the nodes that there are."""

    parts: tuple[Tensor, ...]
    mask: Float[Tensor, "n N"]


class Compared(NamedTuple):
    """The two sides of one of the games, and how its critic reads them."""

    name: str
    score: Callable[[Side], Float[Tensor, " n"]]
    real: Side
    fake: Side


class Spectre(Game):
    """One game each for λ, U | λ and A | λ, U, where (λ, U) are the first eigenpairs of the Laplacian of graph A:

        critics:     Σ_s E objective.critic(D_s(x), D_s(x̃)) + ``drift`` E D_s(x)² + ``slope`` E max(‖∇D_s(x̂)‖ - 1, 0)²
        generators:  Σ_s E objective.generator(D_s(x̃)) + ``spread`` E KL(p_c ‖ uniform)

    with p_c the law of the frame that U begins with. A network is given what came before of a real graph with
    probability p, and else what the network before it made, without a gradient (teacher forcing): p = 1 for ``warm_up``
    rounds, then it falls to ``forced`` along half a cosine in ``over`` rounds. The critic is shown what was given. Each
    generated graph has the nodes of the real one in its row; in samples their number is the prior's.

    x̂ lies at a uniform place between a generated and a real sample whose nodes are sorted by their eigenvectors; the
    slope is by all that the critic is shown of them, one norm for a graph. Graphs go to the critic as the ``estimator``
    has it, by default as probabilities; samples are the likeliest types, for which the noise of nodes is enough.

    Args:
        objective: the pair of costs.
        estimator: what the critic is shown in the place of a choice.
        slope: weight of the penalty on slopes above 1.
        drift: weight of E D(x)².
        spread: weight of KL(p_c ‖ uniform).
        forced: p at the end.
        warm_up: rounds before p falls.
        over: rounds in which it falls; absent: all that are left.
        cooling: rounds in which the temperature of the choice of a frame falls geometrically from 1 to 1/16.

    Raises:
        UserError: the two players do not make and judge as many eigenvectors, or the estimator is no relaxation.

    Source: section 4; 5, 1e-3, 5e-4 and 0.8 in the authors' code.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "critic": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("critic", "generator")
    provides: ClassVar[Mapping[str, frozenset[str]]] = {"critic": frozenset(), "generator": frozenset()}
    generator: Any
    critic: Any
    objective: Any

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "wasserstein",
        estimator: Annotated[Any, Ref("estimator")] = "softmax",
        slope: Annotated[float, Ge(0)] = 5.0,
        drift: Annotated[float, Ge(0)] = 1e-3,
        spread: Annotated[float, Ge(0)] = 5e-4,
        forced: Annotated[float, Ge(0), Le(1)] = 0.8,
        warm_up: Annotated[int, Ge(0)] = 0,
        over: Annotated[int, Gt(0)] | None = None,
        cooling: Annotated[int, Gt(0)] = 1000,
    ) -> None:
        super().__init__(space)
        self.spec, self.prior, self.objective, self.estimator = networks.spec, prior, objective, estimator
        self.slope, self.drift, self.spread = slope, drift, spread
        self.forced, self.warm_up, self.over, self.cooling = forced, warm_up, over, cooling
        self.rounds = 1
        self.generator, self.critic = networks.make("generator"), networks.make("critic")
        if getattr(self.generator, "k", None) != getattr(self.critic, "k", 0):
            raise UserError("[players] spectre is played by generator and critic spectre, of as many eigenvectors")

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        objective = options["objective"]
        if not objective.separable or objective.critic_sees != "scores":
            raise UserError("objective: spectre judges each sample by its score; take wasserstein or hinge")
        if "relaxed" not in options["estimator"].needs:
            raise UserError("estimator: the critics of spectre read relaxed graphs; take softmax")

    def stages(self, steps: int) -> Sequence[tuple[str, int, tuple[str, ...]]]:
        self.rounds = steps
        return super().stages(steps)

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data", "prior")

    # The schedules.

    def teacher(self, round: int) -> float:
        """p: how often a network is given what is real."""
        share = min(max(round - self.warm_up, 0) / max(self.over or self.rounds - self.warm_up, 1), 1.0)
        return self.forced + (1 - self.forced) * 0.5 * (1 + math.cos(math.pi * share))

    def temperature(self, round: int) -> float:
        """τ of the choice of a frame: FINAL^(round / cooling)."""
        return FINAL ** min(round / self.cooling, 1.0)

    # What is compared.

    def compared(self, draw: Draw) -> tuple[list[Compared], Float[Tensor, ""]]:
        """The real and the generated side of each of the three games, and KL(p_c ‖ uniform)."""
        return draw.once("compared", lambda: self.compare(draw))

    def compare(self, draw: Draw) -> tuple[list[Compared], Float[Tensor, ""]]:
        dtype = next(self.generator.parameters()).dtype
        graphs = self.spec.dense(draw["data"]).to(dtype)
        mask, noise = graphs.mask, self.generator.nodes(draw["prior"].to(dtype))
        true = Spectrum(*(each.to(dtype) for each in spectrum(graphs.adjacency, mask, self.generator.k)))
        real = draw.rng("forced").uniform(len(mask), 2) < self.teacher(draw.round)

        values = self.generator.values(noise, mask).to(dtype)
        known = either(real[:, 0], true.values, values.detach())
        vectors, logits = self.generator.vectors(known, noise, mask, draw.rng("frame"), self.temperature(draw.round))
        made = Spectrum(known, vectors.detach())
        given = Spectrum(*(either(real[:, 1], a, b) for a, b in zip(true, made, strict=True)))
        choices = self.generator.logits(given, noise, mask)
        temperature = self.estimator.temperature_at(draw.round, self.rounds)
        fake = self.spec.dense(self.estimator.choose(choices, draw.rng("choice"), temperature)).to(dtype)

        of = self.critic
        games = [
            Compared(
                "eigenvalues",
                lambda side: of.eigenvalues(*side.parts, side.mask),
                Side((true.values,), mask),
                Side((values,), mask),
            ),
            Compared(
                "eigenvectors",
                lambda side: of.eigenvectors(*side.parts, side.mask),
                Side(tuple(true), mask),
                Side((known, vectors), mask),
            ),
            Compared(
                "adjacency",
                lambda side: of.adjacency(Dense(side.parts[2], side.parts[3], side.mask), Spectrum(*side.parts[:2])),
                Side((*true, graphs.nodes, graphs.edges), mask),
                Side((*given, fake.nodes, fake.edges), mask),
            ),
        ]
        return games, from_uniform(logits)

    # The turns.

    def cost_critic(self, draw: Draw) -> Cost:
        """Σ_s E objective.critic(D_s(x), D_s(x̃)) + drift E D_s(x)² + slope E max(‖∇D_s(x̂)‖ - 1, 0)²."""
        parts, drift, slope = dict[str, Tensor](), [], []
        for each in self.compared(draw)[0]:
            real, fake = (at_least_fp32(each.score(side)) for side in (each.real, each.fake))
            parts[each.name] = self.objective.critic(real, fake).mean()
            drift.append(real.square().mean())
            slope.append(steepness(each, draw.rng(f"path/{each.name}")))
        parts["drift"] = self.drift * torch.stack(drift).sum()
        parts["slope"] = self.slope * torch.stack(slope).sum()
        return Cost(weighted(parts), {}, parts)

    def cost_generator(self, draw: Draw) -> Cost:
        """Σ_s E objective.generator(D_s(x̃)) + spread E KL(p_c ‖ uniform)."""
        games, spread = self.compared(draw)
        parts = {"spread": self.spread * spread}
        for each in games:
            parts[each.name] = self.objective.generator(at_least_fp32(each.score(each.fake))).mean()
        return Cost(weighted(parts), {}, parts)

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        z = self.prior.sample(n, rng).to(next(self.generator.parameters()).dtype)
        return self.sample_at(z, rng)

    def sample_at(self, z: Tensor, rng: Rng, condition: Any = None) -> Any:
        return self.generator.sample(z, rng)


def steepness(game: Compared, rng: Rng) -> Float[Tensor, ""]:
    """E max(‖∇D(x̂)‖ - 1, 0)², x̂ between generated and real samples, their nodes sorted by eigenvectors.

    Source: the one-sided penalty of Petzka et al., On the Regularization of Wasserstein GANs (2018), eq. 8.
    """
    real, fake = (tuple(part.detach() for part in arranged(side).parts) for side in (game.real, game.fake))
    place = rng.uniform(len(game.real.mask))
    points = []
    for a, b in zip(real, fake, strict=True):
        points.append(torch.lerp(b, a, place.to(a.dtype).view(-1, *[1] * (a.dim() - 1))).requires_grad_())
    score = game.score(Side(tuple(points), arranged(game.real).mask))
    gradients = torch.autograd.grad(at_least_fp32(score).sum(), points, create_graph=True)
    square = torch.stack([at_least_fp32(g).flatten(1).square().sum(1) for g in gradients]).sum(0)
    return relu(square.clamp_min(1e-12).sqrt() - 1).square().mean()


def arranged(side: Side) -> Side:
    """A side with its nodes sorted by the eigenvectors, those that are not there last; eigenvalues know no nodes."""
    if len(side.parts) == 1:
        return side
    values, vectors, *graphs = side.parts
    found = order(vectors, side.mask)
    rows = torch.arange(len(found), device=found.device).unsqueeze(1)
    parts = (values, vectors[rows, found])
    if not graphs:
        return Side(parts, side.mask[rows, found])
    sorted_graphs = Dense(graphs[0], graphs[1], side.mask).permuted(found)
    return Side((*parts, sorted_graphs.nodes, sorted_graphs.edges), sorted_graphs.mask)


def from_uniform(logits: Float[Tensor, "n b"]) -> Float[Tensor, ""]:
    """E KL(softmax(logits) ‖ uniform) = E Σ_c p_c log(b p_c)."""
    log_p = at_least_fp32(logits).log_softmax(1)
    return (log_p.exp() * (log_p + math.log(logits.shape[1]))).sum(1).mean()


def either(first: Bool[Tensor, " n"], a: Tensor, b: Tensor) -> Tensor:
    """The rows of a where ``first``, else those of b."""
    return torch.where(first.view(-1, *[1] * (a.dim() - 1)), a, b)
