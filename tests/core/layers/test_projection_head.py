"""The projection head against a one-hot product, and against the log-ratio of class Gaussians that it can be."""

from __future__ import annotations

import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal
from torch.nn import functional

from gansuite.layers import ProjectionHead


def test_is_the_one_hot_product():
    head, features, label = ProjectionHead(6, labels=4), torch.randn(9, 6), torch.randint(4, (9,))
    one_hot = functional.one_hot(label, 4).float()
    expected = ((one_hot @ head.embedding.weight) * features).sum(1) + head.marginal(features)[:, 0]
    torch.testing.assert_close(head(features, label), expected)
    torch.testing.assert_close(head(features, one_hot), head(features, label))
    assert head(features, label).shape == (9,)


def test_is_the_optimal_critic_of_class_gaussians():
    """log p(x, y) - log q(x) q(y): p of class Gaussians N(m_y, I), q a shifted Gaussian, with φ(x) = (x, 1)."""
    means, shift = torch.randn(3, 2).double(), torch.tensor([0.5, -1.0]).double()
    head = ProjectionHead(3, labels=3).double()
    with torch.no_grad():
        head.embedding.weight.copy_(torch.cat([means, -means.square().sum(1, keepdim=True) / 2], 1))
        head.marginal.weight.copy_(torch.tensor([[-0.5, 1.0, 0.0]]))
        head.marginal.bias.copy_(shift.square().sum() / 2)
    x, label = torch.randn(20, 2).double(), torch.randint(3, (20,))
    eye = torch.eye(2).double()
    ratio = MultivariateNormal(means[label], eye).log_prob(x) - MultivariateNormal(shift, eye).log_prob(x)
    torch.testing.assert_close(head(torch.cat([x, torch.ones(20, 1).double()], 1), label), ratio)


def test_differences_between_classes_are_those_of_the_posterior():
    means = torch.randn(3, 2).double()
    mixture = MixtureSameFamily(Categorical(torch.ones(3).double()), MultivariateNormal(means, torch.eye(2).double()))
    x = torch.randn(5, 2).double()
    joint = torch.stack([MultivariateNormal(mean, torch.eye(2).double()).log_prob(x) for mean in means], 1)
    posterior = joint - torch.log(torch.tensor(3.0).double()) - mixture.log_prob(x)[:, None]
    head = ProjectionHead(3, labels=3).double()
    with torch.no_grad():
        head.embedding.weight.copy_(torch.cat([means, -means.square().sum(1, keepdim=True) / 2], 1))
    features = torch.cat([x, torch.ones(5, 1).double()], 1)
    scores = torch.stack([head(features, torch.full((5,), y)) for y in range(3)], 1)
    torch.testing.assert_close(scores.softmax(1), posterior.exp())
    with pytest.raises(IndexError):
        head(features, torch.full((5,), 3))
