"""The oracle's likelihood against enumeration, a reference LSTM, and the published oracle."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_toy.data.oracle_sequences import OracleSequences
from gansuite_toy.data.strings import one_hot_rows
from gansuite_toy.judges.oracle import StringOracle

PUBLISHED = Path(__file__).parents[3].parent / "shared" / "data" / "seqgan_oracle" / "target_params.npz"
TINY = StringOracle.drawn(3, 4, 5, Rng(0, "tiny"))
ALL = torch.tensor(list(itertools.product(range(3), repeat=4)))


def test_probabilities_of_all_strings_sum_to_one():
    assert float(TINY.log_density(ALL).exp().sum()) == pytest.approx(1, abs=1e-5)


def test_samples_have_these_probabilities():
    n = 100_000
    x = TINY.sample(n, Rng(0, "samples"))
    place = (x * torch.tensor([27, 9, 3, 1])).sum(1)
    found = place.bincount(minlength=81).double() / n
    exact = TINY.log_density(ALL).exp().double()
    error = (exact * (1 - exact) / n).sqrt()
    assert float(((found - exact) / error.clamp_min(1e-6)).abs().max()) < 4.5
    entropy = float(-(exact * exact.log()).sum()) / 4
    assert TINY.nll(x) == pytest.approx(entropy, abs=0.01)


def test_it_is_torchs_lstm():
    oracle = StringOracle.drawn(11, 6, 8, Rng(1, "weights"))
    lstm, (w, u, b) = nn.LSTM(8, 8, batch_first=True), oracle.gates
    order = [0, 1, 3, 2]  # torch's gates are i, f, g, o
    with torch.no_grad():
        for parameter, weight in ((lstm.weight_ih_l0, w.T), (lstm.weight_hh_l0, u.T), (lstm.bias_ih_l0, b)):
            parameter.copy_(torch.cat([weight.chunk(4)[gate] for gate in order]))
        lstm.bias_hh_l0.zero_()
        tokens = oracle.sample(7, Rng(0, "x"))
        before = torch.cat([torch.zeros(7, 1, dtype=torch.int64), tokens[:, :-1]], 1)
        logits = lstm(oracle.embedding[before])[0] @ oracle.out + oracle.bias
        log_p = logits.log_softmax(2).gather(2, tokens[..., None]).sum((1, 2))
    assert torch.allclose(oracle.log_density(tokens), log_p, atol=1e-4)


def test_every_way_of_writing_a_string_has_the_same_likelihood():
    tokens = TINY.sample(20, Rng(2, "x"))
    exact = TINY.log_density(tokens)
    assert torch.equal(TINY.log_density(tokens.float()), exact)
    assert torch.equal(TINY.log_density(one_hot_rows(tokens, 3)), exact)
    assert torch.equal(TINY.log_density(one_hot_rows(tokens, 3).flatten(1)), exact)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch):
    whole = TINY.sample(30, Rng(3, "x"))
    monkeypatch.setattr("gansuite.data.oracle.CELLS", 12)
    assert torch.equal(TINY.sample(30, Rng(3, "x")), whole)


def test_real_strings_are_likelier_than_random_ones():
    data = OracleSequences(count=1000, vocabulary=50)
    real = data.judge.nll(data.parts["test"]["data"])
    random = data.judge.nll(Rng(0, "tokens").integers(0, 50, 2000).view(100, 20))
    assert real < math.log(50) < random


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="SeqGAN's oracle is not at ../shared/data/seqgan_oracle")
def test_the_published_oracle_has_its_published_likelihood():
    """5.744 nats a token of its own samples (10,000 strings; the repository's "Real" is 5.750)."""
    data = OracleSequences(weights=str(PUBLISHED), count=500)
    assert data.spec.shape == (20,)
    own, each = data.judge.nll(data.parts["train"]["data"]), data.judge.log_density(data.parts["train"]["data"]) / 20
    assert own == pytest.approx(5.744, abs=4 * float(each.std()) / math.sqrt(400))
    random = Rng(0, "tokens").integers(0, 5000, 4000).view(200, 20)
    assert data.judge.nll(random) == pytest.approx(11.434, abs=0.15)


def test_a_file_that_is_no_oracle_is_told(tmp_path: Path):
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    for name in ("other.npz", "none.npz"):
        with pytest.raises(UserError, match="weights"):
            OracleSequences(weights=str(tmp_path / name))
