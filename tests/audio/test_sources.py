"""Sounds with a source: what is noted of them, and how a representation shows both sides."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from gansuite.errors import UserError
from gansuite.representations.represented import represented
from gansuite_audio.representations.complex_spectrogram import ComplexSpectrogram
from gansuite_audio.representations.instantaneous_frequency import LogInstantaneousFrequency, MelInstantaneousFrequency
from gansuite_audio.representations.log_spectrogram import LogSpectrogram
from gansuite_audio.spec import AudioSpec

VOICE = AudioSpec(16000, 1, 1024, ("zero", "one"))
PAIR = AudioSpec(16000, 1, 1024, ("a", "b"), source=VOICE, contents=("zero", "one"))
KINDS: list[tuple[Any, dict[str, Any]]] = [
    (LogSpectrogram, {}),
    (ComplexSpectrogram, {}),
    (LogInstantaneousFrequency, {"window": 256, "hop": 64}),
    (MelInstantaneousFrequency, {"window": 256, "hop": 64}),
]


class Pairs:
    """Eight items whose sources are another noise, ``level`` times as loud."""

    spec, fingerprint, summary = PAIR, "pairs", {}

    def __init__(self, level: float = 0.3) -> None:
        generator = torch.Generator().manual_seed(0)
        data, source = (torch.randn(8, 1, 1024, generator=generator) for _ in range(2))
        self.rows = {"data": data, "source": level * source, "content": torch.arange(8) % 2}

    def to(self, device: Any) -> Pairs:
        return self

    def count(self, split: str) -> int:
        return 8

    def batch(self, split: str, index: torch.Tensor, rng: Any) -> dict[str, torch.Tensor]:
        return {key: rows[index] for key, rows in self.rows.items()}

    def names(self, split: str) -> list[str]:
        return list("abcdefgh")


def test_what_was_noted_is_read_again() -> None:
    assert AudioSpec.from_dict(PAIR.as_dict()) == PAIR
    assert PAIR.as_dict()["source"]["labels"] == ["zero", "one"]
    before = {"rate": 16000, "channels": 1, "length": 1024, "labels": ["a"]}  # a run that knew of no sources
    assert AudioSpec.from_dict(before) == AudioSpec(16000, 1, 1024, ("a",))
    assert PAIR.widened(2).source == VOICE


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_a_source_is_pictured_as_the_data_are(kind: Any, options: dict[str, Any]) -> None:
    data, seen = Pairs(), kind(PAIR, **options)
    seen.fit(data)
    assert seen.spec.source.shape == seen.spec.shape and seen.spec.source.source is None
    assert (seen.spec.labels, seen.spec.source.labels, seen.spec.contents) == (PAIR.labels, VOICE.labels, PAIR.contents)
    index = torch.arange(4)
    plain, shown = data.batch("train", index, None), represented(data, seen).batch("train", index, None)
    assert torch.equal(shown["source"], seen.encode(plain["source"]))
    assert torch.equal(shown["data"], seen.encode(plain["data"])) and torch.equal(shown["content"], plain["content"])


def test_statistics_are_of_both_sides() -> None:
    """Else a source that is softer in every bin would lie beyond the picture's edge."""
    data, seen = Pairs(0.01), LogSpectrogram(PAIR)
    seen.fit(data)
    index = torch.arange(8)
    batch = data.batch("train", index, None)
    both = LogSpectrogram(VOICE)
    every = torch.cat([batch["data"], batch["source"]])
    both.fit(SimpleNamespace(count=lambda split: 16, batch=lambda split, index, rng: {"data": every[index]}))
    torch.testing.assert_close(seen.mean, both.mean, atol=1e-4, rtol=0)
    torch.testing.assert_close(seen.deviation, both.deviation, atol=1e-4, rtol=0)
    assert (seen.encode(batch["source"]) > -1).float().mean() > 0.99


@pytest.mark.parametrize("other", [AudioSpec(8000, 1, 1024), AudioSpec(16000, 2, 1024), AudioSpec(16000, 1, 2048)])
def test_other_sources_are_refused(other: AudioSpec) -> None:
    spec = AudioSpec(16000, 1, 1024, source=other)
    with pytest.raises(UserError, match="log-spectrogram: sources and data are sounds of another rate"):
        LogSpectrogram(spec)
