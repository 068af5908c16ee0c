"""The file of a coder's corrections: one line per correction, written to disk immediately.

Conventions
-----------
``corrections-CODER.jsonl`` is UTF-8 JSON, one object per line. The first describes what was corrected: ``format``,
``format_version``, ``coder``, ``film`` (the film's SHA-256, None if unknown), ``shots_sha256`` (of the ``shots.csv``
beside it), ``of`` (the coders between whom a referee decides, with their files' checksums), ``end`` and ``shots``, the
shots before any correction, each a list of start, kind, confidence, transition_start, transition_end, scale and
checked. ``begins`` and ``ends`` are the starts of the shots with which the film begins and ends, if two coders agree on
them. Every further line has ``at`` (UTC) and either ``do``, a list of operations (`shotscale.review.operations`) made
together, or ``undo`` or ``redo``, which are true.

Lines are only ever appended. If the process is killed or the power fails during a write, readers skip the incomplete
line and the next writer cuts it off. All earlier lines remain valid.

A writer holds the coder's lock, ``.corrections-CODER.jsonl.lock`` beside the file, from before checking whether the
file exists. The system releases it when the process ends, however it ends; an empty lock file stays.
"""

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from filelock import BaseFileLock

from shotscale.documents import JournalEntry, validated
from shotscale.errors import OptionError, OutputError, TableError
from shotscale.files import locked, write_bytes
from shotscale.review.header import Header, header_from_json, header_to_json
from shotscale.review.history import Document
from shotscale.review.operations import Operation, operation_from_json, operation_to_json

__all__ = ["Header", "Journal", "read_journal", "start_journal"]


def lock_journal(path: Path) -> AbstractContextManager[BaseFileLock]:
    """Lock a coder's file, which need not exist, against other processes; `OutputError` if it cannot be locked."""
    return locked(
        path.with_name(f".{path.name}.lock"),
        place=path,
        held="is being reviewed by another process; end that, or use another --coder",
        remedy="make its folder writable, or move it to a disk that has file locks",
    )


def start_journal(path: Path, header: Header, entries: Iterable[Sequence[Operation]] = ()) -> None:
    """Write a journal's first line, and any initial entries, atomically.

    Raises `OutputError` if the folder is not writable.
    """
    lines = [_dump(header_to_json(header)), *(_entry_line(entry) for entry in entries)]
    write_bytes(path, b"".join(lines))


def read_journal(path: Path) -> tuple[Header, Document]:
    """Read a journal and apply its entries.

    Raises `TableError` if it is not a journal, or a line other than an incomplete last one cannot be applied.
    """
    header, document, _ = _replay(path, _bytes(path))
    return header, document


class Journal:
    """A journal open for writing; a context manager that holds it against other writers.

    It is one that `start_journal` wrote; the `lock` from `lock_journal` is by default acquired here and released on
    exit. The `document` always matches the file; `recovered` counts the bytes of an incomplete line that were cut off.
    Raises `TableError` if it is not a journal, or cannot be applied, and `OutputError` if it is not writable, or
    another process is writing it.
    """

    def __init__(self, path: Path, *, lock: BaseFileLock | None = None) -> None:
        self._path = path
        with ExitStack() as stack:
            if lock is None:
                stack.enter_context(lock_journal(path))
            try:
                self._file = os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0))
            except OSError as error:
                raise OutputError(f"{path}: cannot be written ({error.strerror}); make it writable") from error
            stack.callback(os.close, self._file)
            content = self._content()
            self.header, self.document, self._size = _replay(path, content)
            self._digest = hashlib.sha256(content[: self._size])
            self.recovered = len(content) - self._size
            if self.recovered:
                os.ftruncate(self._file, self._size)
                os.fsync(self._file)
            self._resources = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    @property
    def version(self) -> str:
        """Hash of the file: one for each coder, list of detected shots and state of the corrections."""
        return self._digest.hexdigest()[:16]

    def apply(self, entry: Sequence[Operation]) -> None:
        """Apply an entry and save it; it is on disk when this returns.

        Raises `OptionError` if an operation does not apply to the shots, and `OutputError` if it cannot be saved, or
        the file was replaced, changed or removed by something else; document and file are then unchanged.
        """
        self._carry_out({"do": [operation_to_json(operation) for operation in entry]})

    def undo(self) -> None:
        """Undo the last entry; raises like `apply`."""
        self._carry_out({"undo": True})

    def redo(self) -> None:
        """Redo an undone entry; raises like `apply`."""
        self._carry_out({"redo": True})

    def _carry_out(self, line: Mapping[str, Any]) -> None:
        self._check_unchanged(self._size)
        _carry_out(self.document, line)
        self._keep(_dump({"at": _now(), **line}))

    def _keep(self, line: bytes) -> None:
        """Write a line to disk, all of it or nothing."""
        try:
            written = os.write(self._file, line)
            if written < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file)
            # Check again: if the file was replaced or removed meanwhile, the line is lost.
            self._check_unchanged(self._size + len(line))
        except OSError as error:  # OutputError is one
            self._take_back()
            if isinstance(error, OutputError):
                raise
            raise OutputError(
                f"{self._path}: the correction cannot be kept ({error.strerror}); make room and repeat it"
            ) from error
        self._size += len(line)
        self._digest.update(line)

    def _take_back(self) -> None:
        """Restore file and document to their state before the line that could not be saved."""
        if os.fstat(self._file).st_size > self._size:
            os.ftruncate(self._file, self._size)
        self.document = _replay(self._path, self._content()[: self._size])[1]

    def _check_unchanged(self, size: int) -> None:
        """Check that the path still names the open file and that nothing else has written to it."""
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
        """Read the open file, whatever its path now names."""
        with os.fdopen(os.dup(self._file), "rb") as stream:
            stream.seek(0)
            return stream.read()


def _replay(path: Path, content: bytes) -> tuple[Header, Document, int]:
    """Apply a journal's complete lines; also return their size in bytes."""
    *lines, rest = content.split(b"\n")
    size = len(content) - len(rest)
    if not lines:
        raise TableError(f"{path}: not a file of corrections; move it away and review again")
    # After a power failure the file may end in a line of garbage, usually zeros.
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
