"""Random changes of samples that do not leak into the generator (Karras et al. 2020, section 3 and appendix C).

An augmentation is ``(x, rng) -> x``: each row is moved by a random element of its own of a group. Used with
probability p, it takes a law P to (1 - p) P + p E_g[g P]. Where the elements are drawn uniformly (the identity
included), E_g is a projection, so that the map has the eigenvalues 1 and 1 - p; where they are normal or log-normal,
it has 1 - p + p e^(-σ²t²/2). Neither is 0 for p < 1: laws that are equal after it were equal before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.spaces import rows_like

Augmentation = Callable[[Any, Rng], Any]
Rows = Float[Tensor, "n ..."]


def sign(x: Rows, rng: Rng) -> Rows:
    """x or -x."""
    return x * rows_like(2 * rng.integers(0, 2, len(x)) - 1, x).to(x.dtype)


def shift(x: Rows, rng: Rng) -> Rows:
    """x moved round its last axis by any number of places."""
    n, length = len(x), x.shape[-1]
    places = (torch.arange(length, device=x.device) - rng.integers(0, length, n).unsqueeze(1)) % length
    return x.gather(-1, places.view(n, *(1,) * (x.dim() - 2), length).expand_as(x))


def flip(x: Rows, rng: Rng) -> Rows:
    """x or its mirror image along the last axis."""
    return torch.where(rows_like(rng.integers(0, 2, len(x)) == 1, x), x.flip(-1), x)


def rotation(x: Rows, rng: Rng) -> Rows:
    """Q x with any orthogonal map Q about the origin: ‖x_i‖ u_i with u_i uniform on the sphere has the same law."""
    u, axes = rng.normal(*x.shape).to(x.dtype), tuple(range(1, x.dim()))
    squares = [v.square().sum(axes, keepdim=True) for v in (x, u)]
    return u * (squares[0].clamp_min(1e-24) / squares[1]).sqrt()


def scaling(x: Rows, rng: Rng) -> Rows:
    """x times 2^ε, ε ~ N(0, .2²)."""
    return x * rows_like(rng.normal(len(x), scale=0.2 * math.log(2)).exp(), x).to(x.dtype)


def jitter(x: Rows, rng: Rng) -> Rows:
    """x + ε, ε ~ N(0, .1² I), in units of the samples."""
    return x + rng.normal(*x.shape, scale=0.1).to(x.dtype)


AUGMENTATIONS: Mapping[str, Augmentation] = {
    each.__name__: each for each in (sign, shift, flip, rotation, scaling, jitter)
}


def usual(spec: Any) -> Mapping[str, Augmentation]:
    """The augmentations of a domain: its own ``spec.augmentations``, or by the shape of its samples.

    Points [n, d] are turned and scaled, samples with further axes (signals, images) shifted and inverted.
    """
    own: Mapping[str, Augmentation] | None = getattr(spec, "augmentations", None)
    names = ("rotation", "scaling") if len(spec.shape) == 1 else ("shift", "sign")
    return {name: AUGMENTATIONS[name] for name in names} if own is None else own
