"""A run that translates sets its sources aside, beside what was made of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open

from gansuite import api
from gansuite.recipes import read

MLP = {"name": "mlp", "width": 4}
PAIRS: dict[str, Any] = {
    "plugin": "toy",
    "data": {"name": "clouds", "count": 60, "batch_size": 8, "paired": True},
    "players": {"generator": MLP, "critic": MLP},
    "game": {"name": "pix2pix"},
    "train": {"steps": 1, "samples": 1},
}
MANY: dict[str, Any] = PAIRS | {
    "data": {"name": "cloud-domains", "count": 60, "batch_size": 8},
    "players": {"generator": MLP | {"labelled": True}, "critic": MLP},
    "game": {"name": "stargan"},
}


def ran(tables: dict[str, Any], folder: Path) -> tuple[Any, dict[str, np.ndarray], dict[str, str]]:
    """The run of a recipe, and its showcase."""
    run = api.run(read(tables), out=folder, device="cpu")
    with safe_open(folder / "showcase.safetensors", "np") as file:
        return run, {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118


def translated(run: Any, sources: np.ndarray, codes: Any = None) -> np.ndarray:
    with torch.no_grad(), run.at_rest() as game:
        return game.generator(torch.from_numpy(sources), codes, None).numpy()


def test_of_pairs_there_are_sources_translations_and_targets(tmp_path: Path) -> None:
    run, show, names = ran(PAIRS, tmp_path / "run")
    batch = run.dataset.batch(names["split"], torch.arange(len(show["sources"])), None)
    assert len(show["samples"]) == len(show["sources"]) == len(show["targets"]) == min(12, run.dataset.count("test"))
    np.testing.assert_array_equal(show["sources"], batch["source"].numpy())
    np.testing.assert_array_equal(show["targets"], batch["data"].numpy())
    np.testing.assert_allclose(show["samples"], translated(run, show["sources"]), atol=1e-6)
    assert "conditions" not in names


def test_without_pairs_there_is_no_right_answer(tmp_path: Path) -> None:
    _, show, _ = ran(PAIRS | {"data": PAIRS["data"] | {"paired": False}, **unpaired()}, tmp_path / "run")
    assert "sources" in show and "targets" not in show


def unpaired() -> dict[str, Any]:
    """A game that wants no pairs."""
    return {"players": {name: MLP for name in ("generator", "inverse", "critic", "inverse_critic")},
            "game": {"name": "cyclegan"}}  # fmt: skip


def test_between_many_domains_each_source_goes_to_all_of_them(tmp_path: Path) -> None:
    run, show, names = ran(MANY, tmp_path / "run")
    domains, conditions = list(run.spec.labels), json.loads(names["conditions"])
    rounds = len(show["samples"]) // len(domains)
    assert rounds >= 1 and conditions == domains * rounds
    sources = show["sources"].reshape(rounds, len(domains), -1)
    assert (sources == sources[:, :1]).all() and (rounds == 1 or (sources[0] != sources[1]).any())
    codes = run.game.condition(conditions, len(conditions))
    np.testing.assert_allclose(show["samples"], translated(run, show["sources"], codes), atol=1e-6)


def test_a_run_that_generates_has_no_sources(tmp_path: Path) -> None:
    tables = PAIRS | {"data": {"name": "moons", "count": 60, "batch_size": 8}, "game": {"name": "gan"}}
    _, show, _ = ran(tables, tmp_path / "run")
    assert set(show) == {"samples", "distances", "neighbours", "real"}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))
