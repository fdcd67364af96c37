"""What a text is: where it ends, how it is written, and what the core may do with it."""

from __future__ import annotations

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_text.spec import TextSpec

SPEC = TextSpec(5, 4)


def test_a_text_goes_up_to_its_end():
    x = torch.tensor([[3, 0, 2, 0], [1, 2, 3, 4], [0, 1, 1, 1]])
    mask = torch.tensor([[True, True, False, False], [True] * 4, [True, False, False, False]])
    assert torch.equal(SPEC.mask(x), mask)
    assert torch.equal(SPEC.tidied(x), torch.tensor([[3, 0, 0, 0], [1, 2, 3, 4], [0, 0, 0, 0]]))
    assert torch.equal(SPEC.mask(torch.nn.functional.one_hot(x, 5).float()), mask)
    assert TextSpec(5, 4, end=None).mask(x).all()
    assert torch.equal(TextSpec(5, 4, end=None).tidied(x), x)


def test_numbers_stand_for_tokens_without_a_tokenizer():
    x = torch.tensor([[3, 0, 2, 0], [1, 2, 3, 4]])
    assert SPEC.decode(x) == ["3", "1 2 3 4"]
    assert SPEC.words(x) == [["3"], ["1", "2", "3", "4"]]
    assert SPEC.encode("4 1").tolist() == [4, 1]
    for wrong in ("", "5", "x", "1 1 1 1 1"):
        with pytest.raises(UserError, match="prompt"):
            SPEC.encode(wrong)


def test_what_was_noted_is_read_again():
    spec = TextSpec(5, 4, None, ("a", "b"), None, 2)
    assert TextSpec.from_dict(spec.as_dict()) == spec


def test_relaxed_and_plain_texts_meet_as_rows_of_the_simplex():
    space, x = SPEC.space, torch.tensor([[3, 0, 0, 0], [1, 2, 3, 4]])
    soft = torch.full((2, 4, 5), 0.2)
    both = space.cat([x, soft])
    assert both.shape == (4, 4, 5) and torch.equal(both[:2].argmax(-1), x)
    assert space.cat([x, x]).dtype == torch.int64
    half = space.path(x, soft, torch.full((2,), 0.25))
    assert torch.allclose(half.sum(-1), torch.ones(2, 4)) and torch.allclose(half[0, 0, 3], torch.tensor(0.4))
    assert space.leaves(x) == () and len(space.leaves(soft)) == 1
    assert space.jitter(x, 0.1, Rng(0)).shape == (2, 4, 5)
    assert torch.equal(space.mix(x, soft, torch.tensor([True, False])).argmax(-1)[0], x[0])
    with pytest.raises(UserError, match="cannot be packed"):
        space.pack(x, 2)


def test_a_condition_is_kept_beside_the_text():
    assert SPEC.widened(4 + 3).codes == 3
    assert SPEC.space.attach(torch.ones(1, 4, dtype=torch.int64), torch.ones(1, 3)).shape == (1, 4)


def test_a_source_is_noted_and_read_again():
    spec = TextSpec(5, 4, labels=("a", "b"), source=TextSpec(5, 4, labels=("c",)), contents=("x", "y"))
    assert TextSpec.from_dict(spec.as_dict()) == spec and spec.as_dict()["source"]["labels"] == ["c"]
    before = {"vocabulary": 5, "length": 4, "end": None, "labels": ["a"], "tokenizer": None, "codes": 0}
    assert TextSpec.from_dict(before) == TextSpec(5, 4, None, ("a",))  # a run that knew of no sources
