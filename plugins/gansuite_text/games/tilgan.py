"""TILGAN: a GAN of a transformer's codes, whose decoder is made to agree with it (Diao et al. 2021)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from annotated_types import Ge
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space

from ..codes import CodeSpec
from .arae import Arae


class Tilgan(Arae):
    """ARAE with a code for each place of a text, and a fifth turn in which the decoder learns from generated codes:

        decoder: ``enhancement`` E objective.generator(D(E(y))),  y the relaxed text that the decoder writes of G(z)

    What the decoder makes of a generated code must be encoded to where the critic sees real codes. The codes are not
    normalised. With the objective ``kullback-leibler`` the generator descends KL(codes of texts ‖ generated codes),
    and the encoder the reverse. The critic ``code-windows`` judges all places together and windows of a few.

    Args:
        code: numbers of each place's code.
        enhancement: weight of the decoder's turn.

    Source: sections 3.1-3.4; code = 56, weights 0.1, windows of 3 in the authors' code.
    """

    normalised: ClassVar[bool] = False
    turns: ClassVar[tuple[str, ...]] = ("autoencoder", "critic", "encoder", "generator", "decoder")
    provides: ClassVar[Mapping[str, frozenset[str]]] = {**Arae.provides, "decoder": frozenset()}

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "kullback-leibler",
        enhancement: Annotated[float, Ge(0)] = 0.1,
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, objective=objective, **options)
        self.enhancement = enhancement

    def compares(self, spec: Any) -> CodeSpec:
        return CodeSpec(spec.length, self.code)

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("prior",) if turn == "decoder" else super().draws(turn)

    def cost_decoder(self, draw: Draw) -> Cost:
        """``enhancement`` E objective.generator(D(E(y))), y written of G(z) by the softmax itself."""
        code = self.generate(draw["prior"], draw.rng("generator"))
        text = self.decoder(code.detach(), None, None, soft)
        scores = self.see(self.encode(text, draw.rng("encoder")), draw.rng("cost")).scores
        value = self.objective.generator(scores).mean()
        return Cost(self.enhancement * value, {}, {"score": scores.mean()})


def soft(logits: Tensor, rng: Rng | None) -> Tensor:
    """The probabilities themselves, in the place of a choice."""
    return logits.softmax(-1)
