"""Domain-free building blocks of networks; each is imported when it is first named."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite.layers.activations import LeakyReLU, ReLU, leaky_relu, relu
    from gansuite.layers.convolution import convolve
    from gansuite.layers.precision import autocast, full_precision

__all__ = ["LeakyReLU", "ReLU", "autocast", "convolve", "full_precision", "leaky_relu", "relu"]

_HOMES = {
    "LeakyReLU": "activations",
    "ReLU": "activations",
    "autocast": "precision",
    "convolve": "convolution",
    "full_precision": "precision",
    "leaky_relu": "activations",
    "relu": "activations",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
