"""What an extractor is known by: the hash of its weights and settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from torch import Tensor


def hash_of(*parts: Any, weights: Mapping[str, Tensor] | None = None) -> str:
    """Hash of settings (anything whose ``repr`` is its value) and of every number of the weights and its name."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=16)
    for name, tensor in sorted((weights or {}).items()):
        digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
