"""BLEU of a translation against its own source."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Game
from gansuite.metrics.metric import MetricError
from gansuite.metrics.subject import Subject
from gansuite_text.metrics.bleu_scores import bleu
from gansuite_text.metrics.source_bleu import SourceBleu
from gansuite_text.spec import TextSpec

SPEC = TextSpec(9, 6, source=TextSpec(9, 6))
ROWS = [[3, 4, 5, 6, 7, 0], [8, 3, 3, 2, 0, 0], [4, 5, 6, 7, 8, 1], [2, 3, 0, 0, 0, 0], [5, 5, 5, 0, 0, 0]]
SOURCES = torch.tensor(ROWS)


class Texts:
    """Five pairs of texts."""

    spec, fingerprint, summary = SPEC, "texts", {}

    def to(self, device: Any) -> Texts:
        return self

    def count(self, split: str) -> int:
        return len(SOURCES)

    def names(self, split: str) -> list[str]:
        return list("abcde")

    def batch(self, split: str, index: torch.Tensor, rng: Any) -> dict[str, torch.Tensor]:
        return {"data": SOURCES[index].flip(0), "source": SOURCES[index]}


class Rewriting(Game):
    """A game whose translator is a function."""

    translated, many = "source", False

    def __init__(self, rewrite: Any) -> None:
        super().__init__(SPEC.space, [])
        self.rewrite = rewrite

    def condition(self, wanted: Any, n: int) -> Any:
        return wanted

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        return self.rewrite(condition.clone())

    def translations(self, x: Any, rng: Rng, wanted: Any = None) -> Any:
        return self.sample(len(x), rng, self.condition(x, len(x)))


def subject(rewrite: Any) -> Subject:
    """A model that writes ``rewrite(source)``."""

    return Subject(Rewriting(rewrite), Texts(), "test", 5, torch.device("cpu"))


def metric(**options: Any) -> SourceBleu:
    made = SourceBleu(**options)
    made.bind(SPEC)
    return made


def first_changed(x: torch.Tensor) -> torch.Tensor:
    x[:, 0] = 1
    return x


def test_copies_are_1_and_strangers_are_nearly_0() -> None:
    found = metric()(subject(lambda x: x))
    assert [each.name for each in found] == ["source-bleu/2", "source-bleu/3", "source-bleu/4"]
    assert found[0].extras["kept"] == found[0].extras["copies"] == 1
    # Of three tokens there is no 4-gram: the smoothing of all BLEU here says 0.1 for it.
    assert found[0].value == pytest.approx(1)
    strangers = metric()(subject(lambda x: torch.where(x > 0, 1, 0)))
    assert strangers[0].value < 0.5 and strangers[0].extras["copies"] == 0


def test_each_translation_is_held_against_its_own_source_alone() -> None:
    """The first one is shorter than its source, which costs it the brevity penalty."""

    def rewrite(x: torch.Tensor) -> torch.Tensor:
        x[x[:, 0] == 3, 3:] = 0
        return first_changed(x)

    found, numbers = metric(max_n=3)(subject(rewrite)), []
    for number, row in enumerate(SOURCES):
        source = row[: int((row != 0).sum())].tolist()
        made = [1, *source[1 : 3 if number == 0 else None]]
        numbers.append([float(bleu([made], [source], 3)[n][0]) for n in (2, 3)])
    np.testing.assert_allclose([each.value for each in found], np.mean(numbers, 0))
    assert found[0].extras["kept"] == pytest.approx((2 + 3 + 5 + 1 + 2) / (5 + 4 + 6 + 2 + 3))
    assert found[0].extras["copies"] == 0


def test_an_untrained_model_is_told_beside_it() -> None:
    found = metric()(subject(first_changed), untrained=subject(lambda x: x))
    assert found[0].untrained == pytest.approx(1) and found[0].value < 0.9


def test_what_is_no_translation_of_texts_is_refused() -> None:
    with pytest.raises(UserError, match="source-bleu: the game SimpleNamespace translates nothing"):
        metric().check(SimpleNamespace())
    with pytest.raises(MetricError, match="compares texts"):
        SourceBleu().bind(SimpleNamespace())
