"""Batch mixing: real and generated samples in one batch (Lucas et al. 2018, section 3, for any objective)."""

from __future__ import annotations

from typing import ClassVar

from gansuite.inputs.input import Input


class BatchMixing(Input):
    """The critic is called once, on real and generated samples in random order; each keeps its own label.

    For critics whose layers couple the batch (batch normalisation, minibatch discrimination, deep sets): they then
    see how generated samples lie among real ones, on both players' turns, and not two batches of one kind each. The
    game ``batch-gan`` goes further and asks for the share of real samples.
    """

    shuffles: ClassVar[bool] = True
