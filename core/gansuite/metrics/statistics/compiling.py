"""Loops that numba compiles where it is installed, and that run as plain Python where it is not."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any


@lru_cache
def compiled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel in machine code, kept on disk between processes; itself, with a warning, where numba is missing.

    Write it with ``@no_type_check``, or the checks of shapes in tests would wrap what numba is to read.
    """
    try:
        from numba import njit
    except ImportError:
        remedy = "pip install 'gansuite[topology]'"
        warnings.warn(f"numba is not installed, so {kernel.__name__} runs many times slower: {remedy}", stacklevel=2)
        return kernel
    try:
        return njit(cache=True, nogil=True)(kernel)
    except RuntimeError:  # no folder to keep it in
        return njit(nogil=True)(kernel)
