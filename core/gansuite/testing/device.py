"""A training step on a device that is not there: what would fail, or wait, on a GPU fails here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from gansuite.build import Experiment, build
from gansuite.recipes import Recipe

META = torch.device("meta")


class OneDevice(TorchDispatchMode):
    """Raises where an operation makes or takes a host tensor besides the device's (single numbers excepted)."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for tensor in tensors(args, kwargs, out):
            if tensor.device != META and tensor.dim() > 0:
                raise RuntimeError(f"{func} works on a tensor {list(tensor.shape)} on {tensor.device} during a step")
        return out


def tensors(*structures: Any) -> Iterator[Tensor]:
    return (leaf for leaf in tree_leaves(structures) if isinstance(leaf, Tensor))


def play_on_meta(recipe: Recipe, rounds: int = 2) -> Experiment:
    """Play whole rounds of a recipe on PyTorch's ``meta`` device: tensors with a shape and no data.

    The step is the real one: batch from the bank, every turn, penalties, optimisers, moving average. A tensor made
    on the host raises, and so does whatever makes the host wait for the device: ``.item()``, ``bool(tensor)``,
    ``.cpu()``, a shape that depends on data.

    Raises:
        RuntimeError, NotImplementedError: the operation that would fail or wait.
    """
    experiment = build(recipe, META)
    experiment.engine.precision = "fp32"  # torch has no autocast for the meta device
    stage = experiment.stages[0]
    for step in range(1, rounds + 1):
        experiment.engine.at(step)
        with OneDevice():
            stage.dynamics.round(experiment.engine, stage.turns)
            if experiment.average:
                experiment.average.after(step)
    return experiment
