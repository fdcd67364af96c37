"""Runs or resumes a small WaveGAN; ``--die-writing STEP`` is killed while it writes that checkpoint."""

from __future__ import annotations

import os
import signal
import sys

import gansuite
from gansuite.engine import checkpoint

SMALL = [
    "players.generator.dim=2",
    "players.critic.dim=2",
    "data.batch_size=4",
    "dynamics.moves={critic=2, generator=1}",
    "train.steps=60",
    "train.log_every=7",
    "train.checkpoint_every=10",
    "train.sample_every=30",
    "train.ema={half_life=10.0}",
    "train.keep=2",
    'metrics=[{name="kad", every=20, n=16}]',
]


def die_writing(step: int) -> None:
    flush = checkpoint.flush

    def die(path: os.PathLike[str]) -> None:
        flush(path)
        if f".{checkpoint.name(step)}." in str(path):
            os.kill(os.getpid(), signal.SIGKILL)

    checkpoint.flush = die


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    if rest:
        die_writing(int(rest[1]))
    if command == "run":
        gansuite.run("wavegan", SMALL, out=folder, device="cpu")
    else:
        gansuite.resume(folder, device="cpu")
