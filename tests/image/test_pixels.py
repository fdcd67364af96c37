"""Pixels are the samples' numbers and nothing else."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from gansuite_image.pixels import columns_for, enlarged, factor_for, in_rows, palette, pixels, png, sheet


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_every_byte_comes_back(channels: int) -> None:
    values = np.arange(256, dtype=np.float32).repeat(channels).reshape(1, 16, 16, channels)
    x = (values / 127.5 - 1).transpose(0, 3, 1, 2)
    assert np.array_equal(pixels(x), values)
    with Image.open(io.BytesIO(png(pixels(x)[0]))) as picture:
        assert picture.mode == {1: "L", 3: "RGB", 4: "RGBA"}[channels]
        assert np.array_equal(np.asarray(picture).reshape(16, 16, channels), values[0])


def test_what_is_no_number_is_black_and_what_is_beyond_is_cut() -> None:
    x = np.array([[[[np.nan, np.inf], [-np.inf, 7.0]]]], np.float32)
    assert pixels(x)[0, ..., 0].tolist() == [[0, 255], [0, 255]]


@pytest.mark.parametrize("channels", [2, 5, 12])
def test_a_map_of_labels_has_a_colour_for_each(channels: int) -> None:
    label = np.arange(4 * channels).reshape(1, 4, channels) % channels
    x = 2.0 * (label[:, None] == np.arange(channels)[:, None, None]) - 1
    colours = palette(channels)
    assert len(np.unique(colours, axis=0)) == channels and colours[0].tolist() == [0, 0, 0]
    assert np.array_equal(pixels(x), colours[label])


def test_enlargement_repeats_and_a_sheet_puts_each_where_it_belongs() -> None:
    tiles = np.arange(5 * 2 * 3, dtype=np.uint8).reshape(5, 2, 3, 1)
    large = enlarged(tiles, 3)
    assert large.shape == (5, 6, 9, 1) and np.array_equal(large[:, 1::3, 2::3], tiles)
    whole = sheet([tiles[:3], tiles[3:]], gap=2)
    assert whole.shape == (6, 13, 1)
    for i, (top, left) in enumerate([(0, 0), (0, 5), (0, 10), (4, 0), (4, 5)]):
        assert np.array_equal(whole[top : top + 2, left : left + 3], tiles[i])
    assert (whole[4:, 10:] == 128).all() and (whole[2:4] == 128).all()


def test_sizes() -> None:
    assert [factor_for((h, w), 64) for h, w in ((8, 8), (28, 28), (64, 64), (8, 100))] == [8, 3, 1, 1]
    assert [columns_for(n) for n in (1, 4, 12, 16, 17)] == [1, 2, 4, 4, 5]
    assert [len(row) for row in in_rows(np.zeros((10, 1, 1, 1), np.uint8))] == [4, 4, 2]
