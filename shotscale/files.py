"""Write files atomically, lock them, and compute their checksums."""

import hashlib
import json
import os
import re
import tempfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from shotscale.errors import OutputError, UserError

if TYPE_CHECKING:
    from filelock import BaseFileLock


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path that is renamed to `path` when the block ends without an error.

    For libraries that need a file name. If the block raises, `path` is unchanged.

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    target = Path(path)
    # A query of *.parquet, as in DuckDB, also reads hidden files of that suffix.
    suffix = "" if target.suffix == ".parquet" else target.suffix
    try:
        if target.is_dir():
            raise OutputError(f"{target}: is a folder; give the name of a file")
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=suffix, dir=target.parent)
        os.close(handle)
    except UserError:
        raise
    except OSError as error:
        raise OutputError(f"{target.parent}: cannot be written to ({error.strerror}); choose another folder") from error
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        raise OutputError(
            f"{target}: cannot be written ({error.strerror or error}); make room or choose another folder"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def is_temporary(path: Path) -> bool:
    """Return whether a file is named like one that `atomic_path` makes, which a killed process may leave behind.

    Examples
    --------
    >>> is_temporary(Path(".films.parquet.k3_8ab2x")), is_temporary(Path(".film.json.k3_8ab2x.json"))
    (True, True)
    >>> is_temporary(Path(".gitignore"))
    False
    """
    return re.fullmatch(r"\..+\.[a-z0-9_]{8}(?:\.\w+)?", path.name) is not None


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file atomically."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def atomic_write(path: str | os.PathLike[str], *, newline: str | None = None) -> Iterator[IO[str]]:
    """Open a UTF-8 text file that appears at `path` only when the block ends without an error."""
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline=newline) as stream:
        yield stream


def write_json(path: str | os.PathLike[str], content: Any) -> None:
    """Write `content` as indented JSON, atomically; NaN is refused, since JSON has no such number."""
    with atomic_write(path) as stream:
        json.dump(content, stream, ensure_ascii=False, indent=2, allow_nan=False)
        stream.write("\n")


_MISSING = ("nan", "inf", "-inf", "<NA>", "NaT")  # the text of numbers that JSON does not have, and of pandas's


def finite(value: Any) -> Any:
    """Replace, at any depth, what JSON does not have: NaN and infinity with None, NumPy's numbers with Python's.

    pandas's missing values also become None, and dates, paths and anything else their text.

    Examples
    --------
    >>> finite({"p": float("nan"), "ends": (0.1, 0.5), "file": Path("a.mkv")})
    {'p': None, 'ends': [0.1, 0.5], 'file': 'a.mkv'}
    """
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [finite(entry) for entry in value]
    if hasattr(value, "tolist"):
        return finite(value.tolist())
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and isfinite(value)):
        return value
    return None if str(value) in _MISSING else str(value)


@contextmanager
def appearing_together(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary folder whose files move to `folder` when the block ends without an error.

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    target = make_folder(folder)
    try:
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=target) as name:
            yield Path(name)
            # A document says that its tables are there.
            files = sorted(Path(name).iterdir(), key=lambda file: (file.suffix == ".json", file.name))
            for file in files:
                with file.open("rb") as written:
                    os.fsync(written.fileno())
            for file in files:
                file.replace(target / file.name)
    except UserError:
        raise
    except OSError as error:
        raise OutputError(
            f"{target}: cannot be written to ({error.strerror or error}); make room or choose another folder"
        ) from error


def make_folder(path: str | os.PathLike[str]) -> Path:
    """Create a folder and its parents, or raise a one-line `OutputError`."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror}); choose another folder") from error
    if not os.access(folder, os.W_OK):
        raise OutputError(f"{folder}: cannot be written to; choose another folder")
    return folder


@contextmanager
def locked(file: Path, *, place: Path, held: str, remedy: str, seconds: float = 0) -> "Iterator[BaseFileLock]":
    """Hold a lock file, which the system releases when the process ends, however it ends.

    Raises `OutputError`, about `place`, if another process holds it for so many seconds (`held`), or if the folder is
    not writable or has no locks (`remedy`), as on some network drives.
    """
    from filelock import FileLock, Timeout  # not needed to read a film

    try:
        # No soft lock, the library's fallback on file systems without locks: it would outlive a killed process.
        acquired = FileLock(file, timeout=seconds, thread_local=False, fallback_to_soft=False).acquire()
    except Timeout as error:
        raise OutputError(f"{place}: {held}") from error
    except OSError as error:
        raise OutputError(f"{place}: cannot be locked ({error.strerror}); {remedy}") from error
    with acquired as lock:
        yield lock


def refuse_existing(paths: Iterable[Path]) -> None:
    """Raise `OutputError` if any of the paths exists."""
    for path in paths:
        if path.exists():
            raise OutputError(f"{path}: exists already; choose another folder or allow it with --overwrite")


def make_empty_folder(path: str | os.PathLike[str]) -> Path:
    """Create a folder like `make_folder`; raise `OutputError` also if it is not empty."""
    folder = make_folder(path)
    if any(folder.iterdir()):
        raise OutputError(f"{folder}: not empty; generated files are not mixed with others; give a new folder")
    return folder


def sha256(*paths: str | os.PathLike[str]) -> str:
    """Return the SHA-256 checksum of concatenated files as 64 hexadecimal digits, in constant memory."""
    digest = hashlib.sha256()
    for path in paths:
        with Path(path).open("rb") as stream:
            hashlib.file_digest(stream, lambda: digest)
    return digest.hexdigest()


def decoded(content: bytes) -> str:
    """Decode text: UTF-8, UTF-16 with a byte order mark (Excel's 'Unicode text'), or else Windows-1252.

    Raises
    ------
    ValueError
        If it is not text; `UnicodeDecodeError` if it is text in another encoding.

    Examples
    --------
    >>> decoded("Béla".encode("utf-16")) == decoded("Béla".encode("cp1252")) == "Béla"
    True
    """
    if content[:2] in (BOM_UTF16_LE, BOM_UTF16_BE):
        return content.decode("utf-16")
    if b"\0" in content:
        raise ValueError("holds zero bytes, so it is not text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def without_sep_line(text: str) -> tuple[str, str | None]:
    r"""Return a table's text with Excel's first line ``sep=;`` left empty, if it has one, and the mark that it names.

    Examples
    --------
    >>> without_sep_line("sep=;\nfilm;year\n")
    ('\nfilm;year\n', ';')
    """
    told = re.match(r'\s*"?sep=([^\r\n"]?)"?[ \t]*(?=[\r\n]|$)', text, re.IGNORECASE)
    if told is None:
        return text, None
    return "\n" * text.count("\n", 0, told.end()) + text[told.end() :], told[1] or "\t"  # some editors strip a tab


@contextmanager
def temporary_space() -> Iterator[None]:
    """Raise a one-line `OutputError` if the block cannot write its temporary file."""
    try:
        yield
    except UserError:
        raise
    except OSError as error:
        folder = tempfile.tempdir or "temporary files"  # known only once one was found
        raise OutputError(
            f"{folder}: cannot be written to ({error.strerror or error}); make room, or set TMPDIR"
        ) from error


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


_TORCH_CACHE = "TORCHINDUCTOR_CACHE_DIR"


@contextmanager
def passing_torch_cache() -> Iterator[None]:
    """Give PyTorch a cache folder that is removed afterwards; it would leave one among the temporary files."""
    if _TORCH_CACHE in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ[_TORCH_CACHE] = folder
        try:
            yield
        finally:
            del os.environ[_TORCH_CACHE]
