"""Pixel-level domain adaptation (Bousmalis et al. 2017): labels that travel with translated samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from annotated_types import Ge
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.games.translation.translation import Translation
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32


class DomainAdaptation(Translation):
    """G takes labelled sources (x, k) to the unlabelled domain of the data, where a classifier T learns from them.

    critic: E c(D(y), D(G(x)));  generator: E g(D(G(x))) + task E -log T(k | G(x));
    classifier: E -log T(k | G(x)) + E -log T(k | x).

    c and g are the sides of the objective. T is a linear head on the features of the network ``[players.classifier]``;
    ``classify`` gives its logits for any sample. The batch holds the labels of the sources as ``source_label``.

    Args:
        objective: the pair of costs; the paper's by default.
        task: what the translator pays for labels that are lost on the way; β / α in the paper.

    Raises:
        UserError: the source domain has no labels, the domains differ in shape, or the classifier has no features.

    Source: eq. 1-3.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "translator", "critic": "critic", "classifier": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("critic", "generator", "classifier")

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "non-saturating",
        task: Annotated[float, Ge(0)] = 1.0,
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, objective=objective, **options)
        target, source = networks.spec, networks.spec.source
        if not getattr(source, "labels", ()) or source.shape != target.shape:
            raise UserError("[data] domain-adaptation needs labelled sources of the data's shape, as moons with adapt")
        if not hasattr(self.classifier, "features"):
            raise UserError("a head is put on the classifier's features; choose a network that has some")
        self.task, self.head = task, nn.Linear(self.classifier.width, len(source.labels))

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        super().make_networks(networks, shown, latent)
        self.classifier: Any = networks.make("classifier")

    def owned(self, player: str) -> list[nn.Module]:
        return [*super().owned(player), self.head] if player == "classifier" else super().owned(player)

    def classify(self, x: Any, rng: Rng | None = None) -> Float[Tensor, "n k"]:
        """Logits of T(k | x)."""
        return self.head(at_least_fp32(self.classifier.features(x, rng)))

    def error(self, x: Any, draw: Draw) -> Float[Tensor, ""]:
        """E -log T(k | x) for the labels of the sources."""
        return cross_entropy(self.classify(x, draw.rng("classifier")), draw["source_label"])

    def cost_generator(self, draw: Draw) -> Cost:
        """E g(D(G(x))) + task E -log T(k | G(x))."""
        cost = super().cost_generator(draw)
        error = self.error(cost.out["fake"], draw)
        return cost._replace(value=cost.value + self.task * error, parts={**cost.parts, "task": error})

    def cost_classifier(self, draw: Draw) -> Cost:
        """E -log T(k | G(x)) + E -log T(k | x)."""
        parts = {"moved": self.error(self.generated(draw), draw), "source": self.error(draw["source"], draw)}
        return Cost(parts["moved"] + parts["source"], {}, parts)
