"""Every JSON document is on its page, and what is written matches the schema shown there."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shotscale import documents
from shotscale.analysis import Film
from shotscale.documents import Document
from shotscale.tables import make_scales, make_shots

PAGE = Path(__file__).parents[2] / "docs" / "documents.md"


def shown() -> dict[str, dict[str, Any]]:
    """Return the schemas on the page by document name."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^## `(\w+)`$.*?^    ```json\n(.*?)^    ```$", text, flags=re.DOTALL | re.MULTILINE)
    return {name: json.loads(schema) for name, schema in found}


def test_every_document_is_on_the_page() -> None:
    schemas = shown()
    parts = {name for schema in schemas.values() for name in schema.get("$defs", {})}
    classes = {
        name
        for name, kind in inspect.getmembers(documents, inspect.isclass)
        if issubclass(kind, Document) and kind is not Document and not name.startswith("_")
    }
    assert classes == {*schemas, *(parts & classes)}
    for name, schema in schemas.items():
        assert schema == getattr(documents, name).model_json_schema()


@pytest.mark.parametrize("wrong", [None, "film", "limits"])
def test_a_saved_film_is_as_its_schema_says(wrong: str | None, tmp_path: Path) -> None:
    analysis = Film(
        path="film.mkv",
        info={"duration": 9.0},
        shots=make_shots([0.0, 2.0], 9.0),
        scales=make_scales(np.arange(9.0), np.full((9, 3), 1 / 3)),
        provenance={"checksums": {}, "settings": {}, "versions": {}},
    )
    written = json.loads((analysis.save(tmp_path / "film") / "film.json").read_text(encoding="utf-8"))
    if wrong is not None:
        del written[wrong]
    schema = shown()["FilmDocument"]
    assert set(schema["required"]) <= written.keys() if wrong is None else not set(schema["required"]) <= written.keys()
