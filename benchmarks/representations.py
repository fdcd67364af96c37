"""Representations of sounds: how much of a sound comes back, and what there and back costs.

    python benchmarks/representations.py [--data drums] [--length 16384] [--batch 64] [--rounds 7] [--json]

Signal to error after encode and decode, of every held-out sound: mean with the 95 % interval of the mean (Student's t
over sounds) and the worst one; and spectral convergence ||X'| - |X|| / |X|, X the representation's own transform, for
those without phase. ``--data FOLDER`` takes the sounds of a folder, at ``--rate``. Milliseconds are CPU time of a
batch on one thread (``--threads``), the smallest of the rounds. The last lines are librosa's: one clip after the other,
as it is mostly called, over ours.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from typing import Any

import librosa
import scipy.stats
import torch
from timing import interleave
from torch import Tensor

from gansuite_audio.data.drums import Drums
from gansuite_audio.data.folder import Folder
from gansuite_audio.representations.complex_spectrogram import ComplexSpectrogram
from gansuite_audio.representations.instantaneous_frequency import LogInstantaneousFrequency, MelInstantaneousFrequency
from gansuite_audio.representations.log_spectrogram import LogSpectrogram

SHORT = {"window": 256, "hop": 64}
LONG = {"window": 2048, "hop": 512}
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "log-spectrogram": (LogSpectrogram, {}),
    "log-spectrogram, 100 iterations": (LogSpectrogram, {"iterations": 100}),
    "log-spectrogram, not clipped": (LogSpectrogram, {"deviations": 100.0}),
    "log-spectrogram, learnt phase": (LogSpectrogram, {"phase": "learnt"}),
    "the same, padding = end": (LogSpectrogram, {"phase": "learnt", "padding": "end"}),
    "log-if": (LogInstantaneousFrequency, SHORT),
    "the same, padding = front": (LogInstantaneousFrequency, {**SHORT, "padding": "front"}),
    "log-if, window 2048": (LogInstantaneousFrequency, LONG),
    "mel-if": (MelInstantaneousFrequency, SHORT),
    "mel-if, window 2048": (MelInstantaneousFrequency, LONG),
    "mel-if, interpolated": (MelInstantaneousFrequency, {**SHORT, "warp": "interpolated"}),
    "complex-spectrogram": (ComplexSpectrogram, SHORT),
}


def decibels(x: Tensor, y: Tensor) -> Tensor:
    """Signal to error of each sound."""
    return 10 * (x.square().sum((1, 2)) / (x - y).square().sum((1, 2)).clamp_min(1e-20)).log10()


def convergence(seen: Any, x: Tensor, y: Tensor) -> float:
    """Mean distance of magnitudes over their size."""
    ours, truth = seen.frames(y).abs().flatten(1), seen.frames(x).abs().flatten(1)
    return float(((ours - truth).norm(dim=1) / truth.norm(dim=1)).mean())


def cost(run: Callable[[], Any], rounds: int) -> float:
    """Milliseconds of CPU time, the smallest of all rounds."""
    return 1e3 * min(interleave({"it": run}, rounds, 1, time.process_time)["it"])


def measured(data: Any, options: argparse.Namespace) -> list[dict[str, Any]]:
    """A row for each representation."""
    every = data.batch("test", torch.arange(data.count("test")), None)["data"]
    x = every[every.square().sum((1, 2)) > 0]
    batch = x[torch.arange(options.batch) % len(x)]
    rows = []
    for name, (kind, settings) in KINDS.items():
        seen = kind(data.spec, **settings)
        seen.fit(data)
        y = torch.cat([seen.decode(seen.encode(part)) for part in x.split(64)])
        found, picture = decibels(x, y).double(), seen.encode(batch)
        half = float(found.std()) / math.sqrt(len(x)) * float(scipy.stats.t.ppf(0.975, len(x) - 1))
        rows.append(
            {
                "name": name,
                "shape": seen.spec.shape,
                "n": len(x),
                "mean": float(found.mean()),
                "low": float(found.mean()) - half,
                "high": float(found.mean()) + half,
                "worst": float(found.min()),
                "convergence": convergence(seen, x, y),
                "encode": cost(lambda seen=seen: seen.encode(batch), options.rounds),
                "decode": cost(lambda seen=seen, y=picture: seen.decode(y), options.rounds),
            }
        )
    return rows


def beside_librosa(data: Any, options: argparse.Namespace) -> dict[str, float]:
    """CPU time of librosa's loop over clips, over that of the batch."""
    x = data.batch("train", torch.arange(options.batch) % data.count("train"), None)["data"]
    seen = LogSpectrogram(data.spec)
    magnitude = seen.frames(x).abs()
    clips, spectra = x[:, 0].numpy(), magnitude[:, 0].numpy()
    settings = {"n_fft": 256, "hop_length": 128, "center": False}
    runs = {
        "transform": (
            lambda: [librosa.stft(clip, **settings) for clip in clips],
            lambda: seen.frames(x),
        ),
        "Griffin-Lim, 16 iterations": (
            lambda: [librosa.griffinlim(s, n_iter=16, momentum=0.0, init=None, **settings) for s in spectra],
            lambda: seen.frames.griffin_lim(magnitude, 16),
        ),
    }
    return {name: cost(theirs, options.rounds) / cost(ours, options.rounds) for name, (theirs, ours) in runs.items()}


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("rate", 16000), ("length", 16384), ("batch", 64), ("threads", 1), ("rounds", 7)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--data", default="drums")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    size: dict[str, Any] = {"rate": options.rate, "length": options.length}
    data: Any = Drums(**size) if options.data == "drums" else Folder(root=options.data, **size)
    rows, ratios = measured(data, options), beside_librosa(data, options)
    if options.json:
        print(json.dumps({"representations": rows, "librosa": ratios}))
        return
    for row in rows:
        shape = " x ".join(map(str, row["shape"]))
        print(
            f"{row['name']:33s} {shape:14s} n = {row['n']}  {row['mean']:6.1f} dB [{row['low']:.1f}, {row['high']:.1f}]"
            f"  worst {row['worst']:6.1f}  convergence {row['convergence']:.3f}"
            f"  encode {row['encode']:6.1f} ms  decode {row['decode']:6.1f} ms"
        )
    for name, value in ratios.items():
        print(f"librosa, {name}: {value:.1f} times as long")


if __name__ == "__main__":
    main()
