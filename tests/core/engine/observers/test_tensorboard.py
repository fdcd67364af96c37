from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gansuite.engine.observers import tensorboard
from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate, Interval

KAD = Estimate("kad", 0.5, 0.25, 0.75, 8, 8, "mmd", normalised=Interval(0.125, 0.0, 0.25))


def events(folder: Path) -> Any:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    found = accumulator.EventAccumulator(str(folder))
    found.Reload()
    return found


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    found = events(folder)
    return {tag: [(event.step, event.value) for event in found.Scalars(tag)] for tag in found.Tags()["scalars"]}


def test_terms_and_metrics_are_written(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    run: Any = SimpleNamespace(folder=tmp_path, step=0)
    observer = tensorboard.TensorBoard()
    observer.started(run)
    observer.stepped(run, 10, {"critic/cost": -2.0})
    observer.stepped(run, 20, {"critic/cost": -3.0})
    observer.evaluated(run, 20, [KAD])
    observer.failed(run, KeyboardInterrupt())

    run.step = 10  # a resume: step 20 comes a second time
    observer.started(run)
    observer.stepped(run, 20, {"critic/cost": -4.0})
    observer.finished(run)
    assert scalars(tmp_path / "tensorboard" / "scalars") == {
        "critic/cost": [(10, -2.0), (20, -4.0)],
    } | {"metric/kad": [], "metric/kad/low": [], "metric/kad/high": [], "metric/kad/normalised": []}


def test_a_metric_comes_with_its_interval(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    run: Any = SimpleNamespace(folder=tmp_path, step=0)
    observer = tensorboard.TensorBoard()
    observer.started(run)
    observer.evaluated(run, 20, [KAD])
    observer.finished(run)
    assert scalars(tmp_path / "tensorboard" / "scalars") == {
        "metric/kad": [(20, 0.5)],
        "metric/kad/low": [(20, 0.25)],
        "metric/kad/high": [(20, 0.75)],
        "metric/kad/normalised": [(20, 0.125)],
    }


def test_without_the_package_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorboard, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'gansuite\[tensorboard\]'"):
        tensorboard.TensorBoard()
