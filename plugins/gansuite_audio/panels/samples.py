"""The sounds of a run: generated ones beside their nearest training recordings, and held-out recordings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt

from gansuite.report import Section, View, template
from gansuite_audio.panels.files import written
from gansuite_audio.panels.players import Sound, player_of

SHOWN = 8


class SamplesPanel:
    """Players, mel spectrograms and waveforms of generated, nearest training and held-out sounds.

    Args:
        shown: how many generated sounds; by default 8, of a conditional model all that the run has set aside.
        held_out: how many held-out recordings for comparison.
        mels: bands of a spectrogram.
    """

    def __init__(
        self,
        *,
        shown: Annotated[int, Gt(0)] | None = None,
        held_out: Annotated[int, Ge(0)] = 4,
        mels: Annotated[int, Gt(1)] = 80,
    ) -> None:
        self.shown = shown
        self.held_out = held_out
        self.mels = mels

    def __call__(self, view: View) -> Section:
        rate = int(view.spec.get("rate") or 0)
        pairs: list[tuple[Sound, Sound | None]] = []
        real: list[Sound] = []
        loose: list[Sound] = []
        note = ""
        if "samples" in view.showcase and rate:
            pairs, real = self.pairs(view, rate), self.real(view, rate)
        else:
            loose, note = self.files(view.sample_files)
        shown = [pair[0] for pair in pairs] + loose
        html = template("gansuite_audio").render(
            pairs=pairs,
            real=real,
            loose=loose,
            note=note,
            step=view.run.get("step"),
            conditional="conditions" in view.metadata,
            seconds=f"{shown[0].seconds:.2g} seconds" if len({sound.seconds for sound in shown}) == 1 else "",
        )
        return Section("Samples", html)

    def pairs(self, view: View, rate: int) -> list[tuple[Sound, Sound | None]]:
        """Each shown sample with its nearest training recording, where the showcase has one."""
        samples, near = view.showcase["samples"], view.showcase.get("neighbours")
        distances = view.showcase.get("distances")
        names = json.loads(view.metadata.get("neighbours", "[]"))
        conditions = json.loads(view.metadata.get("conditions", "[]"))
        pairs: list[tuple[Sound, Sound | None]] = []
        for index, sample in enumerate(samples[: self.shown or (None if conditions else SHOWN)]):
            neighbour = None
            if near is not None and index < len(near):
                detail = f"at {float(distances[index]):.3g}" if distances is not None else ""
                neighbour = self.sound(near[index], rate, "Nearest in training", detail, at(names, index))
            asked = f"as {at(conditions, index)}" if conditions else ""
            pairs.append((self.sound(sample, rate, f"Generated {index + 1}", asked), neighbour))
        return pairs

    def real(self, view: View, rate: int) -> list[Sound]:
        """Held-out recordings of the showcase."""
        names = json.loads(view.metadata.get("real", "[]"))
        sounds = view.showcase.get("real", np.zeros((0, 1)))[: self.held_out]
        return [
            self.sound(sound, rate, f"Held-out {index + 1}", file=at(names, index))
            for index, sound in enumerate(sounds)
        ]

    def files(self, paths: list[Path]) -> tuple[list[Sound], str]:
        """The newest written samples, for a run that has no showcase yet; and what to say about them."""
        sounds = [
            self.sound(each.sound, each.rate, f"Generated {i}", file=each.path.name)
            for i, each in enumerate(written(paths, self.shown or SHOWN), 1)
        ]
        if not sounds:
            return [], "No samples have been written yet."
        return sounds, f"The samples of step {paths[0].parent.name.lstrip('0') or '0'}, for the run has not ended."

    def sound(self, sound: np.ndarray, rate: int, label: str, detail: str = "", file: str = "") -> Sound:
        """One sound ``[length]`` or ``[channels, length]`` with its pictures and its file."""
        return player_of(sound, rate, label, detail, file, self.mels)


def at(names: list[str], index: int) -> str:
    """The name of an item, or nothing where the showcase has none."""
    return str(names[index]) if index < len(names) else ""
