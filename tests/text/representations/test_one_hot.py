"""Texts as signals with a channel for each token."""

from __future__ import annotations

import pytest
import torch

from gansuite.errors import UserError
from gansuite_text.representations.one_hot import OneHot
from gansuite_text.spec import TextSpec

SPEC = TextSpec(5, 4, labels=("a", "b"), source=TextSpec(5, 4, labels=("c", "d")), contents=("x", "y"))
X = torch.tensor([[3, 0, 2, 4], [1, 2, 3, 4]])


def test_there_and_back_is_the_text_with_nothing_behind_its_end() -> None:
    seen = OneHot(SPEC)
    y = seen.encode(X)
    assert y.shape == (2, *seen.spec.shape) == (2, 5, 4)
    assert torch.equal(y.sum(1), torch.ones(2, 4)) and y[1, 2, 1] == 1 and y[0, 0, 1:].eq(1).all()
    assert torch.equal(seen.decode(y), SPEC.tidied(X))
    assert torch.equal(seen.decode(0.3 * y + 0.1), SPEC.tidied(X))  # the largest channel, whatever its size
    raw = torch.nn.functional.one_hot(X, 5).float().transpose(1, 2)  # as a translator may write behind an end
    assert torch.equal(seen.decode(raw), SPEC.tidied(X))
    assert not seen.state_dict()


def test_a_source_is_shown_alike() -> None:
    seen = OneHot(SPEC).spec
    assert seen.labels == ("a", "b") and seen.contents == ("x", "y")
    assert seen.source.shape == seen.shape and seen.source.labels == ("c", "d") and seen.source.source is None
    assert OneHot(TextSpec(5, 4)).spec.source is None


@pytest.mark.parametrize("other", [TextSpec(6, 4), TextSpec(5, 3)])
def test_sources_of_other_tokens_are_refused(other: TextSpec) -> None:
    with pytest.raises(UserError, match="one-hot: sources are texts of another vocabulary or length"):
        OneHot(TextSpec(5, 4, source=other))
