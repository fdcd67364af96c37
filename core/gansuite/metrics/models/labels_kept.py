"""Whether a translation is still what its source was."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Int64
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from gansuite.data.domains.views import ByContent
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.judged import Judged, by_name, classes
from gansuite.metrics.models.translations import plain, translated
from gansuite.metrics.subject import Subject


class LabelsKept(Judged):
    """Share of translated held-out sources that are of their source's class, as a classifier of the target domain says.

        1/n Σ_i [h(G(x_i)) = c_i],   h trained on the target domain's own items

    Costs of unpaired translation are the same for any map that takes one law to the other and can be inverted: that
    threes become threes is luck, or the network's habit, and this is how it is found out. The floor is the share of
    real held-out items of the target domain that h names rightly: no translation is expected to do better.

    ``extras``: ``sources``, the share where nothing is translated; ``matched``, the share under the best one-to-one
    renaming of classes (near 1 beside a low value: a permutation was learnt); ``classes``, each by itself;
    ``classifier``, its accuracy on the test split.

    Args:
        classifier: an extractor that is trained on labelled items and gives probabilities; none: the domain's own.

    Source: Hoffman et al. 2018 (CyCADA), section 3, for classes that translation is to keep.
    """

    name = "labels-kept"
    meaning = "Share of translated samples that a classifier of the target domain takes for what their sources were."

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Estimate:
        """The share with Wilson's interval.

        Raises:
            MetricError: the items behind sources have no classes, or the target's items have none.
        """
        dataset = plain(subject.dataset)
        found = translated(subject, self.name)
        content, domains = found.rows.get("content"), getattr(dataset.spec, "contents", ())
        if content is None or not bool((content >= 0).any()):
            raise MetricError(f"{self.name}: the sources have no classes to keep; leave it out, or label the data")
        view: Any = ByContent(dataset) if domains else dataset
        if len(getattr(view.spec, "labels", ())) < 2:
            raise MetricError(f"{self.name}: the target domain has no classes to be told by; leave it out, or label it")
        judge, space = self.judge(view, subject.device), view.spec.space
        known, truth = content >= 0, content if domains else found.rows["label"]
        kept, right = classes(judge, space, found.made), classes(judge, space, found.rows["data"])
        hits, c = (kept == content)[known], content[known]
        former = None
        if untrained is not None:
            former = (classes(judge, space, translated(untrained, self.name).made) == content)[known]
        extras: dict[str, Any] = {"matched": matched(kept[known], c), "classes": by_name(hits, c, view.spec.labels)}
        if found.sources.shape == found.rows["data"].shape:
            same = classes(judge, space, found.sources) == content
            extras["sources"] = float(same[known].double().mean())
        extras["classifier"] = getattr(judge, "summary", {})
        return self.estimate(hits, former, (right == truth)[truth >= 0], seed, extras)


def matched(found: Int64[Tensor, " n"], truth: Int64[Tensor, " n"]) -> float:
    """The largest share of rows that agree after the classes found are renamed, one to one."""
    k = 1 + int(torch.stack([found, truth]).max())
    counts = torch.bincount(found * k + truth, minlength=k * k).view(k, k).cpu().numpy()
    return float(counts[linear_sum_assignment(counts, maximize=True)].sum() / len(truth))
