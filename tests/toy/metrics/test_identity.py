from __future__ import annotations

import torch

from gansuite.metrics.features import Extractor
from gansuite_toy.metrics.identity import Identity, TokenCounts
from gansuite_toy.spec import ImageSpec, TokensSpec


def test_identity_keeps_every_number():
    extractor, x = Identity(ImageSpec()), torch.arange(12.0).view(2, 1, 2, 3)
    assert isinstance(extractor, Extractor)
    assert torch.equal(extractor(x), x.flatten(1))


def test_tokens_are_counted():
    extractor = TokenCounts(TokensSpec(vocabulary=4, length=3))
    assert isinstance(extractor, Extractor)
    assert extractor(torch.tensor([[0, 3, 3], [1, 1, 1]])).tolist() == [[1, 0, 0, 2], [0, 3, 0, 0]]
    assert extractor.fingerprint != TokenCounts(TokensSpec(vocabulary=5, length=3)).fingerprint
