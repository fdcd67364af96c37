"""What is found in translations: each held-out source is translated once, so that none is taken for a repetition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gansuite import api
from gansuite.recipes import read

MLP = {"name": "mlp", "width": 8, "residual": True, "init": "normal", "gain": 0.01}
CRITIC = {"name": "mlp", "width": 8}
GAMES: dict[str, dict[str, Any]] = {
    "pix2pix": {"data": {"name": "clouds", "paired": True}, "players": {"generator": MLP, "critic": CRITIC}},
    "stargan": {
        "data": {"name": "cloud-domains"},
        "players": {"generator": MLP | {"labelled": True}, "critic": CRITIC},
    },
}


@pytest.mark.parametrize("name", GAMES)
def test_translations_of_different_sources_are_no_repetitions(name: str, tmp_path: Path) -> None:
    tables: dict[str, Any] = {
        "plugin": "toy",
        "game": {"name": name},
        "train": {"steps": 1, "samples": 1},
        **GAMES[name],
    }
    tables["data"] = tables["data"] | {"count": 1000, "batch_size": 8}
    api.run(read(tables), out=tmp_path / "run", device="cpu")
    found = json.loads((tmp_path / "run" / "diagnostics.json").read_text())
    assert not [
        each for each in (found["findings"] if isinstance(found, dict) else found) if "repeat" in str(each).lower()
    ]
