"""A record of a long computation's results, written as they are computed, so that a killed run can resume.

Conventions
-----------
JSON Lines. The first line states what is computed; a record of anything else is overwritten. Each further line holds
a result and its name. A truncated line's result is computed again.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from authorship.workers import Workers

__all__ = ["Record"]

Result = TypeVar("Result")


class Record:
    """The results of a computation by name, kept in `path` if given; `about` is what they depend on, JSON-ready.

    Examples
    --------
    >>> first = Record(Path("run.jsonl"), {"seed": 0}).keep("a", lambda: [1, 2], workers=Workers(), n_items=1)
    >>> again = Record(Path("run.jsonl"), {"seed": 0}).keep("a", lambda: [3], workers=Workers(), n_items=1)
    >>> first, again
    ([1, 2], [1, 2])
    """

    def __init__(self, path: Path | None, about: Mapping[str, Any]) -> None:
        self._path = path
        self._found: dict[str, Any] = {}
        if path is None:
            return
        said = json.loads(json.dumps(about))
        lines = _read(path)
        if lines[:1] == [said]:
            self._found = {line["name"]: line["result"] for line in lines[1:]}
        with path.open("w", encoding="utf-8") as stream:  # without a truncated line
            kept = [said, *({"name": name, "result": result} for name, result in self._found.items())]
            stream.writelines(f"{json.dumps(line, allow_nan=False)}\n" for line in kept)

    def keep(self, name: str, compute: Callable[[], Result], *, workers: Workers, n_items: int) -> Result:
        """Return the recorded result of a name, or compute it (JSON-ready) and record it.

        If it is recorded already, the workers' progress is advanced by `n_items`.
        """
        if name in self._found:
            workers.skip(n_items)
            known: Result = self._found[name]
            return known
        result = compute()
        self._found[name] = result
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(f"{json.dumps({'name': name, 'result': result}, allow_nan=False)}\n")
        return result


def _read(path: Path) -> list[Any]:
    """Return the parsed complete lines of a record; empty if there is no file."""
    lines: list[Any] = []
    if path.is_file():
        for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                lines.append(json.loads(text))
            except ValueError:
                break
    return lines
