"""The training loop: what it keeps, when it ends, which rows it takes; and the scale of features."""

from __future__ import annotations

import pytest
import torch

from gansuite.extractors.training import BATCH, descend, spread


def line(n=8, **options):
    """A parameter that descends its own square, and all that was asked of it."""
    w, rows, seen = torch.tensor([1.0], requires_grad=True), [], []

    def cost(batch):
        rows.append(batch.tolist())
        return w.square().sum()

    script = options.pop("script", None)

    def held_out():
        seen.append(float(w))
        return script[len(seen) - 1]

    kept = descend([w], cost, n, seed=0, held_out=held_out if script else None, **options)
    return w.detach(), kept, rows, seen


def test_the_best_parameters_are_put_back():
    w, kept, rows, seen = line(steps=100, script=[3.0, 1.0, 2.0, 1.5, 1.2])
    assert kept == 40 and float(w) == seen[1] != seen[-1] and len(rows) == 100


def test_it_ends_after_five_looks_without_a_lower_one():
    w, kept, rows, seen = line(steps=1000, script=[1.0, 0.5, *[0.6] * 40])
    assert (kept, len(rows), len(seen)) == (40, 140, 7) and float(w) == seen[1]


def test_without_rows_held_out_the_whole_budget_is_spent():
    w, kept, rows, _ = line(steps=30)
    assert kept == len(rows) == 30 and 0 < float(w) < 1


def test_each_pass_takes_every_row_once_in_another_order():
    _, _, rows, _ = line(n=3 * BATCH, steps=6)
    first, second = ([row for batch in part for row in batch] for part in (rows[:3], rows[3:]))
    assert sorted(first) == sorted(second) == list(range(3 * BATCH)) and first != second
    assert {len(batch) for batch in rows} == {BATCH}
    assert sorted(line(n=5, steps=1)[2][0]) == list(range(5))


def test_features_that_do_not_vary_keep_their_unit():
    x = torch.tensor([[1.0, 5.0, 1e6], [3.0, 5.0, 1e6 + 0.0625]])
    mean, scale = spread(x)
    assert mean.tolist() == pytest.approx([2, 5, 1e6]) and scale.tolist() == [1, 1, 1]
    assert spread(x * torch.tensor([1e-9, 1.0, 1.0]))[1][0] == pytest.approx(1e-9)
