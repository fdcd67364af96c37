"""Single texts for a person."""

from __future__ import annotations

from typing import Any

import numpy as np

from gansuite.testing.contracts import PresenterContract
from gansuite_text.presenter import TextPresenter
from gansuite_text.spec import TextSpec


class TestTexts(PresenterContract):
    def make(self) -> Any:
        return TextPresenter(TextSpec(5, 6))

    def samples(self, n: int) -> Any:
        return np.random.default_rng(0).integers(1, 5, (n, 6))


def test_what_a_model_wrote_is_shown_and_not_obeyed(monkeypatch: Any) -> None:
    monkeypatch.setattr(TextSpec, "decode", lambda self, x: ["<script>a & b</script>", ""])
    first, second = TextPresenter(TextSpec(5, 6))(np.zeros((2, 6), np.int64))
    assert first.html == '<p class="text">&lt;script&gt;a &amp; b&lt;/script&gt;</p>'
    assert "(an empty text)" in second.html
