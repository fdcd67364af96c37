"""What metrics of texts make of known faults: WordNet glosses, spoilt; mean and deviation over seeds.

python benchmarks/what_text_metrics_see.py tokens      # n-grams and language models
python benchmarks/what_text_metrics_see.py features    # Fréchet, MAUVE, KAD on both extractors (the encoder: minutes)
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gansuite.metrics import frechet, kad
from gansuite.metrics.features import features
from gansuite.metrics.statistics.divergence_frontier import mauve
from gansuite_text.data.glosses import Glosses
from gansuite_text.metrics.bleu_metrics import Bleu, SelfBleu
from gansuite_text.metrics.distinct import Distinct
from gansuite_text.metrics.language_models import LmScore, ReverseLmScore
from gansuite_text.metrics.ngrams import NGrams
from gansuite_text.metrics.sentence_encoder import SentenceEncoder
from gansuite_text.spec import END


def spoilt(x: Tensor, vocabulary: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Texts by fault: their words shuffled, some replaced by any of the vocabulary, and a few again and again."""
    inside = x != END
    key = torch.rand(x.shape, generator=generator).masked_fill(~inside, 2.0)
    other = torch.randint(2, vocabulary, x.shape, generator=generator)
    chance = torch.rand(x.shape, generator=generator)
    return {
        "none": x,
        "words shuffled": x.gather(1, key.argsort(1)),
        "10 % random words": torch.where(inside & (chance < 0.1), other, x),
        "30 % random words": torch.where(inside & (chance < 0.3), other, x),
        "a quarter, four times": x[: len(x) // 4].repeat(4, 1),
        "one text": x[:1].expand(len(x), -1),
    }


def by_tokens(dataset: Glosses) -> Mapping[str, Callable[[Tensor, Tensor], float]]:
    """Values of real and generated texts."""
    found = {}
    for label, metric in (
        ("bleu/4", Bleu(max_n=4)),
        ("self-bleu/4", SelfBleu(max_n=4)),
        ("distinct/2", Distinct(max_n=2)),
        ("lm-score", LmScore()),
        ("reverse-lm-score", ReverseLmScore()),
    ):
        metric.bind(dataset.spec)
        found[label] = lambda real, fake, metric=metric: metric(real, fake)[-1].value
    return found


def by_features(dataset: Glosses) -> Mapping[str, Callable[[Tensor, Tensor], float]]:
    """The same through extractors."""
    ngrams, encoder = NGrams(dataset.spec), SentenceEncoder(dataset.spec).eval()
    ngrams.fit(dataset, torch.device("cpu"))
    kept: dict[tuple[str, bytes], Tensor] = {}

    def taken(extractor: Any, x: Tensor) -> Tensor:
        key = extractor.name, x.numpy().tobytes()
        if key not in kept:
            kept[key] = features(extractor, lambda rows: x[rows], len(x))
        return kept[key]

    found = {}
    for e in (ngrams, encoder):
        found[f"frechet@{e.name}"] = lambda r, f, e=e: frechet(taken(e, r), taken(e, f)).value
        found[f"mauve@{e.name}"] = lambda r, f, e=e: mauve(taken(e, r), taken(e, f))["mauve"].value
        found[f"kad@{e.name} × 1000"] = lambda r, f, e=e: 1000 * kad(taken(e, r), taken(e, f)).value
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["tokens", "features"])
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    dataset, rows = Glosses(), {}
    metrics = (by_tokens if options.what == "tokens" else by_features)(dataset)
    texts = dataset.batch("train", torch.arange(dataset.count("train")), None)["data"]
    for seed in range(options.seeds):
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(texts), generator=generator)
        real, fake = texts[order[: options.n]], texts[order[options.n : 2 * options.n]]
        for fault, x in spoilt(fake, dataset.spec.vocabulary, generator).items():
            rows.setdefault(fault, []).append([metric(real, x) for metric in metrics.values()])
    print(f"| fault | {' | '.join(metrics)} |\n|---|{'---|' * len(metrics)}")
    for fault, values in rows.items():
        mean, deviation = np.mean(values, 0), np.std(values, 0, ddof=1)
        cells = (f"{m:.3g} ± {s:.1g}" for m, s in zip(mean, deviation, strict=True))
        print(f"| {fault} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
