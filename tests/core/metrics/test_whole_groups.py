"""Critics that look at several samples at once score any number of them."""

from __future__ import annotations

import pytest
from torch import nn

from gansuite.layers import MinibatchStddev
from gansuite.metrics.subject import whole


@pytest.mark.parametrize(
    ("groups", "n", "wanted"), [((4,), 527, 528), ((4,), 528, 528), ((4, 6), 25, 36), ((), 7, 7), ((64,), 7, 7)]
)
def test_groups_are_filled_up(groups, n, wanted):
    assert whole(nn.ModuleList(MinibatchStddev(3, group=group) for group in groups), n) == wanted
