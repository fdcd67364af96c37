from __future__ import annotations

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from gansuite.data.bank import Bank


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
