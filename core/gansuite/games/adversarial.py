"""What all games with a critic share: what the critic is shown, and what it makes of it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw, Game, couples_batch, refuse_gradients, warn_of_batch_norm
from gansuite.games.networks import Networks
from gansuite.inputs.input import Input
from gansuite.objectives.objective import Objective
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32


class Seen(NamedTuple):
    """A batch as the critic is shown it, its scores, and the features [n, w] behind them where they are read.

    Scores are [n], or [n, m] of a critic that judges m parts of a sample (patches, scales), as its ``several`` says.
    """

    samples: Any
    scores: Tensor
    features: Tensor | None = None


class Adversarial(Game):
    """A game of a critic with an objective, on samples that are treated by inputs and steered by a conditioning.

    What the critic is shown goes through the ``inputs`` in their order; then the codes of the conditioning are
    attached, where it says so. Real and generated rows go through the critic in one call unless it couples its batch.

    Args:
        objective: the pair of costs.
        penalties: terms added to a turn's cost, and constraints kept after it.
        inputs: what is done to the samples before the critic sees them, in this order.
        conditioning: how labels or codes steer both players; absent: not at all.
        growth: how the networks gain levels of detail while they are trained; absent: they have all from the first.

    Class attributes:
        judges_samples: whether the critic is shown samples alone, so that the score of a sample has a meaning.
        maps_latents: whether ``generate(z)`` makes one sample of each latent of the prior.
        prices_parts: whether critics may give several scores a sample, each of which is priced by itself.
    """

    reads_features: bool = False  # a subclass may read them whatever its objective does
    judges_samples: ClassVar[bool] = True
    maps_latents: ClassVar[bool] = True
    prices_parts: ClassVar[bool] = False

    generator: Any  # modules have no types of their own
    critic: Any
    inputs: Any  # of Input
    objective: Any
    conditioning: Any

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
        growth: Annotated[Any, Ref("growth")] | None = None,
    ) -> None:
        super().__init__(space, penalties)
        self.prior = prior
        self.objective = wrapped(objective, inputs)
        self.inputs = nn.ModuleList(inputs)
        self.conditioning = conditioning
        self.growth = growth
        self.group = group_of(inputs)
        refuse_gradients(space, penalties)
        shown, latent = self.compares(networks.spec), prior
        for each in inputs:
            shown = each.widen(shown)
        if conditioning is not None:
            conditioning.bind(networks.spec)
            latent = conditioning.latent(prior)
            if conditioning.attached:
                shown = shown.widened(shown.shape[0] + self.group * conditioning.size)
        self.make_networks(networks, shown, latent)
        sides = (self.objective.critic_sees, self.objective.generator_sees)
        if (conditioning is not None and conditioning.reads_features) or "features" in sides:
            self.reads_features = True
        critics = {name: self.get_submodule(name) for name, kind in self.players.items() if kind == "critic"}
        if any(map(several, critics.values())):
            self.refuse_parts(critics.values())
        reads = self.reads_features or any("features" in penalty.needs for penalty in penalties)
        if reads and not all(hasattr(critic, "features") for critic in critics.values()):
            raise UserError("this game reads the critic's features, and this critic has none; choose another critic")
        if growth is not None:
            growth.bind([self.get_submodule(name) for name in self.players])
        if conditioning is not None:
            conditioning.equip(self.critic, self.group)
        self.shuffles = any(each.shuffles for each in inputs)
        coupled = {name: couples_batch(critic) for name, critic in critics.items()}
        if self.shuffles and not all(coupled.values()):
            warnings.warn(
                "[game] inputs: batch-mixing changes nothing for a critic that judges each sample alone", stacklevel=2
            )
        # Batch statistics of real and generated samples must not mix; everything else goes through in one call.
        self.one_call = {name: self.shuffles or not coupled[name] for name in critics}
        for critic in critics.values():
            warn_of_batch_norm(critic, penalties)

    def compares(self, spec: Any) -> Any:
        """The domain of what ``real`` and ``fake`` give: that of the data."""
        return spec

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        """The game's networks: for critics of the domain ``shown``, and generators that read ``latent``."""
        raise NotImplementedError

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        objective = wrapped(options["objective"], options["inputs"])
        if objective.form != "sides":
            raise UserError("this objective tells the share of real samples in a mixed batch: play the game batch-gan")
        group, conditioning = group_of(options["inputs"]), options["conditioning"]
        if batch_size % group:
            raise UserError(f"packing {group} samples does not divide [data] batch_size = {batch_size}")
        objective.check(batch_size // group)
        if conditioning is not None:
            conditioning.check(objective, group)

    def refuse_parts(self, critics: Iterable[Any]) -> None:
        """Refuse critics of several scores where one score a sample is meant, or features of the whole that they lack.

        Raises:
            UserError: here it is.
        """
        if not self.prices_parts:
            raise UserError("this critic gives several scores a sample, and this game needs one; choose another critic")
        if self.reads_features and not all(hasattr(each, "read" if several(each) else "features") for each in critics):
            raise UserError(
                "this critic gives several scores a sample and has no features of the whole, which this objective or "
                'conditioning reads; choose another critic, or conditioning = "conditional"'
            )

    def owned(self, player: str) -> list[nn.Module]:
        heads = [] if player != "critic" or self.conditioning is None else [self.conditioning]
        return [*super().owned(player), *heads]

    def codes(self, draw: Draw) -> Tensor | None:
        """The codes of a draw's rows, [n, k]; None without conditioning."""
        if self.conditioning is None:
            return None
        conditioning, n = self.conditioning, self.space.size(draw["data"] if "data" in draw else draw["prior"])
        return draw.once("codes", lambda: conditioning.codes(draw, n))

    def shown_codes(self, draw: Draw) -> Tensor | None:
        """The codes of what the critic is shown: of packs, where samples are packed."""
        codes = self.codes(draw)
        if codes is not None:
            for each in self.inputs:
                codes = each.codes(codes)
        return codes

    def shown(self, x: Any, real: bool, draw: Draw) -> Any:
        """What the critic is shown of a batch."""
        if self.growth is not None and real:
            x = self.growth.blended(x)
        for i, each in enumerate(self.inputs):
            rng = draw.rng(f"input-{i}/{'real' if real else 'fake'}")
            x = each.samples(x, real, self.space, rng, draw.round)
        return x

    def joined(self, x: Any, codes: Tensor | None) -> Any:
        """What the critic reads: what it is shown, and the codes where the conditioning attaches them."""
        if self.conditioning is None or not self.conditioning.attached or codes is None:
            return x
        return self.space.attach(x, codes)

    def see(self, x: Any, rng: Rng | None = None, codes: Tensor | None = None, critic: str = "critic") -> Seen:
        """Scores, in fp32 at least whatever the networks run in, and features where the game reads them."""
        network: Any = getattr(self, critic)
        conditioning, read = self.conditioning, self.joined(x, codes)
        if not self.reads_features:
            condition = codes if conditioning is not None and conditioning.attached else None
            return Seen(x, at_least_fp32(network(read, condition, rng)))
        if several(network):
            scores, features = network.read(read, rng)
        else:
            features = network.features(read, rng)
            scores = network.head(features).flatten()
        scores = at_least_fp32(scores)
        if conditioning is not None and codes is not None:
            scores = conditioned(conditioning, scores, features, codes)
        return Seen(x, scores, at_least_fp32(features))

    def compare(self, real: Any, fake: Any, draw: Draw, critic: str = "critic") -> tuple[Seen, Seen]:
        """What a critic makes of both sides, this rank's rows."""
        return draw.once(f"compare/{critic}", lambda: self.compared(real, fake, draw, critic))

    def compared(self, real: Any, fake: Any, draw: Draw, critic: str) -> tuple[Seen, Seen]:
        rng, codes = draw.rng("cost"), self.shown_codes(draw)
        if not self.one_call[critic]:
            return self.see(real, rng, codes, critic), self.see(fake, rng, codes, critic)
        sizes = [self.space.size(real), self.space.size(fake)]
        rng.parts = 2  # random rows belong to the real ones first and then to the generated ones, on every rank
        x, twice, order = self.space.cat([real, fake]), None if codes is None else torch.cat([codes, codes]), None
        if self.shuffles:
            order = draw.rng("shuffle").uniform(sum(sizes)).argsort()
            x, twice = self.space.take(x, order), None if twice is None else twice[order]
        _, scores, features = self.see(x, rng, twice, critic)
        sides = zip((real, fake), halves(scores, sizes, order), halves(features, sizes, order), strict=True)
        seen, seen_fake = (Seen(*side) for side in sides)
        return seen, seen_fake

    def at(self, round: int) -> None:
        if self.growth is not None:
            self.growth.at(round)

    def gathered(self, draw: Draw, *sides: Tensor) -> tuple[Tensor, ...]:
        """The rows of all ranks, where the objective couples the batch."""
        return tuple(draw.gather(side) for side in sides) if self.objective.joint else sides

    def views(self, codes: Tensor | None, critic: str = "critic") -> dict[str, Any]:
        """A critic as penalties use it: ``score(x, rng)`` and ``features(x, rng)`` of what it is shown."""
        return {
            "score": lambda x, rng=None: one_each(self.see(x, rng, codes, critic).scores),
            "features": lambda x, rng=None: getattr(self, critic).features(self.joined(x, codes), rng),
        }

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        super().after(turn, draw, out)
        if self.side(turn) == "critic":
            self.objective.after(out["real_side"], out["fake_side"])
            for each in self.inputs:
                each.after(draw, out)
            if self.conditioning is not None:
                self.conditioning.after(draw)

    def condition(self, wanted: Any, n: int) -> Any:
        return super().condition(wanted, n) if self.conditioning is None else self.conditioning.chosen(wanted, n)


def several(critic: Any) -> bool:
    """Whether a critic gives several scores a sample; one that has ``read`` gives features of the whole beside them."""
    return getattr(critic, "several", False)


def conditioned(conditioning: Any, scores: Tensor, features: Tensor, codes: Tensor) -> Tensor:
    """Scores given the codes, several of a sample each by itself."""
    if scores.dim() == 1:
        return conditioning.score(scores, features, codes)
    rows = (each.repeat_interleave(scores.shape[1], 0) for each in (features, codes))
    return conditioning.score(scores.flatten(), *rows).view_as(scores)


def each_alone(side: Tensor, sees: str) -> Tensor:
    """What an objective is called with: several scores of a sample as scores of their own."""
    return side.flatten() if sees == "scores" else side


def one_each(scores: Tensor) -> Tensor:
    """One score for each sample, [n]: the mean of several."""
    return scores if scores.dim() == 1 else scores.mean(1)


def wrapped(objective: Objective, inputs: Sequence[Input]) -> Objective:
    """The objective as the inputs change it."""
    for each in inputs:
        objective = each.wrap(objective)
    return objective


def group_of(inputs: Sequence[Input]) -> int:
    """How many samples share one score."""
    return math.prod(each.group for each in inputs)


def halves(x: Tensor | None, sizes: Sequence[int], order: Tensor | None) -> Sequence[Any]:
    """The real and the generated rows of one call, put back where they were before the shuffle."""
    if x is None:
        return (None, None)
    return (x if order is None else x[order.argsort()]).split(list(sizes))
