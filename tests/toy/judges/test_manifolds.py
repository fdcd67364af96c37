"""Distances from curves, discs and planes."""

from __future__ import annotations

import math

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite_toy.data.parallel_lines import ParallelLines
from gansuite_toy.data.shapes import Shapes
from gansuite_toy.judges.manifolds import Arc, Disc, Lines, Plane
from gansuite_toy.judges.moons import half_circle


def test_lines_by_hand():
    judge = Lines(2, 3.0, 0.1)
    mode, distance = judge.modes(torch.tensor([[0.0, 0.5], [1.0, 0.5], [2.0, 1.0], [3.0, 2.0]]))
    assert mode.tolist() == [0, 0, 1, 1]
    assert distance.tolist() == pytest.approx([0, 1, 1, 1])


def test_arcs_against_the_nearest_of_many_points():
    x = Rng(0, "x").normal(300, 2)
    for first, last in ((-math.pi, math.pi), (math.pi / 2, 3 * math.pi / 2), (0.3, 1.0)):
        angle = torch.linspace(first, last, 20_001)
        curve = torch.stack([angle.sin(), angle.cos()], 1)
        assert torch.allclose(Arc(first, last, 0.1).modes(x)[1], torch.cdist(x, curve).amin(1), atol=2e-3)


def test_half_circle_against_the_nearest_of_many_points():
    x = Rng(0, "x").normal(300, 2)
    angle = torch.linspace(0, math.pi, 20_001)
    curve = torch.stack([angle.cos(), angle.sin()], 1)
    assert torch.allclose(half_circle(*x.unbind(1)), torch.cdist(x, curve).amin(1), atol=2e-3)


def test_disc_and_plane():
    assert Disc(0.1).modes(torch.tensor([[0.5, 0.5], [0.0, 2.0]]))[1].tolist() == [0, 1]
    judge = Plane(torch.eye(5)[:2], 0.1)
    distance = judge.modes(torch.tensor([[1.0, 2.0, 0.0, 0.0, 0.0], [1.0, 2.0, 3.0, 0.0, 4.0]]))[1]
    assert distance.tolist() == pytest.approx([0, 5 / math.sqrt(5)])


def test_the_shapes_fill_what_they_should():
    circle = Shapes(count=20_000).parts["train"]["data"]
    assert float(circle.norm(dim=1).std()) == pytest.approx(0.05, rel=0.03)
    half = Shapes(shape="quarter", count=20_000).parts["train"]["data"]
    assert float((half[:, 1] > 0.2).double().mean()) == 0  # angle clockwise from (0, 1): the lower half
    disc = Shapes(shape="disc", count=20_000, sd=1e-6).parts["train"]["data"]
    assert float((disc.norm(dim=1) < 0.5).double().mean()) == pytest.approx(0.25, abs=0.015)
    thin = Shapes(shape="thin-circle", count=20_000).parts["train"]["data"]
    assert float((thin[:, 1] < -0.9).double().mean()) < 0.05 < float((thin[:, 1] > 0.9).double().mean())
    plane = Shapes(shape="planar", count=500).parts["train"]["data"]
    assert int(torch.linalg.matrix_rank(plane.double(), rtol=1e-5)) == 32


def test_samples_on_neighbouring_lines_are_told_apart():
    data = ParallelLines(count=2000, lines=3, distance=0.5, labels=True)
    test = data.parts["test"]
    assert torch.equal(data.judge.modes(test["data"])[0], test["label"])
    assert data.judge.shares.tolist() == pytest.approx([1 / 3] * 3)
