"""LAPGAN: a Laplacian pyramid of conditional GANs (Denton, Chintala, Szlam & Fergus 2015)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Gt
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.games.adversarial import Seen
from gansuite.games.game import Cost, Draw, Game
from gansuite.games.gan import Gan
from gansuite.games.levels import AtLevel, Everywhere, Played, at_level, sizes_of
from gansuite.games.networks import Networks
from gansuite.games.refinement import Refinement
from gansuite.networks.laplacian import coarser, finer, lowpasses
from gansuite.plugins import Ref
from gansuite.spaces import Space


class LapGan(Game):
    """A game for every level k of the Laplacian pyramid, I_0 = x, I_k = d(I_(k-1)), l_k = u(I_(k+1)):

        level K: a GAN of I_K, whose generator reads z;
        level k: h̃_k = G_k(z_k, l_k), and a critic of l_k + h̃_k against I_k, both given l_k.

        a turn's cost: Σ_k of the levels' costs

    All are trained on real l_k, so no level knows of another: the cost is a sum of K + 1 costs of different
    parameters, and an optimiser that treats each parameter by itself (Adam) does to each game what it would do to it
    alone. A sample starts at Ĩ_K = G_K(z), and Ĩ_k = u(Ĩ_(k+1)) + G_k(z_k, u(Ĩ_(k+1))). The latent is that of the
    coarsest level; the noise of the others are planes of uniform numbers beside l_k.

    Each level has the objective, the penalties, the inputs and the conditioning for itself; weight clipping is the
    player's. ``[players.refiner]`` is a translator with ``output = "none"``, since detail has no bounds of its own.

    Args:
        objective: the pair of costs.
        penalties: terms added to every level's cost, and constraints kept after a move.
        inputs: what is done to the samples before a critic sees them, in this order.
        conditioning: how labels or codes steer all players; absent: not at all.
        levels: K, how often samples are halved.
        planes: of noise beside l_k.
        pairs: whether critics read l_k beside the sample; false: the sum alone, as in the paper.

    Raises:
        UserError: samples have no axes, or such as cannot be halved K times.

    Source: section 3 and algorithm 1.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "refiner": "translator", "critic": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("critic", "generator")
    sampled: ClassVar[tuple[str, ...]] = ("generator", "refiner")
    provides: ClassVar[Mapping[str, frozenset[str]]] = Gan.provides
    judges_samples: ClassVar[bool] = True
    maps_latents: ClassVar[bool] = True
    games: Any  # of Gan, the finest first

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "non-saturating",
        penalties: list[Annotated[Any, Ref("penalty")]] = [],  # noqa: B006 - a recipe's default, never mutated
        inputs: list[Annotated[Any, Ref("input")]] = [],  # noqa: B006
        conditioning: Annotated[Any, Ref("conditioning")] | None = None,
        levels: Annotated[int, Gt(0)] = 2,
        planes: Annotated[int, Gt(0)] = 1,
        pairs: bool = True,
    ) -> None:
        sizes = sizes_of(networks.spec, levels, "lapgan")
        terms = [each for each in penalties if not hasattr(each, "project")]

        def own() -> dict[str, Any]:
            """The options of one more level, whose states are its own."""
            given = copy.deepcopy((terms, objective, inputs, conditioning))
            return dict(zip(("penalties", "objective", "inputs", "conditioning"), given, strict=True))

        games: list[Gan] = []
        for level, axes in enumerate(sizes):
            known = AtLevel(networks, level, axes)
            if level < levels:
                games.append(Refinement(known, prior, space, planes=planes, pairs=pairs, **own()))
            else:
                games.append(Gan(known, prior, space, **own()))
        every = [Everywhere([each.penalties[i] for each in games]) for i in range(len(terms))]
        super().__init__(space, [*every, *(each for each in penalties if hasattr(each, "project"))])
        self.prior, self.levels, self.shape = prior, levels, tuple(networks.spec.shape)
        self.games = nn.ModuleList(games)
        self.group = games[0].group

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        Gan.check(options, batch_size)

    @property
    def finest(self) -> Any:
        """The game of whole samples."""
        return self.games[0]

    @property
    def coarsest(self) -> Any:
        """The game that begins."""
        return self.games[-1]

    @property
    def conditioning(self) -> Any:
        """That of the coarsest level: all have counted the same labels."""
        return self.coarsest.conditioning

    @property
    def objective(self) -> Any:
        """That of the critic of whole samples."""
        return self.finest.objective

    @property
    def inputs(self) -> Any:
        """What the critic of whole samples is shown."""
        return self.finest.inputs

    @property
    def critic(self) -> Any:
        """The critic of whole samples."""
        return self.finest.critic

    def owned(self, player: str) -> list[nn.Module]:
        if player == "critic":
            return [module for game in self.games for module in game.owned("critic")]
        return [self.coarsest.generator] if player == "generator" else [game.generator for game in self.games[:-1]]

    def movers(self, turn: str) -> tuple[str, ...]:
        return ("generator", "refiner") if turn == "generator" else (turn,)

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data", "prior")

    def drawn(self, draw: Draw) -> list[Draw]:
        """The draw of each level: I_k, l_k and z_k, and random numbers of its own."""
        lows, n = lowpasses(draw["data"], self.levels), self.space.size(draw["data"])
        found = []
        for level, (game, low) in enumerate(zip(self.games, lows, strict=True)):
            given = {"data": low}
            if level < self.levels:
                given["source"] = finer(lows[level + 1])
                given["prior"] = game.noise(n, draw.rng(f"level-{level}/noise"), low)
            found.append(at_level(draw, level, given))
        return found

    def cost(self, turn: str, draw: Draw) -> Cost:
        """Σ_k of the levels' costs of a turn."""
        own = self.drawn(draw)
        costs: list[Cost] = [game(turn, each) for game, each in zip(self.games, own, strict=True)]
        parts = {f"level-{k}/{name}": part for k, cost in enumerate(costs) for name, part in cost.parts.items()}
        played = [Played(each, cost.out) for each, cost in zip(own, costs, strict=True)]
        value = torch.stack([cost.value for cost in costs]).sum()
        return Cost(value, {**costs[0].out, "levels": played}, parts)

    def cost_critic(self, draw: Draw) -> Cost:
        """Σ_k E c(D_k(I_k, l_k), D_k(l_k + G_k(z_k, l_k), l_k))."""
        return self.cost("critic", draw)

    def cost_generator(self, draw: Draw) -> Cost:
        """Σ_k E g(D_k(l_k + G_k(z_k, l_k), l_k))."""
        return self.cost("generator", draw)

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        """Every level remembers its own move."""
        for game, played in zip(self.games, out["levels"], strict=True):
            game.after(turn, *played)

    def generate(self, z: Tensor, rng: Rng | None = None, codes: Tensor | None = None) -> Tensor:
        """Ĩ_0 of a latent; without a stream the finer levels' noise is its mean, 0."""
        x = self.coarsest.generate(z, rng, codes)
        for game in reversed(list(self.games)[:-1]):
            low = finer(x)
            x = game.refined(low, game.noise(len(low), rng, low), rng, codes)
        return x

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        if self.conditioning is not None and condition is None:
            condition = self.conditioning.chance(n, rng)
        z = self.prior.sample(n, rng).to(next(self.parameters()).dtype)
        return self.generate(z, rng, condition)

    def sample_at(self, z: Tensor, rng: Rng, condition: Any = None) -> Any:
        """The samples of the coarsest level's latents; ``rng`` gives the noise of the finer ones."""
        return self.generate(z, rng, condition)

    def condition(self, wanted: Any, n: int) -> Any:
        return self.coarsest.condition(wanted, n)

    def judged(self, x: Tensor) -> Tensor:
        """What the finest critic is shown of samples, or of packs of them: x, beside u(d(x)) where it reads pairs."""
        plain = x.reshape(-1, *self.shape)
        shown = self.finest.judged(plain, finer(coarser(plain)))
        return self.space.pack(shown, self.group) if self.group > 1 else shown

    def joined(self, x: Tensor, codes: Tensor | None) -> Tensor:
        """What the finest critic reads of samples."""
        return self.finest.joined(self.judged(x), codes)

    def see(self, x: Tensor, rng: Rng | None = None, codes: Tensor | None = None, critic: str = "critic") -> Seen:
        """What the finest critic makes of samples, or of packs of them."""
        return self.finest.see(self.judged(x), rng, codes)
