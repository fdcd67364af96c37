"""pix2pix (Isola, Zhu, Zhou & Efros 2017): a conditional GAN on pairs, held to the given answer."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge
from torch import Tensor

from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.games.translation.translation import Translation, apart, paired
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32


class Pix2Pix(Translation):
    """G: X → Y from pairs (x, y), with a critic of pairs.

    critic: E c(D(x, y), D(x, G(x)));  generator: E g(D(x, G(x))) + λ E d(y, G(x)), eq. 1, 3 and 4.

    c and g are the sides of the objective, d is the mean over a sample's numbers of |y - G(x)| ("l1") or its square
    ("l2"), or the distance of a component. The critic reads x as further channels of y. Noise enters where the
    translator draws some (dropout in the paper), for there is no latent.

    Args:
        objective: the pair of costs; the paper's by default.
        reconstruction: d.
        distance: what measures d in place of ``reconstruction``: an objective with a distance of pairs, ``perceptual``.
        weight: λ; 0 leaves the conditional GAN.

    Raises:
        UserError: ``distance`` cannot compare pairs, or sources have axes that the data has not.
    """

    judges_samples: ClassVar[bool] = False

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "non-saturating",
        reconstruction: Literal["l1", "l2"] = "l1",
        distance: Annotated[Any, Ref("objective")] | None = None,
        weight: Annotated[float, Ge(0)] = 100.0,
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, objective=objective, **options)
        if distance is not None and not hasattr(distance, "distance"):
            raise UserError("distance: this objective compares no pairs; choose perceptual")
        self.reconstruction, self.distance, self.weight = reconstruction, distance, weight

    def compares(self, spec: Any) -> Any:
        return pairs_of(spec)

    def real(self, draw: Draw, critic: str = "critic") -> Any:
        return paired(self.space, draw["data"], draw["source"])

    def fake(self, draw: Draw, critic: str = "critic") -> Any:
        return paired(self.space, self.generated(draw), draw["source"])

    def error(self, y: Any, made: Any) -> Tensor:
        """d(y, G(x)), [n]."""
        if self.distance is not None:
            return self.distance.distance(y, made)
        if self.reconstruction == "l1":
            return apart(y, made)
        return at_least_fp32(y - made).square().flatten(1).mean(1)

    def cost_generator(self, draw: Draw) -> Cost:
        """E g(D(x, G(x))) + λ E d(y, G(x))."""
        cost = super().cost_generator(draw)
        made = cost.out["fake"][:, : draw["data"].shape[1]]  # the pair's first channels are the translation
        error = self.error(draw["data"], made).mean()
        return cost._replace(value=cost.value + self.weight * error, parts={**cost.parts, "reconstruction": error})


def pairs_of(spec: Any) -> Any:
    """The domain of samples with their sources as further channels.

    Raises:
        UserError: sources have axes over which the samples do not extend.
    """
    if len(spec.source.shape) not in (1, len(spec.shape)):
        raise UserError(f"sources of shape {spec.source.shape} cannot be shown beside samples of shape {spec.shape}")
    return spec.widened(spec.shape[0] + spec.source.shape[0])
