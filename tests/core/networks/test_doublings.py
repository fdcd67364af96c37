"""How often a grid can be halved, against every size that can be made."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import pytest

from gansuite.errors import UserError
from gansuite.networks.doublings import doublings, nearest


def spec(*axes):
    return SimpleNamespace(shape=(1, *axes))


@pytest.mark.parametrize(
    ("axes", "start", "found"),
    [
        ((64, 64), 4, (4, (4, 4))),
        ((28, 28), 4, (2, (7, 7))),
        ((8, 8), 4, (1, (4, 4))),
        ((8, 8), 2, (2, (2, 2))),
        ((128, 64), 4, (4, (8, 4))),
        ((128, 1024), 2, (6, (2, 16))),
        ((16384,), 4, (12, (4,))),
        ((30, 30), 15, (1, (15, 15))),
    ],
)
def test_sizes_that_can_be_made(axes, start, found):
    assert doublings(spec(*axes), start, "net") == found


@pytest.mark.parametrize(
    ("axes", "told"),
    [
        ((30, 30), "net: 30 x 30 cannot be halved to 4 or little more; nearest: 28 x 28 or 32 x 32, or set start = 15"),
        ((31, 31), "net: 31 x 31 cannot be halved to 4 or little more; nearest: 28 x 28 or 32 x 32"),
        ((6, 6), "net: 6 x 6 cannot be halved to 4 or little more; nearest: 8 x 8"),
        ((129, 128), "net: 129 x 128 cannot be halved to 4 or little more; nearest: 128 x 128"),
        ((8190,), "net: 8190 cannot be halved to 4 or little more; nearest: 7168 or 8192"),
    ],
)
def test_others_are_told_the_nearest(axes, told):
    with pytest.raises(UserError) as caught:
        doublings(spec(*axes), 4, "net")
    assert str(caught.value) == told


def makeable(start, most=130):
    """Every grid that is a smallest map doubled: what the function must accept, made the other way round."""
    return {
        tuple(size << count for size in smallest)
        for smallest in product(range(start, most), repeat=2)
        if min(smallest) < 2 * start
        for count in range(1, 8)
    }


@pytest.mark.parametrize("start", [2, 3, 4])
def test_against_every_size(start):
    can = makeable(start)
    for axes in product(range(1, 41), range(1, 41)):
        if axes in can:
            count, smallest = doublings(spec(*axes), start, "net")
            assert tuple(size << count for size in smallest) == axes
            assert start <= min(smallest) < 2 * start
        else:
            assert all(each in can for each in nearest(axes, start)), axes
            with pytest.raises(UserError):
                doublings(spec(*axes), start, "net")


@pytest.mark.parametrize("size", range(1, 129))
def test_the_nearest_squares_are_the_nearest(size):
    can = sorted(side for side, other in makeable(4) if side == other)
    if size not in can:
        below, above = [side for side in can if side < size][-1:], next(side for side in can if side > size)
        assert nearest((size, size), 4) == [(side, side) for side in (*below, above)]


def test_loose_ends_where_an_axis_is_odd():
    assert doublings(spec(128, 36), 4, "net", loose=True) == (2, (32, 9))
    with pytest.raises(UserError, match="129 bins x 128 frames"):
        doublings(spec(129, 128), 4, "net", (" bins", " frames"), loose=True)
