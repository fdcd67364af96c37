"""Checkpoints: whole or not at all, and never trusted blindly."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path

import pytest
import torch

from gansuite.engine import checkpoint
from gansuite.errors import RunError

WEIGHTS = {"w": torch.arange(6.0).view(2, 3)}


def write(folder: Path, step: int, keep: int = 9) -> Path:
    weights = {name: t + step for name, t in WEIGHTS.items()}
    return checkpoint.save(folder, step, weights, {"step": step, "moments": torch.ones(3) * step}, keep)


def test_round_trip_and_keep(tmp_path: Path) -> None:
    for step in (10, 20, 30):
        write(tmp_path, step, keep=2)
    assert [p.name for p in checkpoint.complete(tmp_path)] == ["000030", "000020"]
    step, weights, state = checkpoint.load(tmp_path)
    assert step == 30
    torch.testing.assert_close(weights["w"], WEIGHTS["w"] + 30)
    torch.testing.assert_close(state["moments"], torch.ones(3) * 30)
    assert sorted(p.name for p in (tmp_path / "000030").iterdir()) == [
        "manifest.json",
        "state.pt",
        "weights.safetensors",
    ]


@pytest.mark.parametrize("file", ["weights.safetensors", "state.pt", "manifest.json"])
@pytest.mark.parametrize("harm", ["truncate", "alter", "remove"])
def test_a_damaged_one_is_passed_over_with_a_warning(tmp_path: Path, file: str, harm: str) -> None:
    write(tmp_path, 10)
    path = write(tmp_path, 20) / file
    data = bytearray(path.read_bytes())
    if harm == "truncate":
        path.write_bytes(data[:-1])
    elif harm == "alter":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    else:
        path.unlink()
    if file == "manifest.json" and harm == "alter":
        path.write_text(path.read_text().replace('"step": 20', '"step": 21'))
    with pytest.warns(UserWarning, match="000020 is damaged"):
        step, _, _ = checkpoint.load(tmp_path)
    assert step == 10


def test_none_left_is_an_error(tmp_path: Path) -> None:
    (write(tmp_path, 10) / "state.pt").write_bytes(b"")
    with pytest.warns(UserWarning, match="damaged"), pytest.raises(RunError, match="no sound checkpoint"):
        checkpoint.load(tmp_path)


def test_what_a_kill_left_behind_is_neither_read_nor_kept(tmp_path: Path) -> None:
    write(tmp_path, 10)
    half = tmp_path / ".000020.1.partial"
    half.mkdir()
    (half / "weights.safetensors").write_bytes(b"half")
    assert checkpoint.load(tmp_path)[0] == 10
    checkpoint.clean(tmp_path)
    assert not half.exists()


def test_a_full_disk_leaves_the_checkpoints_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 10)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "flush", full)
    with pytest.raises(RunError, match=r"step 20 cannot be written .* No space left"):
        write(tmp_path, 20)
    monkeypatch.undo()
    assert [p.name for p in tmp_path.iterdir()] == ["000010"]
    assert checkpoint.load(tmp_path)[0] == 10


class Evil:
    def __reduce__(self):
        return (Path.touch, (Path("owned"),))


def test_loading_never_unpickles_arbitrary_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even with a manifest that vouches for it, a state with an object in it is refused and nothing runs."""
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "c", 10)
    with zipfile.ZipFile(path / "state.pt", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"players": Evil()}, protocol=2))
        archive.writestr("archive/version", "3")
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["sha256"]["state.pt"] = checkpoint.sha256(path / "state.pt")
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.warns(UserWarning, match="damaged"), pytest.raises(RunError, match="no sound checkpoint"):
        checkpoint.load(tmp_path / "c")
    assert not Path("owned").exists()


def test_shared_weights_are_kept_under_both_names(tmp_path: Path) -> None:
    w = torch.ones(3)
    checkpoint.save(tmp_path, 1, {"encoder.w": w, "decoder.w": w}, {}, 1)
    _, weights, _ = checkpoint.load(tmp_path)
    assert torch.equal(weights["encoder.w"], w) and torch.equal(weights["decoder.w"], w)
