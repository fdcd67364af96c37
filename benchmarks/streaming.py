"""Training on a bank ten times the memory that is allowed for it, against one in memory.

    python benchmarks/streaming.py [--allowed 64] [--times 10] [--pairs 30] [--rounds 5] [--cgroup DIR]

WAV files of noise are written, decoded once into the cache and sliced at random. One process then plays blocks of
``--rounds`` rounds of WaveGAN (dim 8, batches of 16 x 8,192, a move each) by turns: ``in memory`` on a tenth of the
sounds, copied into its own memory; ``streamed`` on all of them. It runs in a control group whose limit is its anonymous
memory plus ``--allowed`` MiB, page cache included, and the bank's pages are dropped before the first round. Making the
group takes root; without one the pages are dropped before each streamed block instead, and the output says so. The
ratio is of blocks next to each other: median, with its 95 % interval by the sign test.

Before it, batches are read alone, after the pages were dropped: with the system's own read-ahead, and as
``gansuite.data.bank`` asks for them.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import soundfile
import torch

from gansuite.build import build
from gansuite.data.bank import Bank, host_memory
from gansuite.recipes import read
from gansuite_audio.data.folder import Folder

MIB = 2**20
LENGTH, BATCH = 8192, 16
RECIPE = {
    "plugin": "audio",
    "data": {"name": "folder", "length": LENGTH, "mode": "random-slice", "batch_size": BATCH, "split": {"train": 1.0}},
    "players": {"generator": {"name": "wavegan", "dim": 8}, "critic": {"name": "wavegan", "dim": 8}},
    "game": {"name": "gan", "objective": "wasserstein", "penalties": ["gradient-penalty"]},
    "metrics": [],
}


class Training:
    """Rounds of a recipe on one folder."""

    def __init__(self, root: Path, share: float) -> None:
        data = RECIPE["data"] | {"root": str(root), "resident_share": share}
        self.experiment, self.played = build(read({**RECIPE, "data": data}), torch.device("cpu")), 0

    def seconds(self, rounds: int) -> float:
        began, engine, stage = time.perf_counter(), self.experiment.engine, self.experiment.stages[0]
        for _ in range(rounds):
            engine.at(self.played)
            stage.dynamics.round(engine, stage.turns)
            self.played += 1
        return time.perf_counter() - began


def compare(small: Path, large: Path, allowed: int, pairs: int, rounds: int, group: Path | None) -> None:
    """Rounds by turns."""
    resident, streamed = Training(small, 0.9), Training(large, allowed / host_memory())
    bank = resident.experiment.dataset.bank
    bank.flat = bank.flat.clone()
    large_bank = streamed.experiment.dataset.bank
    assert large_bank.streamed and not bank.streamed
    anonymous = 0
    for each in (resident, streamed) * 3:
        each.seconds(1)
        anonymous = max(anonymous, status("RssAnon"))
    drop()
    if group is not None:
        limit(group, anonymous + allowed)
    seconds: dict[str, list[float]] = {"in memory": [], "streamed": []}
    faults, from_disk, cached = 0, 0, 0
    for _ in range(pairs):
        seconds["in memory"].append(resident.seconds(rounds))
        if group is None:
            drop()
        before, major = read_bytes(), resource.getrusage(resource.RUSAGE_SELF).ru_majflt
        seconds["streamed"].append(streamed.seconds(rounds))
        from_disk += read_bytes() - before
        cached = max(cached, charged(group))
        faults += resource.getrusage(resource.RUSAGE_SELF).ru_majflt - major
    print(
        f"bank {large_bank.flat.nbytes / MIB:.0f} MiB, allowed {allowed / MIB:.0f} MiB above {anonymous / MIB:.0f} MiB",
        end="",
    )
    print(f" of the process (load average {os.getloadavg()[0]:.1f})")
    for name, values in seconds.items():
        print(f"{name:10s} {rounds / median(values):6.2f} rounds/s")
    ratios = sorted(a / b for a, b in zip(*seconds.values(), strict=True))
    low, high = sign_interval(len(ratios))
    print(f"streamed / in memory {median(ratios):.3f} [{ratios[low]:.3f}, {ratios[high]:.3f}], n = {pairs} pairs")
    played, slices = pairs * rounds, BATCH * LENGTH * 2  # the generator's move draws no data
    print(
        f"a streamed round read {from_disk / played / MIB:.2f} MiB from disk for {slices / MIB:.2f} MiB of slices, "
        f"with {faults / played:.2f} major faults; at most {cached / MIB:.0f} MiB of files were cached"
    )


def alone(path: Path, batches: int = 60) -> None:
    """Batches alone."""
    for name, asked in (("the system's read-ahead", False), ("the pages asked for", True)):
        drop()
        bank, times, before = Bank.open(path, 1), [], read_bytes()
        bank.streamed = asked
        generator = torch.Generator().manual_seed(0)
        for _ in range(batches):
            starts = torch.randint(0, bank.frames - LENGTH, (BATCH,), generator=generator)
            began = time.perf_counter()
            bank.windows(starts, LENGTH)
            times.append(time.perf_counter() - began)
        low, high = sign_interval(batches)
        ms = sorted(1000 * t for t in times)
        size = (read_bytes() - before) / batches / MIB
        del bank  # a page that is mapped cannot be dropped
        print(f"{name:24s} {median(ms):7.2f} ms a batch [{ms[low]:.2f}, {ms[high]:.2f}], {size:6.2f} MiB from disk")


def sign_interval(n: int) -> tuple[int, int]:
    """Places of the ordered values that hold the median with 95 % at least."""
    below, tail = 0, 0.5**n
    while tail + math.comb(n, below + 1) * 0.5**n <= 0.025:
        below += 1
        tail += math.comb(n, below) * 0.5**n
    return below, n - 1 - below


def status(name: str) -> int:
    """Bytes of an entry of this process's status."""
    return 1024 * int(Path("/proc/self/status").read_text().split(f"{name}:")[1].split()[0])


def read_bytes() -> int:
    """Bytes that this process had fetched from disk."""
    return int(Path("/proc/self/io").read_text().split("\nread_bytes:")[1].split()[0])


def drop() -> None:
    """Have the kernel forget the banks' pages."""
    os.sync()
    for bank in Path(os.environ["GANSUITE_CACHE"]).rglob("*.i16"):
        with bank.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def enter(name: str) -> Path | None:
    """A control group with this process in it, or None where this user may not make one."""
    group = Path(name)
    try:
        group.mkdir(exist_ok=True)
        (group / "cgroup.procs").write_text(str(os.getpid()))
        return group
    except OSError as error:
        print(f"no control group ({error.strerror}): the limit is not enforced, pages are dropped before each block")
        return None


def charged(group: Path | None) -> int:
    """Bytes of the page cache that the group is charged with."""
    if group is None:
        return 0
    entries = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
    return int(entries.get("cache") or entries["file"])


def limit(group: Path, size: int) -> None:
    first = group / "memory.limit_in_bytes"  # of control groups of the first version
    (first if first.exists() else group / "memory.max").write_text(str(size))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("allowed", 64), ("times", 10), ("pairs", 30), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--cgroup", default="/sys/fs/cgroup/memory/gansuite-streaming")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)  # the process that is measured
    chosen = parser.parse_args()
    if chosen.inside:
        torch.set_num_threads(1)
        small, large = chosen.inside / "small", chosen.inside / "large"
        group = enter(chosen.cgroup)
        alone(max(Path(os.environ["GANSUITE_CACHE"]).rglob("*.i16"), key=lambda path: path.stat().st_size))
        compare(small, large, chosen.allowed * MIB, chosen.pairs, chosen.rounds, group)
        return
    with tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(0)
        for where, count in (("small", 1), ("large", chosen.times)):
            (Path(folder) / where).mkdir()
            for i in range(count):
                noise = rng.integers(-8000, 8000, chosen.allowed * MIB // 2, dtype=np.int16)
                soundfile.write(Path(folder) / where / f"{i}.wav", noise, 16000)
        os.environ["GANSUITE_CACHE"] = f"{folder}/cache"
        for where in ("small", "large"):  # decoded here, so that the process that is measured never held the sounds
            Folder(root=f"{folder}/{where}", length=LENGTH, mode="random-slice", split={"train": 1.0})
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--inside", folder], check=True)
    if Path(chosen.cgroup).is_dir():
        Path(chosen.cgroup).rmdir()


if __name__ == "__main__":
    main()
