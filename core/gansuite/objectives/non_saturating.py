"""The non-saturating game (Goodfellow et al. 2014, section 3), on logits."""

from __future__ import annotations

from torch.nn.functional import softplus

from gansuite.objectives.minimax import Minimax
from gansuite.objectives.objective import Scores


class NonSaturating(Minimax):
    """The minimax critic; the generator descends -log σ(D(G(z))) = softplus(-D(G(z)))."""

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return softplus(-fake)
