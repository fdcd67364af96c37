"""Whole numbers, and the levels they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from gansuite_image.data.bank import PictureBank
from gansuite_image.data.levels import BYTES, DIGITS, WORDS, as_words


@pytest.mark.parametrize(
    ("levels", "numbers", "expected"),
    [
        (BYTES, torch.tensor([0, 255, 51, 127], dtype=torch.uint8), [-1.0, 1.0, -0.6, -1 / 255]),
        (WORDS, torch.tensor([-32768, 32767, 0, -1], dtype=torch.int16), [-1.0, 1.0, 1 / 65535, -1 / 65535]),
        (DIGITS, torch.tensor([0, 16, 8, 5], dtype=torch.uint8), [-1.0, 1.0, 0.0, -0.375]),
    ],
)
def test_numbers_are_levels_and_back(levels, numbers, expected):
    x = levels.floats(numbers.view(1, 1, 1, -1)).flatten()
    assert x.dtype == torch.float32 and x.tolist() == pytest.approx(expected, rel=1e-6)
    assert x[:2].tolist() == [-1.0, 1.0]
    assert levels.stored(x.numpy()).tolist() == numbers.tolist()


def test_bytes_are_v_over_127_and_a_half_less_1():
    v = torch.arange(256, dtype=torch.uint8).view(-1, 1, 1, 1)
    assert torch.allclose(BYTES.floats(v), v / 127.5 - 1, atol=1e-7) and v.flatten().tolist() == list(range(256))


def test_words_hold_all_numbers_of_16_bits():
    v = np.array([0, 1, 32767, 32768, 65535], np.uint16)
    assert as_words(v).tolist() == [-32768, -32767, -1, 0, 32767]


@pytest.mark.parametrize("kind", [torch.uint8, torch.int16])
def test_a_batch_is_the_rows_at_the_index_in_memory_and_in_a_file(tmp_path: Path, kind: torch.dtype):
    draw = torch.Generator().manual_seed(0)
    values = torch.randint(0, 255, (20, 3, 4, 5), generator=draw).to(kind)
    (tmp_path / "bank").write_bytes(values.numpy().tobytes())
    index = torch.tensor([19, 0, 0, 7])
    held, mapped = PictureBank(values, BYTES), PictureBank.open(tmp_path / "bank", (3, 4, 5), kind, BYTES)
    expected = values[index] / 127.5 - 1
    for bank in (held, mapped, mapped.to("cpu"), mapped.to("cpu", 0.0)):
        assert torch.allclose(bank.batch(index), expected, atol=1e-6)
    assert mapped.to("cpu", 0.0).streamed and not mapped.to("cpu").streamed and mapped.resident
    assert held.to("meta").batch(index.to("meta")).shape == (4, 3, 4, 5)
