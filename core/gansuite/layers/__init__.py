"""Domain-free building blocks of networks; each is imported when it is first named."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite.layers.activations import LeakyReLU, ReLU, leaky_relu, relu
    from gansuite.layers.adaptive_instance_norm import AdaptiveInstanceNorm, restyled
    from gansuite.layers.conditional_batch_norm import ConditionalBatchNorm
    from gansuite.layers.conditional_instance_norm import ConditionalInstanceNorm
    from gansuite.layers.convolution import convolve
    from gansuite.layers.equalised import EqualisedConvolution, EqualisedLinear
    from gansuite.layers.equivariant_linear import EquivariantLinear
    from gansuite.layers.maxout import Maxout
    from gansuite.layers.minibatch_discrimination import MinibatchDiscrimination
    from gansuite.layers.minibatch_stddev import MinibatchStddev
    from gansuite.layers.moments import instance_moments, instance_norm
    from gansuite.layers.pixel_norm import PixelNorm
    from gansuite.layers.precision import autocast, full_precision
    from gansuite.layers.projection_head import ProjectionHead
    from gansuite.layers.self_attention import SelfAttention
    from gansuite.layers.spade import Spade
    from gansuite.layers.spectral_normalisation import SpectralNorm, spectral_norm
    from gansuite.layers.virtual_batch_norm import ReferenceBatch, VirtualBatchNorm

__all__ = [
    "AdaptiveInstanceNorm",
    "ConditionalBatchNorm",
    "ConditionalInstanceNorm",
    "EqualisedConvolution",
    "EqualisedLinear",
    "EquivariantLinear",
    "LeakyReLU",
    "Maxout",
    "MinibatchDiscrimination",
    "MinibatchStddev",
    "PixelNorm",
    "ProjectionHead",
    "ReLU",
    "ReferenceBatch",
    "SelfAttention",
    "Spade",
    "SpectralNorm",
    "VirtualBatchNorm",
    "autocast",
    "convolve",
    "full_precision",
    "instance_moments",
    "instance_norm",
    "leaky_relu",
    "relu",
    "restyled",
    "spectral_norm",
]

_HOMES = {
    "AdaptiveInstanceNorm": "adaptive_instance_norm",
    "ConditionalBatchNorm": "conditional_batch_norm",
    "ConditionalInstanceNorm": "conditional_instance_norm",
    "EqualisedConvolution": "equalised",
    "EqualisedLinear": "equalised",
    "EquivariantLinear": "equivariant_linear",
    "LeakyReLU": "activations",
    "Maxout": "maxout",
    "MinibatchDiscrimination": "minibatch_discrimination",
    "MinibatchStddev": "minibatch_stddev",
    "PixelNorm": "pixel_norm",
    "ProjectionHead": "projection_head",
    "ReLU": "activations",
    "ReferenceBatch": "virtual_batch_norm",
    "SelfAttention": "self_attention",
    "Spade": "spade",
    "SpectralNorm": "spectral_normalisation",
    "VirtualBatchNorm": "virtual_batch_norm",
    "autocast": "precision",
    "convolve": "convolution",
    "full_precision": "precision",
    "instance_moments": "moments",
    "instance_norm": "moments",
    "leaky_relu": "activations",
    "relu": "activations",
    "restyled": "adaptive_instance_norm",
    "spectral_norm": "spectral_normalisation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
