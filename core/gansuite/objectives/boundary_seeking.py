"""Boundary-seeking GAN (Hjelm et al. 2018)."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from gansuite.objectives.minimax import Minimax
from gansuite.objectives.objective import Scores


class BoundarySeeking(Minimax):
    """The minimax critic, whose logit is D = log σ(D)/(1 - σ(D)); the generator seeks its decision boundary, D = 0.

    generator, continuous samples: ½ D(G(z))²  (the paper's ½ (log D - log(1 - D))² with D a probability).
    generator, discrete samples x_m ~ g(x | z), m = 1..M: -Σ_m w̄_m log g(x_m | z), with the self-normalised
    importance weights of ``weights``; at the best critic the target Σ_m w̄_m δ(x_m) tends to the data.
    """

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        return 0.5 * fake.square()

    @staticmethod
    def weights(scores: Float[Tensor, "m z"]) -> Float[Tensor, "m z"]:
        """w̄_m = w_m / Σ_m' w_m' with w = σ(D)/(1 - σ(D)) = exp D, over the samples m of each latent; no gradient."""
        return scores.detach().softmax(0)
