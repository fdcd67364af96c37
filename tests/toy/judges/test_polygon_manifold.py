"""The rule that the data's polygons keep, what is nearest to it, and the law of the published notebook."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.optimize import minimize

from gansuite.engine.rng import Rng
from gansuite.metrics.models.manifold import ManifoldJudge
from gansuite_toy.data.polygon import GAP, admitted, corners, outline, picture, random_angles
from gansuite_toy.data.polygons import Polygons, Triangles
from gansuite_toy.data.shapes import Shapes

TURN = 2 * math.pi


def spread(angles: torch.Tensor) -> torch.Tensor:
    """How far the corners are from lying in equal segments, from any corner on."""
    segment = TURN / angles.shape[1]
    rest = angles.remainder(TURN).sort(1).values - segment * torch.arange(angles.shape[1], dtype=angles.dtype)
    return rest.amax(1) - rest.amin(1)


@pytest.mark.parametrize("sides", [3, 4, 6])
@pytest.mark.parametrize("legacy", [False, True])
def test_the_rule_admits_what_is_drawn_and_moves_it_nowhere(sides: int, legacy: bool) -> None:
    angles = random_angles(500, sides, Rng(0, "angles"), legacy).double()
    assert float(spread(angles).max()) <= TURN / sides - GAP + 1e-5
    assert (angles.diff(dim=1) > 0).all()
    torch.testing.assert_close(admitted(angles), angles, atol=1e-5, rtol=0)
    rolled = angles.roll(1, 1)
    torch.testing.assert_close(corners(admitted(rolled)), corners(rolled), atol=1e-5, rtol=0)  # from any corner on


def test_what_the_rule_does_not_admit_is_moved_as_little_as_can_be() -> None:
    """Two of three corners on one side: by brute force over admitted triples none has a smaller greatest move."""
    angles = torch.tensor([[0.0, 0.2, 0.4], [1.0, 1.05, 3.9]]).double()
    found = admitted(angles)
    assert (spread(found) <= TURN / 3 - GAP + 1e-9).all()
    grid = torch.linspace(-1.2, 1.2, 61).double()
    moves = torch.cartesian_prod(grid, grid, grid)
    for row, near in zip(angles, found, strict=True):
        others = row + moves
        allowed = spread(others) <= TURN / 3 - GAP
        least = moves[allowed].abs().amax(1).min()
        moved = (near - row).abs().max()
        assert float(moved) == pytest.approx(float(least), abs=0.041)  # a step of the grid
        assert moved <= least + 1e-9


def test_corners_on_one_side_are_ten_degrees_apart_and_yet_no_data() -> None:
    """Gaps of 20, 20 and 320 degrees: the data's greatest is 230."""
    judge = Triangles(count=10, form="contour").judge
    angles = torch.tensor([[0.0, math.radians(20), math.radians(40)]]).double()
    x = outline(corners(angles)).flatten(1).float()
    assert float(judge.modes(x)[1]) < 1e-4
    assert not judge.high_quality(x).any()
    assert float(judge.away(x)) > judge.tolerance


@pytest.mark.parametrize("form", ["image", "contour"])
def test_away_is_an_upper_limit_and_near_the_nearest_admitted_triangle(form: str) -> None:
    judge = Triangles(count=10, form=form).judge  # pyright: ignore[reportArgumentType]
    crowded = torch.tensor([[0.0, 0.05, 3.0], [0.0, 1.0, 1.95], [0.0, 2.0, 4.0]]).double()
    draw = (lambda a: 1 - 2 * picture(corners(a)).flatten(1)) if form == "image" else outline_rows
    x = draw(crowded).float()
    away = judge.away(x)
    assert float(away[2]) < 0.01
    many = random_angles(4000, 3, Rng(1, "angles")).double()
    far = torch.cat([judge.unit * torch.cdist(x.double(), draw(part)) for part in many.split(1000)], 1)
    for row in (0, 1):
        moves = [
            minimize(
                lambda a, row=row: float((draw(admitted(torch.tensor(a)[None])) - x[row]).norm()) * judge.unit,
                start.numpy(),
                method="Nelder-Mead",
                options={"maxfev": 150},
            ).fun
            for start in many[far[row].topk(3, largest=False).indices]
        ]
        least = min(moves)
        assert least * 0.99 <= float(away[row]) <= 1.25 * least
        assert float(away[row]) >= float(judge.modes(x)[1][row])


def outline_rows(angles: torch.Tensor) -> torch.Tensor:
    return outline(corners(angles)).flatten(1)


def test_what_is_good_is_near_the_manifold() -> None:
    data = Polygons(count=200, form="contour", split={"train": 1.0})
    x = data.parts["train"]["data"].flatten(1)
    noisy = x + Rng(0, "noise").normal(*x.shape, scale=0.03)
    good = data.judge.high_quality(noisy)
    assert (data.judge.away(noisy)[good] <= data.judge.tolerance).all()
    assert (data.judge.away(x) < 1e-4).all()


@pytest.mark.parametrize("form", ["image", "contour"])
def test_a_unit_makes_distances_of_samples_those_of_the_judge(form: str) -> None:
    """A triangle with noise is as far from the manifold as the noise is long, less what three angles take up."""
    data = Triangles(count=300, form=form, split={"train": 1.0})  # pyright: ignore[reportArgumentType]
    x = data.parts["train"]["data"].flatten(1)[:50]
    noisy = (x + 0.02 * Rng(0, "noise").normal(*x.shape)).clamp(-1.9, 1.9)
    if form == "image":
        noisy = noisy.clamp(-1, 1)
    exact = data.judge.unit * (noisy - x).norm(dim=1)
    found = data.judge.away(noisy)
    assert float((found / exact).median()) == pytest.approx(1, abs=0.1)


def test_the_notebooks_triangles_are_hardly_turned() -> None:
    """A corner in each third, turned up to 6.3 degrees clockwise, x and y exchanged; the judge finds them as well."""
    angles = (math.pi / 2 - random_angles(2000, 3, Rng(0, "angles"), True).double()).flip(1)
    low = torch.tensor([math.radians(120 * i + 10) for i in range(3)])
    assert (angles >= low - math.radians(6.2832) - 1e-6).all()
    assert (angles <= low + math.radians(110) + 1e-6).all()
    assert float((angles[:, 0] - low[0]).min()) < -math.radians(2)
    data = Triangles(count=200, legacy=True, split={"train": 1.0})
    assert float(data.judge.high_quality(data.parts["train"]["data"].flatten(1)).double().mean()) >= 0.97
    assert data.fingerprint != Triangles(count=200, split={"train": 1.0}).fingerprint


def test_the_notebooks_middle_is_that_of_the_corners() -> None:
    angles = random_angles(200, 5, Rng(0, "angles")).double()
    assert float(corners(angles, "corners").mean(1).abs().max()) < 1e-12
    assert float(corners(angles).mean(1).norm(dim=1).max()) > 0.05
    three = random_angles(200, 3, Rng(0, "angles")).double()
    torch.testing.assert_close(corners(three, "corners"), corners(three))
    data = Polygons(count=60, sides=[5], form="contour", legacy=True, split={"train": 1.0})
    assert (data.judge.away(data.parts["train"]["data"].flatten(1)) < 1e-3).all()


def test_pictures_and_shapes_know_their_manifold() -> None:
    for data in (Triangles(count=20), Polygons(count=20, form="contour"), Shapes(count=50), Shapes(shape="planar")):
        assert isinstance(data.judge, ManifoldJudge)
    plane = Shapes(shape="planar", count=50)
    x = plane.parts["train"]["data"]
    across = torch.linalg.qr(torch.cat([plane.judge.frame.float(), Rng(0, "across").normal(784, 1)], 1))[0][:, -1]
    assert float(plane.judge.away(x[:1] + across)) == pytest.approx(plane.judge.unit, rel=1e-3)
