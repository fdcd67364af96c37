"""Weights that are a density ratio: maximum likelihood of a law that only its ratio to the model's is known of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.estimators.importance_weighted import ImportanceWeighted
from gansuite.estimators.reinforce import Reinforce
from gansuite.studies.estimators.independent import DensityRatio

SAMPLES = 400_000


def test_the_truth_is_the_gradient_of_the_divergence():
    place = DensityRatio()
    p = place.probability(place.logits.double())
    q = -place.cost(place.states.double()) * p
    assert float(q.sum()) == pytest.approx(1, abs=1e-6)
    theta = place.logits.double().requires_grad_()
    (gradient,) = torch.autograd.grad((q * (q.log() - place.probability(theta).log())).sum(), theta)
    assert torch.allclose(gradient.flatten(), place.truth, atol=1e-6)


def test_the_bias_of_normalised_weights_falls_like_one_over_the_samples(shown: Any):
    place, biases = DensityRatio(), []
    for m in (4, 16, 64):
        found = place.estimates(ImportanceWeighted(), SAMPLES // m, Rng(m), samples=m)
        biases.append(shown(found.gradients, place.truth)[0])
    slope = np.polyfit(np.log([4, 16, 64]), np.log(biases), 1)[0]
    assert slope == pytest.approx(-1, abs=0.3)
    assert 0.2 < biases[0] < 0.6 and biases[-1] < 0.05


def test_the_baseline_changes_no_mean_and_half_the_variance(shown: Any):
    place = DensityRatio()
    for normalise in (True, False):
        rows = [
            place.estimates(ImportanceWeighted(normalise=normalise, baseline=b), 10_000, Rng(1), samples=16).gradients
            for b in (0.0, 1.0)
        ]
        error = ((rows[0].var(0) + rows[1].var(0)) / 10_000).sqrt()
        assert ((rows[0].mean(0) - rows[1].mean(0)).abs() < 4.5 * error).all()
        assert shown(rows[1], place.truth)[1] < 0.5 * shown(rows[0], place.truth)[1]


def test_plain_weights_are_reinforce_and_vary_more(shown: Any):
    place = DensityRatio()
    plain = place.estimates(ImportanceWeighted(normalise=False, baseline=0.0), 1000, Rng(2), samples=4).gradients
    reinforce = place.estimates(Reinforce(baseline="none"), 1000, Rng(2), samples=4).gradients
    assert torch.allclose(plain, reinforce, atol=1e-6)
    found = [
        place.estimates(ImportanceWeighted(normalise=n), 10_000, Rng(3), samples=4).gradients for n in (True, False)
    ]
    assert shown(found[0], place.truth)[1] < shown(found[1], place.truth)[1]


def test_by_hand():
    log_prob = torch.zeros(4, 2, requires_grad=True)
    weight = torch.tensor([1.0, 3.0, 2.0, 2.0])
    (g,) = torch.autograd.grad(ImportanceWeighted(baseline=0.0).surrogate(log_prob, -weight), log_prob)
    assert -g[:, 0] == pytest.approx(weight / 8) and torch.equal(g[:, 0], g[:, 1])
    (g,) = torch.autograd.grad(ImportanceWeighted().surrogate(log_prob, -weight, group=2), log_prob)
    assert -4 * g[:, 0] == pytest.approx([0.5 - 1, 1.5 - 1, 0.0, 0.0])
    mask = torch.tensor([[True, True], [True, False], [True, True], [True, False]])
    each = weight.unsqueeze(1).expand(4, 2)
    (g,) = torch.autograd.grad(ImportanceWeighted(baseline=0.0).surrogate(log_prob, -each, mask), log_prob)
    assert -4 * g[:, 0] == pytest.approx(weight * 4 / 8)
    assert -4 * g[:, 1] == pytest.approx([1.0 * 2 / 3, 0.0, 2.0 * 2 / 3, 0.0])


def test_the_scale_of_a_ratio_does_not_matter_and_its_sign_does():
    log_prob = torch.zeros(3, 1, requires_grad=True)
    one, nine = (
        torch.autograd.grad(ImportanceWeighted().surrogate(log_prob, -scale * torch.tensor([1.0, 2.0, 5.0])), log_prob)
        for scale in (1.0, 9.0)
    )
    assert torch.allclose(one[0], nine[0], atol=1e-7)
    assert ImportanceWeighted().surrogate(log_prob, torch.tensor([0.5, -1.0, -2.0])).isnan()
