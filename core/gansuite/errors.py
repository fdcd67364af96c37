"""The errors a person may meet, and the exit code of each."""

from __future__ import annotations


class GansuiteError(Exception):
    """Base of the errors that are told in one line, without a traceback."""

    exit_code = 1


class UserError(GansuiteError):
    """What was typed cannot be done: the line names the place and the remedy (exit code 2)."""

    exit_code = 2


class RunError(GansuiteError):
    """A run that began well could not go on (exit code 1)."""


class Interrupted(GansuiteError):
    """A signal ended the run after its step was finished and saved (exit code 128 + signal)."""

    def __init__(self, message: str, signal: int) -> None:
        super().__init__(message)
        self.signal, self.exit_code = signal, 128 + signal

    def __reduce__(self) -> tuple[type[Interrupted], tuple[str, int]]:
        """Travel between ranks with the signal."""
        return Interrupted, (str(self), self.signal)
