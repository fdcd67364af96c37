"""The Jacobian of a map by differences, and the eigenvalues of a matrix near which two may coincide."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

# Central differences of eighth order (Fornberg 1988, table 1): weights of f(x + kδ) - f(x - kδ), k = 1..4.
WEIGHTS = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
STEPS = (0.064, 0.016, 0.004, 0.001)
DOUBLE = 1e-12  # a discriminant that differences cannot tell from 0


def jacobian(f: Callable[[Vector], Vector], x: Vector) -> tuple[Matrix, float]:
    """The matrix of ∂f_i/∂x_j at x, and its error.

    Each column is taken with ever shorter steps δ. It is best where shortening the step changes it least: before, the
    terms of order δ⁸ that are left out matter, after it the rounding of f; that least change is the error that is told.
    """
    columns, error = [], 0.0
    for axis in np.eye(len(x)):
        found = [
            sum(w * (f(x + k * d * axis) - f(x - k * d * axis)) for k, w in enumerate(WEIGHTS, 1)) / d for d in STEPS
        ]
        changes = [float(np.abs(b - a).max()) for a, b in pairwise(found)]
        best = int(np.argmin(changes))
        columns.append(found[best + 1])
        error = max(error, changes[best])
    return np.stack(columns, 1), error


def eigenvalues(matrix: Matrix) -> list[complex]:
    """The eigenvalues, the largest modulus first.

    Of a 2x2 matrix they are the roots of λ² - tr λ + det, and where these coincide within the error of differences they
    are told as one double root: an error ε of the matrix would else be √ε in each.
    """
    if len(matrix) == 2:
        half, product = matrix.trace() / 2, matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
        inside = half**2 - product
        root = 0.0 if abs(inside) < DOUBLE else np.emath.sqrt(inside)
        found = [complex(half + root), complex(half - root)]
    else:
        found = [complex(each) for each in np.linalg.eigvals(matrix)]
    return sorted(found, key=lambda each: (-round(abs(each), 12), -each.imag, -each.real))
