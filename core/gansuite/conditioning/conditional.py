"""The conditional GAN (Mirza & Osindero 2014, eq. 2)."""

from __future__ import annotations

from typing import ClassVar

from gansuite.conditioning.conditioning import Conditioning


class Conditional(Conditioning):
    """min_G max_D E log D(x, y) + E log(1 - D(G(z, y), y)): both players read the label beside their input.

    With packing the critic reads the labels of all samples of a pack.
    """

    attached: ClassVar[bool] = True
