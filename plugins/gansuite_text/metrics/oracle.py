"""How likely generated texts are under the law that the data are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Int64, Num
from torch import Tensor

from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.metric import MetricError
from gansuite.metrics.two_sample import Part, as_estimate, joint
from gansuite_text.metrics.texts import Bound, kept


class NllOracle(Bound):
    """Mean negative log-density of generated texts under the data's own law, in nats a token.

        NLL_oracle = -Σ_i log q(x_i) / Σ_i |x_i|,   x_i drawn from the model, q the oracle

    It is the cross-entropy of model and oracle from the model's side, so it sees quality and no diversity: a model that
    writes the oracle's likeliest text again and again has the lowest value of all, below the oracle's own samples (the
    floor), and a constant reward lowers it as an adversary does. Read it beside ``nll`` on held-out texts and
    ``entropy``, or take the whole curve over temperatures.

    Source: Yu et al., SeqGAN (2017), section 4.1; what it misses: Caccia et al. (2020).
    """

    name = "nll-oracle"
    needs = "judge"
    direction = "min"
    meaning = "How unlikely generated texts are under the data's own law, nats a token; blind to diversity."
    method = "ratio of sums; block jackknife over texts"

    def __call__(
        self,
        real: Num[Tensor, "n d"],
        fake: Num[Tensor, "n d"],
        *,
        judge: Any,
        floor: Num[Tensor, "n d"] | None = None,
        untrained: Num[Tensor, "n d"] | None = None,
        seed: int = 0,
    ) -> Estimate:
        """The estimate; ``floor`` is the oracle's own entropy, from its other samples.

        Raises:
            UserError: the data set's judge has no density.
            MetricError: a text is impossible under it.
        """
        if not hasattr(judge, "log_density"):
            raise UserError(
                f"metric nll-oracle: a judge of the kind {type(judge).__name__} has no density; leave it out"
            )
        given = {"fake": fake, "floor": floor, "untrained": untrained}
        n, labels = len(fake), block_labels(len(fake), seed=seed)
        tables = {name: self.table(judge, x, labels) for name, x in given.items() if x is not None}
        jackknife = joint(tables, None, 0, n, n, seed, correct=False)
        extras: Mapping[str, Any] = {"unit": "nats a token", "oracle": type(judge).__name__}
        return as_estimate(self, Part(), jackknife, list(tables), n, seed, extras)

    def table(self, judge: Any, rows: Num[Tensor, "n d"], labels: Int64[Tensor, " n"]) -> np.ndarray:
        """Nats a token in all texts and without each block, [B + 1, 1]."""
        x = self.tokens(rows)
        nats, length = -judge.log_density(x).double().cpu().numpy(), self.spec.mask(x).sum(1).cpu().numpy()
        if impossible := int((~np.isfinite(nats)).sum()):
            raise MetricError(f"nll-oracle: {impossible} of {len(x)} texts have no density under the oracle")
        return np.array([[nats[keep].sum() / length[keep].sum()] for keep in kept(labels, len(x))])
