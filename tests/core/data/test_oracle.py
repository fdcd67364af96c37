"""The oracle of the core: its own entropy, its files, its devices (the law itself is tested with the toy domain)."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from gansuite.data.oracle import Oracle
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

TINY = Oracle.drawn(3, 4, 5, Rng(0, "tiny"))
ALL = torch.tensor(list(itertools.product(range(3), repeat=4)))


@pytest.mark.parametrize("vocabulary", [3, 64, 70])  # below, at and above a block of the inversion
def test_samples_have_the_probabilities(vocabulary):
    oracle, n = Oracle.drawn(vocabulary, 2, 5, Rng(0, "weights")), 100_000
    every = torch.tensor(list(itertools.product(range(vocabulary), repeat=2)))
    exact = oracle.log_density(every).double().exp()
    assert float(exact.sum()) == pytest.approx(1, abs=1e-5)
    found = (oracle.sample(n, Rng(0, "x")) * torch.tensor([vocabulary, 1])).sum(1)
    counts, often = found.bincount(minlength=vocabulary**2), exact * n > 5
    chi_square = float(((counts - exact * n) ** 2 / (exact * n))[often].sum())
    freedom = int(often.sum()) - 1
    assert chi_square < freedom + 4.5 * (2 * freedom) ** 0.5


def test_entropy_is_that_of_the_enumeration():
    exact = TINY.log_density(ALL).double()
    value, error = TINY.entropy(20_000, Rng(1, "x"))
    assert value == pytest.approx(float(-(exact.exp() * exact).sum()) / 4, abs=4 * error)
    assert 0 < error < 0.01


def test_weights_are_read_from_a_file(tmp_path):
    weights = {"g_embeddings": (3, 5), "Wo": (5, 3), "bo": (3,)}
    weights |= {f"{kind}{gate}": (5, 5) for kind in "WU" for gate in ("i", "f", "og", "c")}
    weights |= {f"b{gate}": (5,) for gate in ("i", "f", "og", "c")}
    draw = np.random.default_rng(0)
    np.savez(tmp_path / "w.npz", **{name: draw.normal(size=shape) for name, shape in weights.items()})
    oracle = Oracle.read(tmp_path / "w.npz", 4)
    assert float(oracle.log_density(ALL).exp().sum()) == pytest.approx(1, abs=1e-5)
    assert oracle.digest == Oracle.read(tmp_path / "w.npz", 4).digest != TINY.digest
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    for name in ("other.npz", "none.npz"):
        with pytest.raises(UserError, match=r"weights = .*: no file of an oracle's weights"):
            Oracle.read(tmp_path / name, 4)


def test_it_moves_and_leaves_the_first_where_it_was():
    moved = TINY.to("meta")
    assert {w.device.type for w in (moved.embedding, moved.out, moved.bias, *moved.gates)} == {"meta"}
    assert TINY.out.device.type == "cpu"
