from __future__ import annotations

import torch

from gansuite.metrics.features import Extractor
from gansuite_toy.metrics.token_counts import TokenCounts
from gansuite_toy.spec import TokensSpec


def test_tokens_are_counted():
    extractor = TokenCounts(TokensSpec(vocabulary=4, length=3))
    assert isinstance(extractor, Extractor)
    assert extractor(torch.tensor([[0, 3, 3], [1, 1, 1]])).tolist() == [[1, 0, 0, 2], [0, 3, 0, 0]]
    assert extractor.fingerprint != TokenCounts(TokensSpec(vocabulary=5, length=3)).fingerprint
