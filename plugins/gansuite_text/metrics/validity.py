"""Share of generated texts that the grammar allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Num
from torch import Tensor

from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.models.points import share
from gansuite.metrics.two_sample import Part, as_estimate, joint
from gansuite_text.metrics.texts import Bound, kept


class Validity(Bound):
    """The share of generated texts that the data set's judge accepts: of a grammar, those that it derives.

        validity = #{i : valid(x_i)} / n,  with Wilson's score interval

    Exact, and blind to diversity: one sentence of the language, repeated, is valid every time.

    Source: Zhu et al., Texygen (2018), the task of a context-free grammar.
    """

    name = "validity"
    needs = "judge"
    direction = "max"
    method = "Wilson score"
    meaning = "How many of the generated texts belong to the language that the data are drawn from."

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
        """The share, with those of ``floor`` and ``untrained`` beside it.

        Raises:
            UserError: the data set's judge knows no grammar.
        """
        if not hasattr(judge, "valid"):
            raise UserError(
                f"metric validity: a judge of the kind {type(judge).__name__} knows no grammar; leave it out"
            )
        given = {"fake": fake, "floor": floor, "untrained": untrained}
        good = {name: judge.valid(self.tokens(x)).cpu() for name, x in given.items() if x is not None}
        n, labels = len(fake), block_labels(len(fake), seed=seed)
        tables = {name: np.array([[float(x.numpy()[k].mean())] for k in kept(labels, n)]) for name, x in good.items()}
        jackknife = joint(tables, None, 0, n, n, seed, correct=False)
        found = as_estimate(self, Part("", "max", 0.0, 1.0, 1.0), jackknife, list(tables), n, seed)
        wilson = share(int(good["fake"].sum()), n)
        return replace(found, low=wilson.low, high=wilson.high)
