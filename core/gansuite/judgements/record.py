"""The CSV file of a judge at work: every judgement on the disk at once, and the last one taken back."""

from __future__ import annotations

import csv
import fcntl
import io
import os
from pathlib import Path
from types import TracebackType

from gansuite.errors import UserError
from gansuite.judgements.judgement import COLUMNS, Judgement
from gansuite.judgements.reading import read


class Record:
    """A file of judgements, open for this process alone.

    A line is written and flushed to the disk with every judgement, so that a crash loses nothing; half a line that one
    has left is cut off when the file is opened again. A file that is there already goes on.

    Args:
        path: of the file; made where it is not there.

    Raises:
        UserError: it cannot be written, is open in another process, or is no file of judgements of ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.file = path.open("a+b")
        except OSError as error:
            raise UserError(f"--out {path}: cannot be written ({error.strerror}); name another file") from error
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.judgements = self.opened()
        except BlockingIOError:
            self.file.close()
            raise UserError(f"--out {path}: somebody is judging into this file; name another file with --out") from None
        except BaseException:
            self.file.close()
            raise

    def opened(self) -> list[Judgement]:
        """What the file holds, after half a line at its end was cut off and the head of a new one written."""
        whole = self.path.read_bytes()
        end = whole.rfind(b"\n") + 1
        self.file.truncate(end)
        if not end:
            self.write(COLUMNS)
            return []
        head = whole.partition(b"\n")[0].decode("utf-8-sig", "replace").strip()
        if head != ",".join(COLUMNS):
            raise UserError(
                f"--out {self.path}: its columns are not those that gansuite judge writes; name a new file, "
                f"and look at this one with --read {self.path}"
            )
        return read([self.path]).judgements

    def append(self, judgement: Judgement) -> None:
        """Write a judgement; on return it is on the disk."""
        self.write(judgement.row())
        self.judgements.append(judgement)

    def undo(self) -> Judgement | None:
        """Take back the last judgement, and return it; None where the last line of the file is none."""
        self.file.seek(0)
        lines = self.file.read().splitlines(keepends=True)
        last = next(csv.reader([lines[-1].decode("utf-8", "replace")]))
        if not self.judgements or last != self.judgements[-1].row():
            return None
        self.file.truncate(sum(map(len, lines[:-1])))
        self.flush()
        return self.judgements.pop()

    def write(self, row: object) -> None:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerow(row)  # pyright: ignore[reportArgumentType]
        self.file.write(buffer.getvalue().encode("utf-8", "backslashreplace"))
        self.flush()

    def flush(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())

    def close(self) -> None:
        """Let others write."""
        self.file.close()

    def __enter__(self) -> Record:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
