"""TensorBoard events: the costs' terms, and each metric with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gansuite.engine.observer import Observer
from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate

if TYPE_CHECKING:
    from gansuite.runs import Run


def installed() -> bool:
    """Whether the tensorboard package can be imported; nothing is imported to find out."""
    return find_spec("tensorboard") is not None


class Events(Observer):
    """Base of observers that write events into ``tensorboard/`` of the run's folder.

    After a resume, events of steps beyond the checkpoint are hidden, for they happen again.

    Args:
        part: sub-folder of ``tensorboard/``; a reader follows only the newest file of a folder, so that each
            observer needs its own.
    """

    def __init__(self, part: str) -> None:
        if not installed():
            raise UserError("observer tensorboard needs tensorboard: pip install 'gansuite[tensorboard]'")
        self.part = part
        self.writer: Any = None

    def started(self, run: Run) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.writer = SummaryWriter(run.folder / "tensorboard" / self.part, purge_step=run.step + 1)

    def failed(self, run: Run, error: BaseException) -> None:
        self.close()

    def finished(self, run: Run) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left; nothing where the run failed before it started."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None


class TensorBoard(Events):
    """Terms as ``critic/...``; metrics as ``metric/NAME``, ``metric/NAME/low``, ``/high`` and ``/normalised``."""

    def __init__(self) -> None:
        super().__init__("scalars")

    def stepped(self, run: Run, step: int, terms: Mapping[str, float]) -> None:
        for name, value in terms.items():
            self.writer.add_scalar(name, value, step)

    def evaluated(self, run: Run, step: int, estimates: Sequence[Estimate]) -> None:
        for estimate in estimates:
            name = f"metric/{estimate.name}"
            self.writer.add_scalar(name, estimate.value, step)
            self.writer.add_scalar(f"{name}/low", estimate.low, step)
            self.writer.add_scalar(f"{name}/high", estimate.high, step)
            if estimate.normalised:
                self.writer.add_scalar(f"{name}/normalised", estimate.normalised.value, step)
        self.writer.flush()
