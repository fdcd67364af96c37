"""The autoencoder's code against what is known of the data's dimension, and against principal components."""

from __future__ import annotations

import pytest
import torch

from gansuite.errors import UserError
from gansuite.extractors.encoder import Encoder, explained
from gansuite.metrics.features import Extractor


def flat(blobs, rank, dim, count=1200, noise=0.0, seed=0):
    """Data on a turned subspace of ``rank`` dimensions, without labels."""
    data = blobs(count=count, dim=dim, labels="none")
    generator = torch.Generator().manual_seed(seed)
    turn = torch.linalg.qr(torch.randn(dim, dim, generator=generator)).Q[:rank]
    for split in data.parts:
        size = data.count(split)
        rows = torch.randn(size, rank, generator=generator) @ turn + noise * torch.randn(size, dim, generator=generator)
        data.parts[split] = {"data": rows}
    data.fingerprint += f" flat {rank} {noise} {seed}"
    return data


def components(data, size):
    """Share of the test rows' variance that the training rows' first principal components explain, standardised."""
    train, test = data.parts["train"]["data"], data.parts["test"]["data"]
    mean, scale = train.mean(0), train.std(0, correction=0)
    train, test = (train - mean) / scale, (test - mean) / scale
    basis = torch.linalg.svd(train, full_matrices=False).Vh[:size]
    return float(1 - (test - test @ basis.T @ basis).square().mean() / test.var(0, correction=0).mean())


def test_data_of_few_dimensions_go_through_and_others_do_not(blobs):
    data = flat(blobs, rank=3, dim=12)
    wide, narrow = Encoder(data.spec, size=3), Encoder(data.spec, size=1)
    wide.fit(data)
    narrow.fit(data)
    assert wide.summary["explained"] > 0.97 and wide.summary["high"] <= 1
    assert wide.summary["low"] < wide.summary["explained"] < wide.summary["high"]
    assert abs(narrow.summary["explained"] - components(data, 1)) < 0.05


def test_no_code_explains_more_of_round_data_than_its_share(blobs):
    data = flat(blobs, rank=8, dim=8, count=2000)
    found = Encoder(data.spec, size=4)
    found.fit(data)
    assert 0.40 < found.summary["explained"] < 0.55  # 1/2 for a linear code; more than that nothing can promise
    assert found.summary["n"] == 400 and found.summary["held_out"] == "test"


def test_code_is_what_the_rest_is_made_from(blobs):
    data = flat(blobs, rank=2, dim=6)
    found = Encoder(data.spec, size=2, hidden=16, steps=200)
    found.fit(data)
    x = data.parts["test"]["data"]
    code, net = found(x), found.net
    assert code.shape == (len(x), 2) and code.dtype == torch.float32
    again = net.layers[3:](code) * net.scale + net.mean
    error = ((again - x) / net.scale).square().mean(1)
    assert torch.allclose(error, net.errors(x), rtol=1e-3, atol=1e-6)
    share = explained(net, x)[0]
    standard = (x - net.mean) / net.scale
    assert share == pytest.approx(float(1 - error.mean() / standard.var(0, correction=0).mean()), abs=1e-5)


def test_one_weights_file_one_fingerprint(blobs, monkeypatch, tmp_path):
    data, kinds = flat(blobs, rank=2, dim=5, count=300), []
    before = torch.random.get_rng_state()
    for place, seed in (("a", 0), ("b", 0), ("b", 1)):
        monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / place))
        kinds.append(Encoder(data.spec, steps=40, size=2, seed=seed))
        kinds[-1].fit(data)
    assert kinds[0].fingerprint == kinds[1].fingerprint != kinds[2].fingerprint
    assert kinds[0].name == "encoder[identity]" and isinstance(kinds[0], Extractor)
    assert torch.equal(before, torch.random.get_rng_state())


def test_features_that_are_all_alike_are_told(blobs):
    data = flat(blobs, rank=2, dim=5, count=300)
    data.parts = {split: {"data": 0 * rows["data"]} for split, rows in data.parts.items()}
    data.fingerprint += " dead"
    with pytest.raises(UserError, match="the same features; name another base"):
        Encoder(data.spec).fit(data)
