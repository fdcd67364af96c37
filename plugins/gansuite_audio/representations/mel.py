"""Spectra on a mel scale, and back."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

NARROWEST = 1.5  # bins: a narrower triangle could fall between two of them
WIDEST = 0.95  # bins between two places: at 1 they could read each pair of bins alike


class Warp(NamedTuple):
    """A change of the frequency scale, [bands, bins], and its way back, [bins, bands]."""

    there: Float64[Tensor, "bands bins"]
    back: Float64[Tensor, "bins bands"]


def mel(hertz: float) -> float:
    """1127 log(1 + f / 700)."""
    return 1127 * math.log1p(hertz / 700)


def hertz(mel: Float64[Tensor, " k"]) -> Float64[Tensor, " k"]:
    """700 (exp(m / 1127) - 1)."""
    return 700 * torch.expm1(mel / 1127)


def triangles(bins: int, rate: int) -> Warp:
    """As many bands as bins, as GANSynth has them (Engel et al. 2019), and their scaled transpose."""
    there = to_mel(bins, rate)
    return Warp(there, from_mel(there))


def interpolation(bins: int, rate: int) -> Warp:
    """A value at each of many places, each between two bins, and the least-squares inverse.

    The places are evenly spaced in mel from the first bin, at rate / 2 bins, to the last, at rate / 2: two, four or
    eight times as many as bins (four from 8 to 48 kHz), so that none are further apart than 0.95 bins. Weights are at
    least 0 and add up to 1, so a phase's advances stay within half a turn.
    """
    step = rate / 2 / bins
    low, high = mel(step), mel(rate / 2)
    widest = (high - low) * (rate / 2 + 700) / 1127 / step / bins  # between as many places as bins, in bins
    finer = 2 ** math.ceil(math.log2(widest / WIDEST))
    places = hertz(torch.linspace(low, high, finer * bins, dtype=torch.float64))
    position = (places / step - 1).clamp(0, bins - 1)  # 0 is the first bin
    apart = (position[:, None] - torch.arange(bins, dtype=torch.float64)).abs()
    there = (1 - apart).clamp_min(0)
    return Warp(there, torch.linalg.pinv(there))


def to_mel(bins: int, rate: int) -> Float64[Tensor, "bands bins"]:
    """As many triangles as bins of height 1, evenly spaced on the mel scale 1127 log(1 + f / 700) from 0 to rate / 2.

    A triangle narrower than 1.5 bins is widened about its centre. Bin i is taken for the frequency i rate / 2
    (bins - 1), and the first one belongs to no band, both as in the authors' code, whose bins begin after the constant.
    """
    edges = torch.linspace(0, mel(rate / 2), bins + 2, dtype=torch.float64)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    least = NARROWEST * rate / 2 / bins
    half = 1127 * torch.asinh(0.5 * least / (hertz(centre) + 700))  # hertz(c + half) - hertz(c - half) = least
    narrow = hertz(high) - hertz(low) < least
    low, high = torch.where(narrow, centre - half, low), torch.where(narrow, centre + half, high)
    frequency = torch.linspace(0, rate / 2, bins, dtype=torch.float64)
    below, middle, above = (hertz(edge)[:, None] for edge in (low, centre, high))
    rise, fall = (frequency - below) / (middle - below), (above - frequency) / (above - middle)
    made = torch.minimum(rise, fall).clamp_min(0)
    made[:, 0] = 0
    return made


def from_mel(there: Float64[Tensor, "bands bins"]) -> Float64[Tensor, "bins bands"]:
    """The way back, diag(1 / d) Mᵀ with d = Mᵀ M 1: what is constant over the bins comes back as it was."""
    overlap = (there.T @ there).sum(0)  # [bins]
    weight = torch.where(overlap > 1e-8, 1 / overlap, overlap)
    return weight[:, None] * there.T
