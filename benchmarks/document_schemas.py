"""The schemas of the JSON documents, from the classes that validate them: for a page, or printed one by one.

python benchmarks/document_schemas.py FilmDocument
"""

import inspect
import json
import sys
from collections.abc import Iterator

from shotscale import documents
from shotscale.documents import Document

NAMES = (
    "FilmDocument",
    "StoreMark",
    "StoredSettings",
    "StoredFilm",
    "StoredFailure",
    "ReferenceDocument",
    "JournalHeader",
    "JournalEntry",
)


def kinds() -> Iterator[type[Document]]:
    """Yield the documents that are files, or lines of one."""
    for name in NAMES:
        yield getattr(documents, name)


def schema(kind: type[Document]) -> str:
    return json.dumps(kind.model_json_schema(), indent=1, ensure_ascii=False)


def schemas() -> str:
    """Return every document with its summary line and its schema, collapsed."""
    parts = []
    for kind in kinds():
        text = inspect.cleandoc(kind.__doc__ or "").splitlines()[0]
        parts += [
            f"## `{kind.__name__}`",
            text,
            f'??? note "JSON schema"\n\n    ```json\n{indented(schema(kind))}\n    ```',
        ]
    return "\n\n".join(parts)


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def main() -> None:
    wanted = sys.argv[1:] or NAMES
    for name in wanted:
        if name not in NAMES:
            raise SystemExit(f"{name}: unknown document; choose one of {', '.join(NAMES)}")
        print(schema(getattr(documents, name)))


if __name__ == "__main__":
    main()
