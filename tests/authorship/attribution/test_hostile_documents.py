"""Any JSON in place of a document and any value in a table give a result or a one-line error."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorship.attribution.classify import Attributor
from authorship.opening import open_film
from shotscale.documents import FilmDocument, JournalHeader, ReferenceDocument, StoredFilm, StoreMark, validated
from shotscale.errors import TableError, UserError
from shotscale.film import Film
from shotscale.tables import make_scales, make_shots

NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([1e300, 1e-300, 10**400, -(10**30)]))
TEXT = st.text(st.characters(), max_size=5)  # may contain lone surrogates
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)
CELLS = ("1e300", "-1e300", "1e-300", "inf", "nan", "", "abc", "0", "-1", "9" * 30, "1e9", "NA", '"a\nb"', "0x10")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    p = np.full((9, 7), 0.05)
    p[:, 3] = 0.7
    return Film(
        path="film.mkv",
        info={"duration": 9.0, "fps": 24.0, "width": 96, "height": 54},
        shots=make_shots([0.0, 2.0, 4.0], 9.0),
        scales=make_scales(np.arange(9.0), p),
        provenance={"checksums": {"film": "0" * 64}, "settings": {}, "versions": {}},
    ).save(tmp_path_factory.mktemp("documents") / "film")


def answered(folder: Path, attributor: Attributor) -> None:
    try:
        answer = attributor.attribute(open_film(folder))
    except UserError as error:
        said = str(error)
    else:
        said = ""
        json.dumps(answer.to_json(), allow_nan=False)
    assert "\n" not in said
    assert len(said) < 1100


def places(content: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [here, *(place for name, value in inside for place in places(value, (*here, name)))]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_json_anywhere_in_a_film_document(saved: Path, attributor: Attributor, data: Any) -> None:
    document = json.loads((saved / "film.json").read_text())
    *way, last = data.draw(st.sampled_from(places(document)[1:]))
    inner = document
    for name in way:
        inner = inner[name]
    inner[last] = data.draw(JSON)
    folder = saved.parent / "changed"
    shutil.copytree(saved, folder, dirs_exist_ok=True)
    (folder / "film.json").write_text(json.dumps(document))
    answered(folder, attributor)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_cell_of_a_table(saved: Path, attributor: Attributor, data: Any) -> None:
    folder = saved.parent / "table"
    shutil.copytree(saved, folder, dirs_exist_ok=True)
    path = folder / data.draw(st.sampled_from(["shots.csv", "scales.csv"]))
    rows = [line.split(",") for line in path.read_text().splitlines()]
    row = data.draw(st.integers(0, len(rows) - 1))
    rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(st.sampled_from(CELLS))
    path.write_text("\n".join(map(",".join, rows)) + "\n")
    answered(folder, attributor)


@pytest.mark.parametrize("kind", [FilmDocument, JournalHeader, ReferenceDocument, StoredFilm, StoreMark])
@given(content=st.one_of(JSON.map(json.dumps).map(str.encode), st.binary(max_size=20)))
def test_any_json_in_the_place_of_a_document(kind: Any, content: bytes) -> None:
    with pytest.raises(TableError, match=r"x\.json: .*; write it again"):
        validated(kind, content, source="x.json", remedy="write it again")


@pytest.mark.parametrize("content", [b"[" * 10_000, b'{"a":' * 5000, b"1e999", b"NaN", b'"\\ud800"', b"9" * 9000])
def test_what_json_can_say_and_nothing_can_hold(content: bytes) -> None:
    with pytest.raises(TableError, match=r"x\.json: .*; write it again"):
        validated(FilmDocument, content, source="x.json", remedy="write it again")
