"""Decoding a recording of hours into the cache: processor time, and the anonymous memory of the process.

    python benchmarks/long_recording.py [--hours 4] [--rate 44100] [--normalise peak]

A WAV of stereo noise is written (2.5 GB for four hours) and resampled to 16 kHz mono. The peak of the memory that is
the process's own is sampled each 20 ms; pages of files, which the system may drop, are told apart.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import soundfile

from gansuite_audio.data.folder import Folder


class Watch(threading.Thread):
    """The peaks of this process's memory while it runs."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peaks, self.over = dict.fromkeys(("RssAnon", "RssFile"), 0.0), threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            status = Path("/proc/self/status").read_text()
            for name in self.peaks:
                self.peaks[name] = max(self.peaks[name], int(status.split(f"{name}:")[1].split()[0]) / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=4)
    parser.add_argument("--rate", type=int, default=44100)
    parser.add_argument("--normalise", default="peak")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GANSUITE_CACHE"] = f"{folder}/cache"
        sounds = Path(folder) / "sounds"
        sounds.mkdir()
        minute = np.random.default_rng(0).integers(-8000, 8000, (60 * chosen.rate, 2)).astype(np.int16)
        with soundfile.SoundFile(sounds / "long.wav", "w", chosen.rate, 2) as file:
            for _ in range(round(60 * chosen.hours)):
                file.write(minute)
        watch = Watch()
        watch.start()
        time.sleep(0.1)
        before, wall, cpu = watch.peaks["RssAnon"], time.perf_counter(), time.process_time()
        data = Folder(root=str(sounds), mode="random-slice", normalise=chosen.normalise, split={"train": 1.0})
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        watch.over.set()
        print(f"{chosen.hours:g} h, {data.bank.frames} frames, {data.count('train')} items", end=": ")
        print(f"{cpu:.1f} s of processor, {wall:.0f} s")
        print(f"anonymous memory {before:.0f} MiB before, {watch.peaks['RssAnon']:.0f} MiB at most", end="; ")
        print(f"pages of files {watch.peaks['RssFile']:.0f} MiB at most")


if __name__ == "__main__":
    main()
