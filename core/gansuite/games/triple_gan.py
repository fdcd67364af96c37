"""Triple-GAN (Li, Xu, Zhu & Zhang 2017, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple

import torch
from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import one_hot

from gansuite.conditioning.auxiliary_classifier import cross_entropy
from gansuite.conditioning.conditional import Conditional
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw, weighted
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.objectives.objective import Scores
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32


class Labelled(NamedTuple):
    """Samples and their codes [n, k]; ``known`` [n] is 0 for rows that fill up a batch and have no label."""

    samples: Any
    codes: Tensor
    known: Tensor


class TripleGan(Gan):
    """A generator G(x|y), a classifier C(y|x) and a critic D(x, y) that tells labelled data from either's pairs.

    With l_r, l_f, l_g the objective's costs (on_real, on_fake, generator) and k classes:

    critic:     E_(x,y) l_r(D(x, y)) + α E_x Σ_y C(y|x) l_f(D(x, y)) + (1 - α) E_(y,z) l_f(D(G(z, y), y))
    generator:  (1 - α) E_(y,z) l_g(D(G(z, y), y))
    classifier: E_(x,y) -log C(y|x) + α E_x Σ_y C(y|x) l_g(D(x, y)) + α_P E_(y,z) -log C(y|G(z, y))

    The best critic is p/(p + α p_C + (1 - α) p_G), and with the cross-entropy the only equilibrium is
    p = p_G = p_C. Where the paper draws one y ~ C(y|x), the mean over y is taken exactly, by k scores a sample.
    (x, y) are rows with a label, x any row; labels of -1 are unknown. Because labelled rows may be few, the last
    ``memory`` of them are kept (in buffers) and used again. C is a linear head on the features of the network
    ``[players.classifier]``; G is given the labels of the labelled rows.

    Args:
        objective: any that judges each score alone.
        penalties: as in ``gan``; on the critic's turn "real" are the labelled rows.
        alpha: α, the classifier's share of what the critic holds against the data.
        pseudo: α_P, weight of the generated pairs in the classifier's training.
        memory: labelled rows that are kept.
    """

    prices_parts: ClassVar[bool] = False
    players: ClassVar[Mapping[str, str]] = {"generator": "generator", "critic": "critic", "classifier": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("critic", "generator", "classifier")
    kept_codes: Tensor
    kept_samples: Tensor

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "non-saturating",
        penalties: list[Annotated[Any, Ref("penalty")]] = [],  # noqa: B006 - a recipe's default, never mutated
        alpha: Annotated[float, Gt(0), Lt(1)] = 0.5,
        pseudo: Annotated[float, Ge(0)] = 0.1,
        memory: Annotated[int, Gt(0)] = 128,
    ) -> None:
        super().__init__(networks, prior, space, objective=objective, penalties=penalties, conditioning=Conditional())
        self.alpha, self.pseudo = alpha, pseudo
        self.head = nn.Linear(self.classifier.width, len(networks.spec.labels))
        self.register_buffer("kept_samples", torch.zeros(memory, *networks.spec.shape))
        self.register_buffer("kept_codes", torch.zeros(memory, len(networks.spec.labels)))

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        super().make_networks(networks, shown, latent)
        self.classifier: Any = networks.make("classifier")
        if not hasattr(self.classifier, "features"):
            raise UserError("triple-gan puts a head on the classifier's features; choose a network that has some")

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check({**options, "inputs": [], "conditioning": None}, batch_size)
        if not options["objective"].separable or options["objective"].joint:
            raise UserError("triple-gan weighs the costs of single scores: choose an objective that judges each alone")

    def owned(self, player: str) -> list[nn.Module]:
        return [*super().owned(player), self.head] if player == "classifier" else super().owned(player)

    def cost_critic(self, draw: Draw) -> Cost:
        real, fake, known = self.labelled(draw), self.generated(draw), self.labelled(draw).known
        seen, seen_fake = self.compare(real.samples, fake, draw)
        parts = {
            "labelled": (known * self.objective.on_real(seen.scores)).sum() / known.sum().clamp_min(1),
            "classified": self.alpha * self.expected(self.objective.on_fake, draw),
            "generated": (1 - self.alpha) * self.objective.on_fake(seen_fake.scores).mean(),
        }
        out = {"real": real.samples, "fake": fake, "real_score": seen.scores, "fake_score": seen_fake.scores}
        sides = {"real_side": seen.scores, "fake_side": seen_fake.scores}
        return Cost(weighted(parts), out | self.views(real.codes) | sides, parts)

    def cost_generator(self, draw: Draw) -> Cost:
        cost = super().cost_generator(draw)
        return cost._replace(value=(1 - self.alpha) * cost.value)

    def cost_classifier(self, draw: Draw) -> Cost:
        """The labels of the data, the critic's opinion of pairs (x, C(x)), and the labels of generated samples."""
        real, codes = self.labelled(draw), self.codes(draw)
        assert codes is not None
        parts = {
            "labelled": cross_entropy(self.classify(real.samples), real.codes * real.known.unsqueeze(1)),
            "classified": self.alpha * self.expected(self.objective.generator, draw),
            "generated": self.pseudo * cross_entropy(self.classify(self.generated(draw)), codes),
        }
        return Cost(weighted(parts), {}, parts)

    def classify(self, x: Any, rng: Rng | None = None) -> Float[Tensor, "n k"]:
        """Logits of C(y|x)."""
        return self.head(at_least_fp32(self.classifier.features(x, rng)))

    def expected(self, cost: Callable[[Scores], Scores], draw: Draw) -> Float[Tensor, ""]:
        """E_x Σ_y C(y|x) cost(D(x, y)), over all rows of the data."""
        x, k = draw["data"], self.head.out_features
        n = self.space.size(x)
        rows = torch.arange(n * k, device=self.head.weight.device)
        pairs, codes = self.space.take(x, rows // k), one_hot(rows % k, k).float()
        scores = draw.once("classes", lambda: self.see(pairs, draw.rng("classes"), codes).scores)
        return (self.classify(x).softmax(1) * cost(scores).view(n, k)).sum(1).mean()

    def labelled(self, draw: Draw) -> Labelled:
        """As many rows as the batch has: its own with a label first, then those kept, then any."""
        return draw.once("labelled", lambda: self.collected(draw))

    def collected(self, draw: Draw) -> Labelled:
        n = self.space.size(draw["data"])
        samples, codes = self.latest(draw["data"], self.own_codes(draw), n)
        known = codes.sum(1)
        others = self.conditioning.chance(n, draw.rng("labels")).to(codes.dtype)
        return Labelled(samples, torch.where(known.unsqueeze(1) > 0, codes, others), known)

    def latest(self, samples: Any, codes: Tensor, n: int) -> tuple[Any, Tensor]:
        """The first ``n`` rows of a batch and of those kept, labelled ones first; nothing waits for the device."""
        samples, codes = self.space.cat([samples, self.kept_samples]), torch.cat([codes, self.kept_codes])
        order = codes.sum(1).argsort(descending=True, stable=True)[:n]
        return self.space.take(samples, order), codes[order]

    def own_codes(self, draw: Draw) -> Float[Tensor, "n k"]:
        """The codes of the batch's labels, 0 where there is none."""
        return self.conditioning.one_hot(draw["label"]).to(self.kept_codes.dtype)

    def codes(self, draw: Draw) -> Tensor:
        """The labels that generated samples are given: those of the labelled rows."""
        return self.labelled(draw).codes

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        super().after(turn, draw, out)
        if turn == "critic":
            rows = draw.gather(draw["data"]), draw.gather(self.own_codes(draw))
            samples, codes = self.latest(*rows, len(self.kept_codes))
            self.kept_samples.copy_(samples)
            self.kept_codes.copy_(codes)
