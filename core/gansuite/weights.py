"""The weights of a model by name, as a checkpoint holds them."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from gansuite.build import Model
from gansuite.errors import UserError

AVERAGE = "average."


def named_weights(model: Model) -> dict[str, Tensor]:
    """All networks, and the averaged weights under ``average.``."""
    weights = dict(model.game.state_dict())
    if model.average:
        weights |= {AVERAGE + name: t for name, t in model.average.state_dict().items()}
    return weights


def load_weights(model: Model, weights: Mapping[str, Tensor]) -> None:
    """Put a checkpoint's weights into a model.

    Raises:
        UserError: the recipe now describes another architecture.
    """
    own = model.game.state_dict()
    saved = {name: t for name, t in weights.items() if not name.startswith(AVERAGE)}
    for name in sorted(own.keys() | saved.keys()):
        shapes = [tuple(t[name].shape) if name in t else "nothing" for t in (saved, own)]
        if shapes[0] != shapes[1]:
            raise UserError(
                f"the checkpoint does not fit the recipe: {name} is {shapes[0]} in the checkpoint and {shapes[1]} "
                "in the recipe; restore the options of [players] or start a new run"
            )
    model.game.load_state_dict(saved)
    if model.average:
        if not any(name.startswith(AVERAGE) for name in weights):
            raise UserError("the checkpoint has no averaged weights; remove ema from [train] or start a new run")
        model.average.load_state_dict({n.removeprefix(AVERAGE): t for n, t in weights.items() if n.startswith(AVERAGE)})
