from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from gansuite.report import View, data_uri


def test_an_empty_folder_is_told_in_words(tmp_path: Path) -> None:
    view = View.load(tmp_path)
    assert (view.recipe, view.run, view.rows, view.showcase, view.sample_files) == ({}, {}, (), {}, [])
    for name in ("recipe.toml", "run.json", "metrics.jsonl", "showcase.safetensors"):
        assert any(name in note for note in view.notes)


def test_torn_files_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text("seed = ")
    (tmp_path / "run.json").write_text('{"name": ')
    (tmp_path / "metrics.jsonl").write_text('{"step": 1, "name": "a", "value": 2.0}\n{"step": 2, "na')
    (tmp_path / "showcase.safetensors").write_bytes(b"\x08\0\0\0")
    view = View.load(tmp_path)
    assert len(view.notes) == 4
    assert [row["step"] for row in view.rows] == [1]
    assert view.recipe_text == "seed = "


def test_the_last_row_of_a_step_wins_and_steps_are_in_order(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text(
        '{"step": 20, "name": "critic/cost", "value": 1.0, "low": null}\n'
        '{"step": 10, "name": "critic/cost", "value": 2.0, "low": null}\n'
        '{"step": 20, "name": "critic/cost", "value": 3.0, "low": null}\n'
        '{"step": 20, "name": "kad", "value": 4.0, "low": 3.5, "high": 4.5}\n'
        '{"step": 30, "name": "kad", "value": null, "low": null, "high": null, "n_real": 8}\n'
    )
    view = View.load(tmp_path)
    assert [(row["step"], row["value"]) for row in view.terms["critic/cost"]] == [(10, 2.0), (20, 3.0)]
    assert [row["step"] for row in view.estimates["kad"]] == [20, 30]
    assert set(view.terms) == {"critic/cost"}


def test_showcase_and_newest_samples(tmp_path: Path) -> None:
    samples = np.arange(6, dtype=np.float32).reshape(2, 1, 3)
    save_file({"samples": samples}, tmp_path / "showcase.safetensors", {"split": "test"})
    for step in ("000100", "000200"):
        (tmp_path / "samples" / step).mkdir(parents=True)
        (tmp_path / "samples" / step / "0.wav").touch()
    view = View.load(tmp_path)
    np.testing.assert_array_equal(view.showcase["samples"], samples)
    assert view.metadata == {"split": "test"}
    assert [path.parent.name for path in view.sample_files] == ["000200"]


def test_data_uri() -> None:
    assert data_uri(b"\0\xff", "audio/wav") == "data:audio/wav;base64,AP8="
