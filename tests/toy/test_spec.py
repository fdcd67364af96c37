from __future__ import annotations

import json

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_toy.spec import ImageSpec, OneHotSpec, PointsSpec, SignalSpec, TokensSpec, ToySpec, read_spec

SPECS = [
    PointsSpec(3),
    PointsSpec(dim=2, labels=("a", "b"), source=PointsSpec(dim=4)),
    SignalSpec(length=16, channels=2, picture="contours"),
    ImageSpec(height=8, width=6, channels=3, picture="images"),
    TokensSpec(vocabulary=2, length=5, tokens=("(", ")"), picture="strings"),
    OneHotSpec(vocabulary=4, length=5, picture="strings"),
]
NAMES = [f"{type(spec).__name__}-{i}" for i, spec in enumerate(SPECS)]


@pytest.mark.parametrize("spec", SPECS, ids=NAMES)
def test_a_description_survives_json(spec: ToySpec):
    assert read_spec(json.loads(json.dumps(spec.as_dict()))) == spec


@pytest.mark.parametrize("spec", SPECS, ids=NAMES)
def test_widened_is_the_first_axis(spec: ToySpec):
    wide = spec.widened(7)
    assert wide.shape == (7, *spec.shape[1:])
    assert wide.labels == spec.labels
    assert type(wide) is type(spec)


@pytest.mark.parametrize("spec", SPECS[:4], ids=NAMES[:4])
def test_packed_and_conditioned_samples_have_the_shape_of_the_widened_domain(spec: ToySpec):
    x = Rng(0, "x").normal(6, *spec.shape)
    assert spec.space.pack(x, 3).shape == (2, *spec.widened(3 * spec.shape[0]).shape)
    assert spec.space.attach(x, torch.ones(6, 4)).shape == (6, *spec.widened(spec.shape[0] + 4).shape)


def test_tokens_have_no_gradient_and_nothing_between_them():
    space, tokens = TokensSpec(vocabulary=3, length=4).space, torch.zeros(2, 4, dtype=torch.int64)
    assert space.leaves(tokens) == ()
    with pytest.raises(UserError, match="one_hot"):
        space.path(tokens, tokens, torch.ones(2))
    with pytest.raises(UserError, match="one_hot"):
        space.jitter(tokens, 1.0, Rng(0, "noise"))
