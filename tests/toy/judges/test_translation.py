"""The judges of translation know the true map."""

from __future__ import annotations

import math
from typing import Literal

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite_toy.data.cloud_domains import CloudDomains
from gansuite_toy.data.clouds import Clouds
from gansuite_toy.data.moons import Moons
from gansuite_toy.data.signals import Signals
from gansuite_toy.judges.pushed import PlaneMap


@pytest.mark.parametrize("kind", ["rotation", "bend"])
def test_the_true_map_has_error_zero_and_the_identity_has_not(kind: Literal["rotation", "bend"]):
    data = Clouds(count=1000, paired=True, map=kind, angle=40.0, scale=1.5, shift=[0.3, -2.0])
    source, target = data.parts["train"]["source"], data.parts["train"]["data"]
    assert float(data.judge.error(source, data.judge.map(source)).max()) == 0
    assert torch.equal(data.judge.map(source), target)
    assert float(data.judge.error(source, source).mean()) > 1
    assert torch.allclose(data.judge.map.inverse(target), source, atol=1e-5)


def test_a_quarter_turn_is_anticlockwise():
    turned = PlaneMap(angle=90.0)(torch.tensor([[1.0, 0.0], [0.0, 2.0]]))
    assert torch.allclose(turned, torch.tensor([[0.0, 1.0], [-2.0, 0.0]]), atol=1e-6)


@pytest.mark.parametrize("kind", ["rotation", "bend"])
def test_the_density_of_the_image_integrates_to_one(kind: Literal["rotation", "bend"]):
    judge = Clouds(count=10, map=kind, angle=40.0, scale=1.5, shift=[0.3, -2.0], sd=0.3).judge
    axis = torch.linspace(-10, 10, 801, dtype=torch.float64)
    density = judge.log_density(torch.cartesian_prod(axis, axis)).exp()
    assert float(density.sum()) * (axis[1] - axis[0]) ** 2 == pytest.approx(1, abs=1e-6)


def test_unpaired_rows_have_nothing_to_do_with_each_other():
    data = Clouds(count=5000)
    source, target = data.parts["train"]["source"], data.parts["train"]["data"]
    assert float(data.judge.error(source, target).mean()) > 0.5
    back = data.judge.map.inverse(target)
    assert float(torch.corrcoef(torch.stack([source[:, 0], back[:, 0]]))[0, 1]) == pytest.approx(0, abs=0.06)
    assert data.judge.high_quality(target).double().mean() > 0.98
    assert data.judge.high_quality(source).double().mean() < 0.7  # the source is no sample of the target


def test_no_other_rotation_or_reflection_fits_the_cloud():
    judge = Clouds(count=10, angle=0.0).judge
    x = judge.base.sample(4000, Rng(0, "x"))[0]
    right = judge.log_density(x).mean()
    for angle in range(10, 360, 10):
        assert judge.log_density(PlaneMap(angle=float(angle))(x)).mean() < right - 1
    for flip in (torch.tensor([1.0, -1.0]), torch.tensor([-1.0, 1.0])):
        assert judge.log_density(x * flip).mean() < right - 1
    assert judge.log_density(x.flip(1)).mean() < right - 1


def test_every_domain_has_its_pose_and_the_maps_between_them_agree():
    data = CloudDomains(count=3000)
    x, label = data.parts["train"]["data"], data.parts["train"]["label"]
    mode, _ = data.judge.modes(x)
    assert float((mode // 4 == label).double().mean()) > 0.95
    goal = (label + 1) % 3
    there = data.judge.translate(x, label, goal)
    assert float(data.judge.error(x, there, label, goal).max()) == 0
    assert torch.allclose(data.judge.translate(there, goal, label), x, atol=1e-5)
    assert torch.allclose(there[label < 2], PlaneMap(angle=60.0)(x[label < 2]), atol=1e-5)


def test_a_degraded_signal_is_made_of_its_clean_one():
    clean = Signals(count=50, task="denoise").parts["train"]["data"]
    noisy = Signals(count=2000, task="denoise", sd=0.3).parts["train"]
    assert float((noisy["source"] - noisy["data"]).std()) == pytest.approx(0.3, rel=0.02)
    gapped = Signals(count=50, task="inpaint").parts["train"]
    hidden = (gapped["source"] == 0) & (gapped["data"] != 0)
    assert torch.equal(gapped["data"], clean)
    assert set(hidden.sum((1, 2)).tolist()) == {16}
    assert torch.equal(gapped["source"][~hidden], clean[~hidden])
    coarse = Signals(count=50, task="super-resolve")
    assert coarse.spec.source is not None and coarse.spec.source.shape == (1, 16)
    assert torch.allclose(coarse.parts["train"]["source"][3, 0, 2], clean[3, 0, 8:12].mean())


def test_distance_from_the_tones_by_hand():
    judge = Signals(count=10).judge
    time = 2 * math.pi * torch.arange(64, dtype=torch.float64) / 64
    pure, loud, high = 0.8 * torch.cos(2 * time + 1), 1.5 * torch.cos(5 * time), torch.cos(9 * time)
    mode, distance = judge.modes(torch.stack([pure, loud, pure + 0.2 * high]))
    assert mode.tolist() == [1, 4, 1]
    assert distance.tolist() == pytest.approx([0, 0.5 / math.sqrt(2), 0.2 / math.sqrt(2)], abs=1e-6)
    assert float(judge.error(pure[None, None], pure[None, None] + 0.1)[0]) == pytest.approx(0.1)


def test_few_labels_are_kept_in_training_and_all_in_the_test():
    data = Moons(count=1000, labelled=10)
    label = data.parts["train"]["label"]
    assert [int((label == value).sum()) for value in (-1, 0, 1)] == [790, 5, 5]
    assert int(data.parts["test"]["label"].min()) == 0
    known = label >= 0
    assert torch.equal(data.judge.modes(data.parts["train"]["data"][known])[0], label[known])


def test_moons_that_were_moved_are_judged_where_they_are():
    data = Moons(count=4000, adapt=True, angle=45.0, shift=1.0)
    test = data.parts["test"]
    assert data.parts["train"]["label"].unique().tolist() == [-1]
    assert float((data.judge.modes(test["data"])[0] == test["label"]).double().mean()) > 0.98
    home = Moons(count=10).judge
    assert float((home.modes(test["source"])[0] == test["source_label"]).double().mean()) > 0.98
    assert float((home.modes(test["data"])[0] == test["label"]).double().mean()) < 0.9
