"""The pool of past translations."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.games.game import Draw
from gansuite.games.translation.pool import Pool


def draw_of(index: int, rank: int = 0, world: int = 1) -> Draw:
    return Draw({}, partial(Rng, 1, index=index, shard=(rank, world)), index=index)


def rows(step: int, n: int) -> Tensor:
    """Rows that tell when they were made."""
    return torch.full((n, 2), float(step)) + torch.arange(n)[:, None] / n


def play(pool: Pool, steps: range, n: int) -> list[Tensor]:
    shown = []
    for step in steps:
        shown.append(pool.mixed(rows(step, n), draw_of(step)))
        pool.after(rows(step, n), draw_of(step))
    return shown


def test_an_empty_pool_gives_nothing_and_takes_every_row():
    pool = Pool((2,), 50)
    torch.testing.assert_close(pool.mixed(rows(1, 8), draw_of(0)), rows(1, 8))
    pool.after(rows(1, 8), draw_of(0))
    kept = pool.samples[pool.filled]
    assert len(kept) == 8
    assert {tuple(row) for row in kept.tolist()} == {tuple(row) for row in rows(1, 8).tolist()}


def test_only_what_was_made_is_ever_shown():
    pool = Pool((2,), 12)
    shown = play(pool, range(1, 60), 4)
    made = {tuple(row) for step in range(1, 60) for row in rows(step, 4).tolist()}
    assert {tuple(row) for batch in shown for row in batch.tolist()} <= made
    assert bool(pool.filled.all())


def test_a_full_pool_exchanges_half_of_the_rows():
    pool, n = Pool((2,), 50), 10
    play(pool, range(40), n)
    shown = play(pool, range(40, 440), n)
    old = torch.stack([(batch.floor() != step)[:, 0] for step, batch in zip(range(40, 440), shown, strict=True)])
    assert abs(float(old.double().mean()) - 0.5) < 4 * 0.5 / (400 * n) ** 0.5
    assert float((old.double().mean(0) - 0.5).abs().max()) < 4 * 0.5 / 400**0.5  # whatever the row


def test_what_came_out_is_gone_and_what_was_exchanged_for_it_stays():
    pool, n = Pool((2,), 8), 4
    play(pool, range(20), n)
    before, new = pool.samples.clone(), rows(20, n)
    shown = pool.mixed(new, draw_of(20))
    pool.after(new, draw_of(20))
    out = torch.cat([shown, pool.samples])
    held = torch.cat([new, before])
    assert sorted(out.tolist()) == sorted(held.tolist())  # nothing is lost and nothing doubled


def test_a_cost_that_is_run_again_changes_nothing():
    pool = Pool((2,), 8)
    play(pool, range(20), 4)
    before = {name: value.clone() for name, value in pool.state_dict().items()}
    first, again = (pool.mixed(rows(20, 4), draw_of(20)) for _ in range(2))
    assert torch.equal(first, again)
    assert all(torch.equal(value, before[name]) for name, value in pool.state_dict().items())


def test_batches_larger_than_the_pool_exchange_their_first_rows():
    pool, n = Pool((2,), 3), 8
    shown = play(pool, range(30), n)
    assert all(torch.equal(batch[3:], rows(step, n)[3:]) for step, batch in enumerate(shown))
    assert any(not torch.equal(batch[:3], rows(step, n)[:3]) for step, batch in enumerate(shown))


def test_a_resumed_pool_goes_on_bit_for_bit():
    whole, first, second = (Pool((2,), 8) for _ in range(3))
    going_on = play(whole, range(40), 4)[20:]
    play(first, range(20), 4)
    second.load_state_dict(first.state_dict())
    assert all(torch.equal(a, b) for a, b in zip(going_on, play(second, range(20, 40), 4), strict=True))


def test_two_processes_keep_the_pool_of_one():
    one, two = Pool((2,), 8), Pool((2,), 8)
    for step in range(30):
        new = rows(step, 4)
        whole = one.mixed(new, draw_of(step))
        one.after(new, draw_of(step))
        draws = [draw_of(step, rank, 2) for rank in range(2)]
        parts = [two.mixed(half, draw) for half, draw in zip(new.split(2), draws, strict=True)]
        assert torch.equal(torch.cat(parts), whole)
        # What gathering gives each of them: the rows, the choices and the places of both.
        gathered = iter([new, *map(torch.cat, zip(*(two.exchange(2, draw) for draw in draws), strict=True))])
        draws[0].gather = lambda x, known=gathered: next(known)
        two.after(new[:2], draws[0])
        assert torch.equal(one.samples, two.samples)


def test_a_pool_of_nothing_shows_the_newest():
    pool = Pool((2,), 0)
    assert all(torch.equal(batch, rows(step, 4)) for step, batch in enumerate(play(pool, range(3), 4)))
