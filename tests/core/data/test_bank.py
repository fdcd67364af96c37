from __future__ import annotations

import mmap

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from gansuite.data.bank import Bank, host_memory


def values(total: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(-32768, 32768, (total,), dtype=torch.int16, generator=generator)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_windows_equal_slices_taken_one_by_one(channels):
    flat = values(5000 * channels)
    starts = torch.cat(
        [torch.tensor([0, 4900]), torch.randint(0, 4901, (30,), generator=torch.Generator().manual_seed(1))]
    )
    frames = flat.view(-1, channels)
    expected = torch.stack([frames[s : s + 100].T for s in starts.tolist()]).double() / 32768
    found = Bank(flat, channels).windows(starts, 100)
    assert found.dtype == torch.float32 and found.is_contiguous() and found.shape == (32, channels, 100)
    assert torch.equal(found.double(), expected)


def test_a_window_beyond_the_end_is_an_error():
    with pytest.raises((IndexError, RuntimeError)):
        Bank(values(1000), 1).windows(torch.tensor([901]), 100)


def test_a_mapped_file_gives_the_same_windows(tmp_path):
    flat = values(4000)
    flat.numpy().tofile(tmp_path / "bank.i16")
    bank = Bank.open(tmp_path / "bank.i16", 2)
    assert bank.frames == 2000 and torch.equal(bank.flat, flat)
    starts = torch.tensor([0, 17, 1990])
    assert torch.equal(bank.windows(starts, 10), Bank(flat, 2).windows(starts, 10))


@pytest.mark.parametrize("channels", [1, 2])
def test_a_batch_is_planned_without_a_device_or_a_synchronisation(channels):
    meta = Bank(values(4000), channels).to("meta")
    assert meta.windows(torch.zeros(5, dtype=torch.long, device="meta"), 16).shape == (5, channels, 16)
    with FakeTensorMode(allow_non_fake_inputs=True):
        starts = torch.zeros(5, dtype=torch.long)
        assert Bank(values(4000), channels).windows(starts, 16).shape == (5, channels, 16)


def test_a_bank_that_does_not_fit_stays_on_the_host(monkeypatch):
    monkeypatch.setattr("gansuite.data.bank.free_memory", lambda device: 100)
    assert not Bank(values(26), 1).to("cuda", resident_share=0.5).resident  # 52 bytes of 50
    bank = Bank(values(26), 1, "meta")
    assert not bank.resident
    assert bank.windows(torch.tensor([3, 4]), 5).device.type == "meta"


def test_a_bank_beyond_its_share_of_the_hosts_memory_is_streamed_and_gives_the_same(tmp_path):
    flat = values(80_000)
    flat.numpy().tofile(tmp_path / "bank.i16")
    bank = Bank.open(tmp_path / "bank.i16", 2)
    held, streamed = bank.to("cpu", 0.9), bank.to("cpu", 0.0)
    assert (held.streamed, streamed.streamed, streamed.resident) == (False, True, True)
    starts = torch.tensor([0, 17, 1023, 1024, 31_000, 39_000])
    assert torch.equal(streamed.windows(starts, 1000), held.windows(starts, 1000))


def test_the_pages_of_a_streamed_window_are_asked_for_and_no_others(tmp_path):
    class Map:
        def madvise(self, advice: int, first: int, length: int) -> None:
            asked.append((advice, first, length))

    asked: list[tuple[int, int, int]] = []
    page = mmap.PAGESIZE
    bank = Bank(values(page * 8), 2)
    bank.mapped = Map()  # pyright: ignore[reportAttributeAccessIssue]
    bank.windows(torch.tensor([3]), 10)
    assert not asked
    bank.streamed = True
    bank.windows(torch.tensor([0, page, page + 5]), page)  # frames of 4 bytes: a page of frames is four pages
    assert asked == [
        (mmap.MADV_WILLNEED, 0, 4 * page),
        (mmap.MADV_WILLNEED, 4 * page, 4 * page),
        (mmap.MADV_WILLNEED, 4 * page, 4 * page + 20),
    ]


def test_a_bank_larger_than_the_machine_can_be_opened(tmp_path):
    """A sparse file of twice the machine's memory; a private map that may be written to is refused by Linux."""
    size = 2 * max(1 << 36, min(host_memory(), 1 << 40))
    with (tmp_path / "bank.i16").open("wb") as file:
        try:
            file.truncate(size)
        except OSError:
            pytest.skip("the file system has no files as large")
    bank = Bank.open(tmp_path / "bank.i16", 1).to("cpu")
    assert bank.streamed and bank.frames == size // 2
    assert not bank.windows(torch.tensor([size // 2 - 100]), 100).any()


def test_the_hosts_free_memory_is_known():
    assert 1 << 20 < host_memory() <= 1 << 62
