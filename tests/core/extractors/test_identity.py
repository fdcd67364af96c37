"""Samples as their own features."""

from __future__ import annotations

import torch

from gansuite.extractors.identity import Identity
from gansuite.metrics.features import Extractor


def test_identity_keeps_every_number():
    extractor, x = Identity(), torch.arange(12.0).view(2, 1, 2, 3)
    assert isinstance(extractor, Extractor)
    assert torch.equal(extractor(x), x.flatten(1))
