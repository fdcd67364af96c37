"""Whether a translation looks like the domain that it was taken to."""

from __future__ import annotations

from typing import Any

import torch

from gansuite.data.domains.views import BySide
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.judged import Judged, by_name, classes
from gansuite.metrics.models.translations import plain, translated
from gansuite.metrics.subject import Subject


class DomainReached(Judged):
    """Share of translated held-out samples that a classifier of domains takes for the domain that was asked for.

        1/n Σ_i [h(G(x_i, d_i)) = d_i],   h trained on the domains' own items

    Between two domains d_i is always the target; between many each sample is asked for its other domains in turn. The
    floor is the share of real held-out items that h places rightly. A translation that looks like its domain need not
    be of its source: see ``labels-kept``.

    ``extras``: ``sources``, the share where nothing is translated; ``domains``, each by itself; ``classifier``, its
    accuracy on the test split.

    Args:
        classifier: an extractor that is trained on labelled items and gives probabilities; none: the domain's own.

    Source: Choi et al. 2018 (StarGAN), section 5.3: the classification error on translations.
    """

    name = "domain-reached"
    meaning = "Share of translated samples that a classifier of domains takes for the domain that was asked for."

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Estimate:
        """The share with Wilson's interval.

        Raises:
            MetricError: domains of two shapes, which no one classifier sees.
        """
        dataset = plain(subject.dataset)
        found = translated(subject, self.name)
        many, source = found.wanted is not None, getattr(dataset.spec, "source", None)
        if not many and source is not None and source.shape != dataset.spec.shape:
            raise MetricError(
                f"{self.name}: samples of {list(dataset.spec.shape)} and sources of {list(source.shape)} differ by "
                "their shape alone; leave it out"
            )
        view: Any = dataset if many else BySide(dataset)
        judge, space = self.judge(view, subject.device), view.spec.space
        placed = classes(judge, space, found.made)
        truth = found.rows["label"] if many else torch.ones_like(placed)
        wanted = truth if found.wanted is None else found.wanted
        hits = placed == wanted
        former = None
        if untrained is not None:
            former = classes(judge, space, translated(untrained, self.name).made) == wanted
        real = classes(judge, space, found.rows["data"]) == truth
        extras: dict[str, Any] = {
            "sources": float((classes(judge, space, found.sources) == wanted).double().mean()),
            "domains": by_name(hits, wanted, view.spec.labels),
            "classifier": getattr(judge, "summary", {}),
        }
        return self.estimate(hits, former, real[truth >= 0], seed, extras)
