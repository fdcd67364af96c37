"""Parameters whose channels lie last in memory: the fused kernel walks by memory, files keep no order."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gansuite.engine.fused_adam import FusedAdam


def played(again: bool, layout: torch.memory_format) -> torch.Tensor:
    """Three steps; a state that has been to a file and back after the second."""
    torch.manual_seed(0)
    weight = nn.Parameter(torch.randn(4, 3, 2, 2).to(memory_format=layout))
    optimizer = FusedAdam([weight], lr=0.1)
    for i in range(3):
        weight.grad = torch.randn(4, 3, 2, 2).to(memory_format=layout)
        optimizer.step()
        if again and i == 1:
            state = optimizer.state_dict()
            rows = {k: {name: each.contiguous().clone() for name, each in v.items()} for k, v in state["state"].items()}
            optimizer.load_state_dict(state | {"state": rows})
    return weight.detach()


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_a_state_that_was_saved_moves_the_same_weights(layout):
    assert torch.equal(played(True, layout), played(False, layout))
    torch.testing.assert_close(played(True, layout), played(False, torch.contiguous_format))
