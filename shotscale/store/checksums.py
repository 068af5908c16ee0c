"""The checksums of a store's files: JSON documents that end with their own, and tables whose documents hold theirs.

`shotscale.store.Store.damaged` verifies those of all films.
"""

import hashlib
import json
from typing import Any

from shotscale.documents import Document, validated
from shotscale.errors import TableError

RESULT_VERSION = 1
"""Of a store's documents."""


def digest(content: bytes) -> str:
    """Return the SHA-256 checksum of bytes."""
    return hashlib.sha256(content).hexdigest()


def check_bytes(content: bytes, checksum: str, *, source: str) -> None:
    """Raise `TableError` if bytes have another checksum."""
    if digest(content) != checksum:
        raise TableError(f"{source} are damaged, their checksum is another; analyze the corpus again with --check")


def sealed(document: dict[str, Any]) -> bytes:
    """Return a document as JSON that ends with its own checksum, which `read_document` verifies."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    seal = json.dumps({**document, "seal": digest(text.encode())}, ensure_ascii=False, indent=1, allow_nan=False)
    return f"{seal}\n".encode()


def read_document(content: bytes, kind: type[Document], *, source: str) -> dict[str, Any]:
    """Read a document that `sealed` wrote.

    Raises `TableError` if it was changed in any way, or written in another format version.
    """
    document = validated(kind, content, source=f"{source}: damaged", remedy="analyze the corpus again with --check")
    seal = document.pop("seal", None)
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    if seal != digest(text.encode()):
        raise TableError(f"{source}: damaged (checksum mismatch); analyze the corpus again with --check")
    if document.get("format_version") != RESULT_VERSION:
        raise TableError(
            f"{source}: format version {document.get('format_version')}; this software reads version "
            f"{RESULT_VERSION}; analyze the corpus again"
        )
    return document
