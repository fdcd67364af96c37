"""Self-BLEU-2 to 5 of WordNet glosses: ours against nltk, the same values, and seconds by the number of texts.

    python benchmarks/self_bleu.py [--rounds 7] [--nltk 5] [--json]

nltk is timed on a few sentences against all others and told for all of them. One thread, processor seconds.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time

import torch
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
from timing import interleave

from gansuite_text.data.glosses import Glosses
from gansuite_text.metrics import bleu, self_bleu

SIZES = (1000, 10_000)


def texts(n: int, seed: int = 0) -> list[list[str]]:
    """Words of glosses, of the training split in an order by chance."""
    dataset = Glosses()
    words = dataset.spec.words(dataset.batch("train", torch.arange(dataset.count("train")), None)["data"])
    random.Random(seed).shuffle(words)
    return words[:n]


def theirs(sentences: list[list[str]], few: int) -> tuple[float, float]:
    """Processor seconds of all sentences' Self-BLEU-2 to 5 by nltk, from a few of them; the largest difference."""
    smoothing, ours, worst, began = SmoothingFunction().method1, self_bleu(sentences), 0.0, time.process_time()
    for i in range(few):
        others = sentences[:i] + sentences[i + 1 :]
        for n, scores in ours.items():
            value = sentence_bleu(others, sentences[i], (1 / n,) * n, smoothing)
            worst = max(worst, abs(float(scores[i]) - float(value)))  # pyright: ignore[reportArgumentType]
    return (time.process_time() - began) / few * len(sentences), worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--nltk", type=int, default=5, help="sentences that nltk scores")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    table = {}
    for n in SIZES:
        sentences, references = texts(n), texts(2 * n)[n:]
        runs = {"self": lambda s=sentences: self_bleu(s), "against": lambda s=sentences, r=references: bleu(s, r)}
        seconds = interleave(runs, options.rounds, clock=time.process_time)
        nltk, worst = theirs(sentences, options.nltk if n == min(SIZES) else 1)
        table[n] = {
            "tokens": sum(map(len, sentences)),
            "self_bleu_s": statistics.median(seconds["self"]),
            "bleu_s": statistics.median(seconds["against"]),
            "nltk_self_bleu_s": nltk,
            "difference": worst,
        }
    if options.json:
        print(json.dumps(table))
        return
    for n, row in table.items():
        print(
            f"{n:6d} sentences ({row['tokens']} tokens): Self-BLEU-2..5 {1e3 * row['self_bleu_s']:.1f} ms, against as "
            f"many references {1e3 * row['bleu_s']:.1f} ms; nltk {row['nltk_self_bleu_s']:.0f} s "
            f"({row['nltk_self_bleu_s'] / row['self_bleu_s']:,.0f} times), largest difference {row['difference']:.1e}"
        )


if __name__ == "__main__":
    main()
