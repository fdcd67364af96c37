"""Batches made in the background, for data that are read from disk as they are used."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from gansuite.engine.source import DataSource


class ReadAhead(DataSource):
    """A data source whose next batch of each stream is made while the last one is used.

    A batch is a function of (seed, stream, index), so that it is the same whenever it is made, and nothing needs to be
    saved: after a resume the first one is waited for.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")  # one: sources share their generators
        self.coming: dict[str, tuple[int, tuple[int, int], Future[dict[str, Any]]]] = {}

    def draw(self, stream: str, index: int, shard: tuple[int, int]) -> dict[str, Any]:
        known = self.coming.pop(stream, None)
        if known is None or known[:2] != (index, shard):
            known = index, shard, self.pool.submit(super().draw, stream, index, shard)
        batch = known[2].result()
        self.coming[stream] = index + 1, shard, self.pool.submit(super().draw, stream, index + 1, shard)
        return batch


def data_source(dataset: Any, *given: Any) -> DataSource:
    """The source of a data set; read ahead where the data set says that it is ``streamed``."""
    return (ReadAhead if getattr(dataset, "streamed", False) else DataSource)(dataset, *given)
