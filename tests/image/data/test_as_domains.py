"""Changes of pictures as the step between two domains, by the core's data sets."""

from __future__ import annotations

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.plugins.registry import registry


def dataset(**table):
    return registry().bind("dataset", table, "[data]", plugin="image").make()


@pytest.mark.parametrize(
    ("by", "shape"),
    [
        ([{"name": "shrink", "factor": 2}], (1, 4, 4)),
        ([{"name": "levels", "count": 3}], (3, 8, 8)),
        ([{"name": "blur", "sd": 0.5}, {"name": "shrink", "factor": 4}], (1, 2, 2)),
        ([{"name": "mask", "share": 0.25}], (1, 8, 8)),
    ],
)
def test_a_change_leads_to_its_domain(by, shape):
    data = dataset(name="changed", of={"name": "digits"}, by=by)
    batch = data.batch("train", torch.arange(5), Rng(0))
    assert data.spec.shape == (1, 8, 8) and data.spec.source.shape == shape == tuple(batch["source"].shape[1:])
    assert torch.equal(batch["label"], batch["content"])


def test_upright_digits_of_turned_ones_and_held_out_noise_that_stays():
    turned = dataset(name="changed", of={"name": "digits"}, by=[{"name": "rotate", "degrees": 90}])
    batch = turned.batch("test", torch.arange(5), None)
    assert torch.equal(batch["source"], batch["data"].rot90(1, (2, 3)))
    noisy = dataset(name="changed", of={"name": "digits"}, by=[{"name": "noise", "sd": 0.5}])
    first, again = (noisy.batch("test", index, None)["source"] for index in (torch.arange(5), torch.arange(3, 5)))
    assert torch.equal(first[3:], again)


def test_three_domains_of_strokes():
    into = [{"name": "thicken", "amount": 0.5}, {"name": "thicken", "amount": -0.5}]
    data = dataset(name="variants", of={"name": "digits"}, into=into, domains=["plain", "bold", "thin"])
    batch = data.batch("train", torch.arange(30), None)
    mean = [float(batch["data"][batch["label"] == k].mean()) for k in range(3)]
    assert mean[2] < mean[0] - 0.05 < mean[1] - 0.1
