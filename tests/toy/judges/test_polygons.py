"""Polygons are convex and centred; pictures have their area; the judge finds them and nothing else."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pytest
import torch
from scipy.spatial import ConvexHull

from gansuite.engine.rng import Rng
from gansuite_toy.data.polygon import GAP, PIXELS, RADIUS, centre_of_mass, corners, outline, picture, random_angles
from gansuite_toy.data.polygons import Polygons, Triangles
from gansuite_toy.judges.polygons import PolygonJudge, corners_of_outline


@pytest.mark.parametrize("sides", [3, 4, 5, 6])
def test_corners_are_convex_on_a_circle_and_centred(sides: int):
    angles = random_angles(300, sides, Rng(0, "angles")).double()
    points = corners(angles)
    hulls = [ConvexHull(each) for each in points.numpy()]
    assert {len(hull.vertices) for hull in hulls} == {sides}
    gaps = torch.remainder(angles.roll(-1, 1) - angles, 2 * math.pi)
    assert float(gaps.min()) >= GAP - 1e-6
    assert float(gaps.sum(1).sub(2 * math.pi).abs().max()) < 1e-6
    # Inscribed in a circle of radius one: perpendicular bisectors of the first two sides meet at distance one.
    a, b, c = points[:, 0], points[:, 1], points[:, 2]
    lengths = [(b - c).norm(dim=1), (c - a).norm(dim=1), (a - b).norm(dim=1)]
    area = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]).abs() / 2
    assert torch.allclose(lengths[0] * lengths[1] * lengths[2] / (4 * area), torch.ones(300).double(), atol=1e-6)
    assert float(centre_of_mass(points).abs().max()) < 1e-9


@pytest.mark.parametrize("sides", [3, 5])
def test_a_picture_has_the_area_and_the_middle_of_its_polygon(sides: int):
    points = corners(random_angles(200, sides, Rng(1, "angles")).double())
    cover = picture(points, lines=64)
    areas = torch.tensor([ConvexHull(each).volume for each in points.numpy()]) * RADIUS**2
    assert float((cover.sum((1, 2)) - areas).abs().max()) < 0.2
    axis = torch.arange(PIXELS) + 0.5
    middle = torch.stack([(cover * axis).sum((1, 2)), (cover * axis[:, None]).sum((1, 2))]) / cover.sum((1, 2))
    assert float((middle - PIXELS / 2).abs().max()) < 0.03


def test_a_picture_is_what_counting_finer_pixels_gives():
    points = corners(random_angles(20, 4, Rng(2, "angles")).double())
    fine = (torch.arange(PIXELS * 16) + 0.5) / 16
    x, y = torch.meshgrid(fine, fine, indexing="xy")
    inside = RADIUS * points + PIXELS / 2
    side = inside.roll(-1, 1) - inside
    left = side[..., 0, None, None] * (y - inside[..., 1, None, None]) - side[..., 1, None, None] * (
        x - inside[..., 0, None, None]
    )
    counted = (left >= 0).all(1).double().unflatten(1, (PIXELS, 16)).unflatten(3, (PIXELS, 16)).mean((2, 4))
    assert float((picture(points, lines=16) - counted).abs().max()) < 0.08
    assert float((picture(points) - counted).abs().mean()) < 0.003


@pytest.mark.parametrize("sides", [3, 4, 6])
def test_an_outline_gives_its_corners_back(sides: int):
    points = corners(random_angles(50, sides, Rng(3, "angles")).double())
    line = outline(points)
    assert line.shape == (50, 2, 16)
    assert torch.allclose(corners_of_outline(line, sides), points, atol=1e-9)
    assert torch.allclose(line[:, :, 0], points[:, 0])


def test_outlines_are_on_their_manifold_exactly_and_noise_is_as_far_as_it_is():
    data = Polygons(count=400, form="contour", labels=True, split={"train": 1.0})
    x, label = data.parts["train"]["data"].flatten(1), data.parts["train"]["label"]
    mode, distance = data.judge.modes(x)
    assert torch.equal(mode, label)
    assert float(distance.max()) < 1e-5
    assert data.judge.high_quality(x).all()
    noisy = x + Rng(0, "noise").normal(*x.shape, scale=0.1)
    judge = PolygonJudge([3], "contour", 0.05)
    far = judge.modes(noisy[label == 0])[1]
    # Root mean square per point, 32 noisy numbers less the 3 that the fit takes up: 0.1 sqrt(29 / 16).
    assert float(far.square().mean().sqrt()) == pytest.approx(0.1 * math.sqrt(29 / 16), rel=0.1)
    assert not judge.high_quality(noisy[label == 0]).any()


@pytest.mark.parametrize("form", ["image", "contour"])
def test_ellipses_pentagons_and_noise_are_no_triangles(form: Literal["image", "contour"]):
    judge = Triangles(count=10, form=form).judge
    shapes = torch.linspace(0, 2 * math.pi, 61)[:-1].expand(1, -1).double()
    ellipse = corners(shapes) * torch.tensor([1.0, 0.6])
    x = (
        1 - 2 * picture(ellipse).flatten(1)
        if form == "image"
        else outline(corners(random_angles(9, 5, Rng(0, "five"))))
    )
    assert not judge.high_quality(x.flatten(1).float()).any()
    noise = Rng(0, "noise").uniform(5, *Triangles(count=10, form=form).spec.shape, low=-1.0).flatten(1)
    assert not judge.high_quality(noise).any()


def test_nearly_all_real_pictures_are_found_and_named():
    data = Polygons(count=200, labels=True, split={"train": 1.0})
    x, label = data.parts["train"]["data"].flatten(1), data.parts["train"]["label"]
    mode, distance = data.judge.modes(x)
    assert float((mode == label).double().mean()) >= 0.98
    assert float(data.judge.high_quality(x).double().mean()) >= 0.97
    assert float(distance.quantile(0.5)) < 0.1


def test_a_tiny_polygon_and_crowded_corners_are_refused():
    judge = Triangles(count=10, form="contour").judge
    points = corners(torch.tensor([[0.0, 0.05, 3.0]]).double())  # three degrees apart
    assert not judge.high_quality(outline(points).flatten(1)).any()
    points = corners(torch.tensor([[0.0, 2.0, 4.0]]).double())
    assert judge.high_quality(outline(points).flatten(1)).all()
    assert not judge.high_quality(outline(0.8 * points).flatten(1)).any()


def test_pictures_are_dark_on_light():
    x = Triangles(count=20).parts["train"]["data"]
    assert float(x.min()) == -1 and float(x.max()) == 1
    assert float(np.median(x[:, 0, 0, 0])) == 1
    assert (x[:, 0, 14, 14] == -1).all()
