"""What the metric ``mel-error`` sees: known changes of held-out percussion, and Griffin and Lim's method.

    OMP_NUM_THREADS=1 python benchmarks/what_mel_error_sees.py [--root FOLDER] [--json]

The held-out sounds of the recipe ``hifigan`` (or of a folder of sounds, as ``hifigan-fsdd`` takes them), each in the
place of its vocoded copy: mean over sounds with Student's 95 % interval, in natural logarithms. A table in Markdown.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

import torch
from torch import Tensor
from torchaudio.functional import lowpass_biquad

from gansuite.metrics.models.points import student
from gansuite_audio.data.drums import Drums
from gansuite_audio.data.folder import Folder
from gansuite_audio.games.mel import MelSpectrogram
from gansuite_audio.metrics.griffin_lim import from_mel
from gansuite_audio.metrics.stft_error import stft_error

RATE, WINDOW, HOP, BANDS = 8000, 512, 128, 80
MOST = 64


def changes(mel: MelSpectrogram) -> dict[str, Callable[[Tensor], Tensor]]:
    """The changes by name."""
    noise = torch.Generator().manual_seed(0)

    def noisy(x: Tensor, level: float) -> Tensor:
        loudness = x.square().mean((1, 2), keepdim=True).sqrt()
        return x + 10 ** (level / 20) * loudness * torch.randn(x.shape, generator=noise)

    return {
        "none": lambda x: x,
        "turned upside down": lambda x: -x,
        "one sample late": lambda x: x.roll(1, -1),
        "half a frame late": lambda x: x.roll(HOP // 2, -1),
        "half as loud": lambda x: x / 2,
        "noise at -40 dB": lambda x: noisy(x, -40),
        "noise at -20 dB": lambda x: noisy(x, -20),
        "nothing above 2 kHz": lambda x: lowpass_biquad(lowpass_biquad(x, RATE, 2000.0), RATE, 2000.0),
        "Griffin-Lim, 32 iterations": lambda x: from_mel(mel, mel(x), 32),
        "Griffin-Lim, 60 iterations": lambda x: from_mel(mel, mel(x), 60),
        "Griffin-Lim, 200 iterations": lambda x: from_mel(mel, mel(x), 200),
        "white noise as loud": lambda x: noisy(x, 0) - x,
        "silence": torch.zeros_like,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    how = {"rate": RATE, "length": 2048, "mode": "random-slice", "silence": "trim"}
    data = Folder(root=arguments.root, **how) if arguments.root else Drums(**how)
    x = data.batch("test", torch.arange(data.count("test")), None)["data"][:MOST]
    mel = MelSpectrogram(RATE, WINDOW, HOP, BANDS, 0.0, RATE / 2)
    found = {}
    for name, change in changes(mel).items():
        y = change(x)
        errors = (mel(x) - mel(y)).abs().flatten(1).mean(1), stft_error(x, y, (WINDOW // 2, WINDOW, 2 * WINDOW))
        found[name] = [student(each.double().numpy()) for each in errors]
    if arguments.json:
        print(json.dumps({name: [[e.value, e.low, e.high] for e in both] for name, both in found.items()}))
        return
    print(f"| {len(x)} held-out sounds | `mel-error` | `mel-error/stft` |\n|---|---|---|")
    for name, both in found.items():
        print(f"| {name} |", " | ".join(f"{each.value:.3f} [{each.low:.3f}, {each.high:.3f}]" for each in both), "|")


if __name__ == "__main__":
    main()
