"""How the command line tells what went wrong: one line on standard error, and the exit code."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import sys
import traceback
import warnings
from collections.abc import Iterator

import click

from gansuite.errors import GansuiteError, Interrupted
from gansuite.plugins.wording import one_line, reason_of

AGAIN = "run again with GANSUITE_TRACEBACK=1 for the traceback"
MEMORY = ("OutOfMemoryError", "can't allocate memory", "not enough memory")


def rank() -> int:
    """This process's number among those that ``torchrun`` started; only the first one speaks."""
    return int(os.environ.get("RANK", "0") or 0)


def tell(text: object, kind: str = "") -> None:
    """One line on standard error; a reader who has gone is no reason to stop a run."""
    with contextlib.suppress(OSError, ValueError):
        print(f"{kind}: {one_line(text)}" if kind else one_line(text), file=sys.stderr, flush=True)


class Messages(logging.Handler):
    """Shows what gansuite logs as warnings are shown."""

    def emit(self, record: logging.LogRecord) -> None:
        tell(record.getMessage(), record.levelname.lower())


@contextlib.contextmanager
def plain_messages() -> Iterator[None]:
    """Warnings and log records as ``warning: ...`` lines, and nothing but errors from other ranks than the first."""
    log, handler = logging.getLogger("gansuite"), Messages(logging.WARNING)
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        if rank() == 0:
            warnings.showwarning = lambda message, *where, **more: tell(message, "warning")
        else:
            warnings.simplefilter("ignore")
            handler.setLevel(logging.CRITICAL)
            stack.enter_context(contextlib.redirect_stdout(stack.enter_context(open(os.devnull, "w"))))
        log.addHandler(handler)
        try:
            yield
        finally:
            log.removeHandler(handler)


def tell_error(error: BaseException) -> int:
    """Tell an error in one line, and return the exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    if os.environ.get("GANSUITE_TRACEBACK", "") not in ("", "0"):
        traceback.print_exception(error)
    if isinstance(error, KeyboardInterrupt):
        tell("interrupted" if rank() == 0 else "")
        return 130
    if isinstance(error, BrokenPipeError) and reader_has_gone():
        return 141
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    if isinstance(error, (GansuiteError, click.ClickException)):
        if rank() == 0:
            tell(words_of(error), "" if isinstance(error, Interrupted) else "error")
        return error.exit_code
    tell(unexpected(error), f"error: rank {rank()}" if rank() else "error")
    return 1


def words_of(error: GansuiteError | click.ClickException) -> str:
    """The line of an expected error; a mistyped command line says where its help is."""
    if not isinstance(error, click.ClickException):
        return str(error)
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "gansuite"
    return f"{error.format_message().rstrip('.')} (see {path} --help)"


def unexpected(error: BaseException) -> str:
    """The line of an error that nobody foresaw."""
    reason = reason_of(error)
    if isinstance(error, MemoryError) or any(sign in reason for sign in MEMORY):
        return f"{reason}; out of memory: lower [data] batch_size or the size of the networks"
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename is not None else ""
        return f"{where}{error.strerror}; {AGAIN}"
    return f"{reason}; this is a bug in {culprit(error)}; {AGAIN}"


def culprit(error: BaseException) -> str:
    """gansuite, or the plugin whose code was the last one of ours on the way to the error."""
    from gansuite.plugins import registry

    owners: dict[str, str] = {}
    for plugin in registry.registry().plugins[1:] if registry._current else ():
        targets = [component.target.partition(":")[0].partition(".")[0] for component in plugin.components]
        owners |= dict.fromkeys([plugin.package, *targets], f"the plugin {plugin.name} ({plugin.source})")
    owners["gansuite"] = "gansuite"
    packages = [
        str(frame.f_globals.get("__name__")).partition(".")[0] for frame, _ in traceback.walk_tb(error.__traceback__)
    ]
    return next((owners[package] for package in reversed(packages) if package in owners), "gansuite")


def reader_has_gone() -> bool:
    """Whether the pipe behind standard output is closed at its other end; if so, nothing more is written to it."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    gone = any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))
    if gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return gone
