"""What metrics make of sounds that are spoilt in known ways, and how good the judges of sounds are; seeds 0 to 2.

python benchmarks/what_audio_metrics_see.py digits       # spoken digits, rendered by eSpeak NG: with a judge of classes
python benchmarks/what_audio_metrics_see.py drums        # recorded percussion that comes along: few sounds
python benchmarks/what_audio_metrics_see.py tones        # notes of known pitch: metrics of pitch
python benchmarks/what_audio_metrics_see.py classifiers  # both classifiers on digits, and on the FSDD (--fsdd FOLDER)
python benchmarks/what_audio_metrics_see.py pitch        # pitch estimates of known notes, beside other libraries'
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soxr
import torch
from torch import Tensor

from gansuite.extractors.classifier import Classifier
from gansuite.metrics import (
    am_score,
    frechet,
    inception_score,
    kad,
    modified_inception_score,
    ndb,
    self_distance,
    train_distance,
)
from gansuite.metrics.features import features
from gansuite_audio.data.digits import Digits
from gansuite_audio.data.drums import Drums
from gansuite_audio.data.folder import Folder
from gansuite_audio.data.tones import Tones
from gansuite_audio.metrics.log_mel import LogMelStatistics
from gansuite_audio.metrics.log_mel_frames import LogMelFrames
from gansuite_audio.metrics.pitch import Pitch
from gansuite_audio.metrics.pitch_metrics import PitchAccuracy, PitchEntropy
from gansuite_audio.metrics.random_cnn import RandomCNN
from gansuite_audio.metrics.sound_classifier import SoundClassifier

SEEDS = range(3)
Measured = Mapping[str, Callable[[Tensor, Tensor, Tensor], float]]
"""By name, what a metric says of (held-out, generated, training) sounds."""


def noisy(x: Tensor, decibel: float, generator: torch.Generator) -> Tensor:
    """White noise of this root mean square below full scale."""
    return x + 10 ** (decibel / 20) * torch.randn(x.shape, generator=generator)


def low_passed(x: Tensor, frequency: float, rate: int) -> Tensor:
    spectrum = torch.fft.rfft(x)
    return torch.fft.irfft(spectrum * (torch.fft.rfftfreq(x.shape[-1], 1 / rate) < frequency), n=x.shape[-1])


def raised(x: Tensor, cents: float) -> Tensor:
    """Played faster, and padded with silence."""
    rows = [soxr.resample(row.T.numpy(), 2 ** (cents / 1200), 1.0).T for row in x]
    out = torch.zeros_like(x)
    for to, row in zip(out, rows, strict=True):
        to[:, : row.shape[1]] = torch.from_numpy(row[:, : x.shape[2]])
    return out


def spoilt(x: Tensor, y: Tensor | None, train: Tensor, rate: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Sounds by fault."""
    found = {
        "none": x,
        "noise at -30 dB": noisy(x, -30, generator),
        "noise at -15 dB": noisy(x, -15, generator),
        "low-pass at 2 kHz": low_passed(x, 2000, rate),
        "50 cents higher": raised(x, 50),
        "reversed in time": x.flip(-1),
        "four clips": x[torch.arange(len(x)) % 4],
        "copies of training sounds": train,
        "white noise": noisy(torch.zeros_like(x), -10, generator),
    }
    if y is not None:
        one = x[y == y[0]]
        found["one class"] = one[torch.arange(len(x)) % len(one)]
    return found


def taken(extractor: Any) -> Callable[[Tensor], Tensor]:
    """The extractor's features of a set, taken once."""
    kept: dict[int, tuple[Tensor, Tensor]] = {}

    def take(x: Tensor) -> Tensor:
        if id(x) not in kept or kept[id(x)][0] is not x:
            kept[id(x)] = x, features(extractor, lambda rows: x[rows], len(x))
        return kept[id(x)][1]

    return take


def by_features(spec: Any) -> Measured:
    cnn, mel, frames = taken(RandomCNN(spec)), taken(LogMelStatistics(spec)), taken(LogMelFrames(spec))
    return {
        "kad × 1000": lambda r, f, t: 1000 * kad(cnn(r), cnn(f)).value,
        "kad@log-mel × 1000": lambda r, f, t: 1000 * kad(mel(r), mel(f)).value,
        "frechet": lambda r, f, t: frechet(cnn(r), cnn(f)).value,
        "ndb": lambda r, f, t: ndb(cnn(r), cnn(f), 50).value,
        "self-distance": lambda r, f, t: self_distance(frames(f)).value,
        "train-distance": lambda r, f, t: train_distance(frames(t), frames(f)).value,
    }


def by_classes(dataset: Any) -> Measured:
    units, judge = SoundClassifier(dataset.spec), SoundClassifier(dataset.spec, output="probabilities")
    for each in (units, judge):
        each.fit(dataset)
    hidden, p = taken(units), taken(judge)
    return {
        "kad@sound-classifier × 1000": lambda r, f, t: 1000 * kad(hidden(r), hidden(f)).value,
        "inception-score": lambda r, f, t: inception_score(p(f)).value,
        "modified-inception-score": lambda r, f, t: modified_inception_score(p(f)).value,
        "am-score": lambda r, f, t: am_score(p(r), p(f)).value,
    }


def drawn(dataset: Any, split: str, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor | None]:
    batch = dataset.batch(split, torch.randperm(dataset.count(split), generator=generator)[:n], None)
    return batch["data"], batch.get("label")


def table(rows: Iterator[tuple[str, Mapping[str, float]]]) -> None:
    """Mean and deviation over seeds, by fault."""
    found: dict[str, list[Mapping[str, float]]] = {}
    for fault, values in rows:
        found.setdefault(fault, []).append(values)
    names = list(next(iter(found.values()))[0])
    print(f"| fault | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for fault, each in found.items():
        values = np.array([[row[name] for name in names] for row in each])
        cells = [f"{m:.3g} ± {s:.1g}" for m, s in zip(values.mean(0), values.std(0, ddof=1), strict=True)]
        print(f"| {fault} | {' | '.join(cells)} |", flush=True)


def faults(dataset: Any, n: int, measured: Measured) -> Iterator[tuple[str, Mapping[str, float]]]:
    for seed in SEEDS:
        generator = torch.Generator().manual_seed(seed)
        (both, labels), (train, _) = drawn(dataset, "test", 2 * n, generator), drawn(dataset, "train", n, generator)
        real, x, y = both[:n], both[n:], None if labels is None else labels[n:]
        for fault, fake in spoilt(x, y, train, dataset.spec.rate, generator).items():
            yield fault, {name: metric(real, fake, train) for name, metric in measured.items()}


def tones(n: int = 300) -> Iterator[tuple[str, Mapping[str, float]]]:
    dataset = Tones(labels="pitch", split={"train": 0.5, "test": 0.5})
    pitch, accuracy = taken(Pitch(dataset.spec)), PitchAccuracy()
    accuracy.bind(dataset.spec)
    for seed in SEEDS:
        generator = torch.Generator().manual_seed(seed)
        x, y = drawn(dataset, "test", n, generator)
        assert y is not None
        sets = spoilt(x, y, x, dataset.spec.rate, generator)
        del sets["copies of training sounds"]
        asked = dict.fromkeys(sets, y) | {
            "every fourth label wrong": torch.where(torch.arange(n) % 4 == 0, y.roll(1), y)
        }
        sets["an octave higher"] = raised(x, 1200)
        for fault, labels in (asked | {"an octave higher": y}).items():
            rows = pitch(sets.get(fault, x))
            found = accuracy(rows, rows, labels={"real": labels, "fake": labels})[0]
            own = PitchEntropy()(rows, rows)[0]
            yield (
                fault,
                {
                    "pitch-accuracy": found.value,
                    "octave errors": found.extras["octave errors"],
                    "without pitch": found.extras["without pitch"],
                    "pitch-entropy": own.value,
                },
            )


def classifiers(fsdd: str) -> None:
    os.environ["GANSUITE_CACHE"] = tempfile.mkdtemp()  # trained here, not taken from an earlier run
    named: dict[str, Any] = {"digits": Digits(labels="digit")}
    if Path(fsdd).is_dir():
        named["FSDD"] = Folder(root=fsdd, labels="name", label_pattern="fsdd", rate=8000, length=8192)
    print("| data | extractor | accuracy by seed | CPU seconds |\n|---|---|---|---|")
    for label, dataset in named.items():
        for kind in (Classifier, SoundClassifier):
            start, told, judge = time.process_time(), [], kind(dataset.spec, output="probabilities")
            for seed in SEEDS:
                judge = kind(dataset.spec, output="probabilities", seed=seed)
                judge.fit(dataset)
                s = judge.summary
                told.append(f"{s['accuracy']:.3f} [{s['low']:.3f}, {s['high']:.3f}]")
            each = (time.process_time() - start) / len(SEEDS)
            sizes = f"{judge.summary['trained_on']} and {judge.summary['n']}"
            print(f"| {label}, {sizes} | `{judge.name}` | {', '.join(told)} | {each:.0f} |", flush=True)


def notes(kind: str, midi: Tensor, rate: int, generator: torch.Generator) -> Tensor:
    """Notes of ten harmonics, peak 0.5, [n, 1, rate]."""
    f, t, k = (
        440 * 2 ** ((midi.view(-1, 1, 1) - 69) / 12),
        torch.arange(rate) / rate,
        torch.arange(1, 11).view(1, -1, 1),
    )
    level = {
        "sine": (k == 1) * 1.0,
        "sawtooth": 1 / k,
        "weak fundamental": torch.where((k == 1) & (2 * f < rate / 2), 0.05, 1 / k),
        "random levels": torch.rand(len(midi), 10, 1, generator=generator),
    }[kind]
    phase = 2 * math.pi * torch.rand(len(midi), 10, 1, generator=generator)
    x = (level * (k * f < rate / 2) * torch.sin(2 * math.pi * k * f * t + phase)).sum(1, keepdim=True)
    return 0.5 * x / x.abs().amax(2, keepdim=True)


def pitches(rate: int = 16_000) -> None:
    import librosa
    import torchaudio

    from gansuite_audio.spec import AudioSpec

    own, midi = Pitch(AudioSpec(rate, 1, rate)), torch.arange(24.0, 97.0)

    def ours(x: Tensor) -> Tensor:
        return own(x)[:, 0]

    def yin(x: Tensor) -> Tensor:
        f = librosa.yin(x[:, 0].numpy(), fmin=30, fmax=2200, sr=rate, frame_length=2048)
        return 69 + 12 * torch.log2(torch.from_numpy(np.median(f, 1)) / 440)

    def detected(x: Tensor) -> Tensor:
        f = torchaudio.functional.detect_pitch_frequency(x[:, 0], rate, freq_low=30, freq_high=2200)
        return 69 + 12 * torch.log2(f.median(1).values.clamp_min(1) / 440)

    for f in (ours, yin, detected):
        f(notes("sine", midi[:2], rate, torch.Generator().manual_seed(0)))  # what is compiled once is not timed
    print(
        "| 73 notes, C1 to C7 | noise | `pitch` | octave | librosa.yin | octave | torchaudio | octave |\n|---|"
        + "---|" * 7
    )
    spent = {ours: 0.0, yin: 0.0, detected: 0.0}
    generator, calls = torch.Generator().manual_seed(0), 0
    for kind in ("sine", "sawtooth", "weak fundamental", "random levels"):
        for decibel in (None, -10, 0):
            x, cells = notes(kind, midi, rate, generator), []
            if decibel is not None:
                level = x.square().mean(2, keepdim=True).sqrt() * 10 ** (decibel / 20)
                x = x + level * torch.randn(x.shape, generator=generator)
            for estimate in spent:
                start = time.process_time()
                away = estimate(x) - midi
                spent[estimate] += time.process_time() - start
                right = away.abs() < 0.5
                octave = ~right & ((away - 12 * (away / 12).round()).abs() < 0.5)
                cells += [f"{float(each.float().mean()):.3f}" for each in (right, octave)]
            calls += len(x)
            told = "none" if decibel is None else f"{decibel} dB"
            print(f"| {kind} | {told} | {' | '.join(cells)} |", flush=True)
    print(", ".join(f"{each.__name__} {1000 * s / calls:.1f} ms a note" for each, s in spent.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["digits", "drums", "tones", "classifiers", "pitch"])
    parser.add_argument("--fsdd", default="../shared/data/fsdd", help="folder of the Free Spoken Digit Dataset")
    options = parser.parse_args()
    if options.what == "digits":
        dataset: Any = Digits(labels="digit", split={"train": 0.7, "valid": 0.1, "test": 0.2})
        table(faults(dataset, 400, {**by_features(dataset.spec), **by_classes(dataset)}))
    elif options.what == "drums":
        dataset = Drums(split={"train": 0.4, "test": 0.6}, length=8192)
        table(faults(dataset, min(dataset.count("train"), dataset.count("test") // 2), by_features(dataset.spec)))
    elif options.what == "tones":
        table(tones())
    elif options.what == "classifiers":
        classifiers(options.fsdd)
    else:
        pitches()


if __name__ == "__main__":
    main()
