"""Batches made ahead: the same ones, one in advance, and only for data that say they need it."""

from __future__ import annotations

import threading

import torch

from gansuite.engine.read_ahead import ReadAhead, data_source
from gansuite.engine.source import DataSource
from gansuite.testing.toy import Ring

CPU = torch.device("cpu")


class Slow(Ring):
    streamed = True

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[str] = []

    def batch(self, split, index, rng):
        self.threads.append(threading.current_thread().name)
        assert rng is not None
        batch = super().batch(split, index, rng)
        return {"data": batch["data"] + rng.normal(*batch["data"].shape)}


def test_they_are_the_same_batches() -> None:
    """Whatever the order: two streams by turns, a jump as after a resume, another shard."""
    ahead, plain = data_source(Slow(), 7, 3, CPU), DataSource(Slow(), 7, 3, CPU)
    assert isinstance(ahead, ReadAhead)
    asked = [("critic", i, (0, 1)) for i in range(4)] + [("generator", 0, (0, 1)), ("critic", 4, (0, 1))]
    asked += [("critic", 90, (0, 1)), ("generator", 1, (0, 1)), ("critic", 91, (0, 1)), ("critic", 93, (0, 1))]
    for stream, index, shard in [*asked, ("critic", 94, (3, 7)), ("critic", 95, (4, 7))]:
        found, wanted = ahead.draw(stream, index, shard), plain.draw(stream, index, shard)
        assert torch.equal(found["data"], wanted["data"]), (stream, index)


def test_the_next_one_is_made_in_the_background() -> None:
    data = Slow()
    source = data_source(data, 7, 3, CPU)
    source.draw("critic", 0, (0, 1))
    source.pool.shutdown()  # pyright: ignore[reportAttributeAccessIssue]
    assert len(data.threads) == 2 and all(name.startswith("read-ahead") for name in data.threads)


def test_data_in_memory_are_not_read_ahead() -> None:
    assert type(data_source(Ring(), 8, 0, CPU)) is DataSource
