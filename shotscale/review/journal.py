"""The file of a coder's corrections: one line per correction, written to disk at once.

Conventions
-----------
``corrections-CODER.jsonl`` is UTF-8 JSON, an object a line. The first says what was corrected: ``format``,
``format_version``, ``coder``, ``film`` (the film's SHA-256, None where it is not known), ``shots_sha256`` (of the
``shots.csv`` beside it), ``of`` (the coders between whom a referee decides, with their files' checksums), ``end`` and
``shots``, the shots before any correction: a list each of start, kind, confidence, transition_start,
transition_end, scale and checked. ``begins`` and ``ends`` are the starts of the shots with which the film begins and
ends, where two coders agree on them. Every further line has ``at`` (UTC) and either ``do``, a list of operations
(`shotscale.review.operations`) that were made at once, or ``undo`` or ``redo``, which are true.

Lines are only ever added. A process may be killed, or the current fail, at any moment: of what was being written then,
what is not a whole line is passed over by readers and cut off by the next writer. All that went before stands.

Whoever writes holds the coder's lock, ``.corrections-CODER.jsonl.lock`` beside the file, from before looking whether
there is a file at all. The system lets go of it when the process ends, however that ends; an empty file stays.
"""

import errno
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import BaseFileLock, FileLock, Timeout

from shotscale.documents import JournalEntry, validated
from shotscale.errors import OptionError, OutputError, TableError
from shotscale.files import atomic_path
from shotscale.review.header import Header, header_from_json, header_to_json
from shotscale.review.history import Document
from shotscale.review.operations import Operation, operation_from_json, operation_to_json

__all__ = ["Header", "Journal", "read_journal", "start_journal"]


def lock_journal(path: Path) -> BaseFileLock:
    """Hold a coder's file against other processes, whether or not it is there; a context manager that lets go of it.

    Raises
    ------
    OutputError
        If another process holds it, or the folder cannot be written to.
    """
    # Without the library's substitute for file systems that know no locks, which would outlive a killed process.
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=0, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise OutputError(f"{path}: is being reviewed by another process; end that, or use another --coder") from error
    except OSError as error:
        raise OutputError(f"{path}: cannot be locked ({error.strerror}); make its folder writable") from error
    return lock


def start_journal(path: Path, header: Header, entries: Iterable[Sequence[Operation]] = ()) -> None:
    """Write a journal's first line, and entries that are known already, in one go.

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    lines = [_dump(header_to_json(header)), *(_entry_line(entry) for entry in entries)]
    with atomic_path(path) as temporary:
        temporary.write_bytes(b"".join(lines))


def read_journal(path: Path) -> tuple[Header, Document]:
    """Read a journal and carry out what it says.

    Raises
    ------
    TableError
        If it is no journal, or a line before the last cannot be carried out.
    """
    header, document, _ = _replay(path, _bytes(path))
    return header, document


class Journal:
    """A journal open for writing; a context manager that holds it against other writers.

    Parameters
    ----------
    path : Path
        Of a journal that `start_journal` wrote.
    lock : BaseFileLock, optional
        What `lock_journal` gave; by default it is taken here, and let go of in the end.

    Attributes
    ----------
    document : Document
        Always what the file says.
    recovered : int
        Bytes of an unfinished line that were cut off.

    Raises
    ------
    TableError
        If it is no journal.
    OutputError
        If it cannot be written, or another process is writing it.
    """

    def __init__(self, path: Path, *, lock: BaseFileLock | None = None) -> None:
        self._path = path
        with ExitStack() as stack:
            if lock is None:
                stack.callback(lock_journal(path).release)
            try:
                self._file = os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0))
            except OSError as error:
                raise OutputError(f"{path}: cannot be written ({error.strerror}); make it writable") from error
            stack.callback(os.close, self._file)
            content = self._content()
            self.header, self.document, self._size = _replay(path, content)
            self.recovered = len(content) - self._size
            if self.recovered:
                os.ftruncate(self._file, self._size)
                os.fsync(self._file)
            self._resources = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._resources.close()

    def apply(self, entry: Sequence[Operation]) -> None:
        """Carry out an entry and keep it; when this returns it is on the disk.

        Raises
        ------
        OptionError
            If an operation has nothing to work on.
        OutputError
            If it cannot be kept, or the file was replaced, changed or removed by something else; document and file are
            as they were.
        """
        self._carry_out({"do": [operation_to_json(operation) for operation in entry]})

    def undo(self) -> None:
        """Take the last entry back; raises as `apply` does."""
        self._carry_out({"undo": True})

    def redo(self) -> None:
        """Put an entry that was taken back forward again; raises as `apply` does."""
        self._carry_out({"redo": True})

    def _carry_out(self, line: Mapping[str, Any]) -> None:
        self._check_unchanged(self._size)
        _carry_out(self.document, line)
        self._keep(_dump({"at": _now(), **line}))

    def _keep(self, line: bytes) -> None:
        """Write a line through to the disk, all of it or nothing."""
        try:
            written = os.write(self._file, line)
            if written < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file)
            # Once more: what was written to a file that has just lost its name is in no file.
            self._check_unchanged(self._size + len(line))
        except OSError as error:  # OutputError is one
            self._take_back()
            if isinstance(error, OutputError):
                raise
            raise OutputError(
                f"{self._path}: the correction cannot be kept ({error.strerror}); make room and repeat it"
            ) from error
        self._size += len(line)

    def _take_back(self) -> None:
        """Leave file and document as they were before what could not be kept."""
        if os.fstat(self._file).st_size > self._size:
            os.ftruncate(self._file, self._size)
        self.document = _replay(self._path, self._content()[: self._size])[1]

    def _check_unchanged(self, size: int) -> None:
        """Make sure that the path still names the file that is open, and that nothing else has written to it."""
        try:
            there, ours = self._path.stat(), os.fstat(self._file)
        except OSError:
            raise OutputError(
                f"{self._path}: is gone; put it back, or end the review and begin it again, then repeat the correction"
            ) from None
        if not os.path.samestat(there, ours) or ours.st_size != size:
            raise OutputError(
                f"{self._path}: was changed or replaced while it is being reviewed; end the review and begin it again, "
                "then repeat the correction"
            )

    def _content(self) -> bytes:
        """Read the file that is open, whatever its path names by now."""
        with os.fdopen(os.dup(self._file), "rb") as stream:
            stream.seek(0)
            return stream.read()


def _replay(path: Path, content: bytes) -> tuple[Header, Document, int]:
    """Carry out a journal's whole lines; gives how many bytes they are."""
    *lines, rest = content.split(b"\n")
    size = len(content) - len(rest)
    if not lines:
        raise TableError(f"{path}: not a file of corrections; move it away and review again")
    # A disk that lost its current may end the file in a line of its own invention, zeros as a rule.
    if len(lines) > 1 and not _is_json(lines[-1]):
        size -= len(lines.pop()) + 1
    header = header_from_json(path, lines[0])
    document = header.document()
    for number, line in enumerate(lines[1:], start=2):
        try:
            _carry_out(
                document, validated(JournalEntry, line, source=f"{path}: line {number}", remedy="restore the file")
            )
        except OptionError as error:
            raise TableError(f"{path}: line {number} cannot be carried out ({error}); restore the file") from error
    return header, document, size


def _carry_out(document: Document, line: Mapping[str, Any]) -> None:
    if line.get("undo"):
        document.undo()
    elif line.get("redo"):
        document.redo()
    else:
        document.apply([operation_from_json(operation) for operation in line.get("do", [])])


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error.strerror}); review the film first") from error


def _dump(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _entry_line(entry: Sequence[Operation]) -> bytes:
    return _dump({"at": _now(), "do": [operation_to_json(operation) for operation in entry]})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
