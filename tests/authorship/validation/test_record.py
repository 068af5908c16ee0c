"""A killed benchmark resumes where it stopped and gives the same result as an uninterrupted one."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from authorship.reference.table import Reference, builtin_reference
from authorship.validation import benchmark
from authorship.validation.classifiers import get_classifiers
from authorship.validation.record import Record
from authorship.workers import open_workers


@pytest.fixture(scope="module")
def reference() -> Reference:
    known = builtin_reference()
    return known.some(np.isin(known.labels, known.candidates[:2]))


def run(reference: Reference, path: Path | None, **options: Any) -> dict[str, Any]:
    kinds = get_classifiers(["Burrows' Delta"])
    return benchmark.run_benchmark(reference, kinds=kinds, n_permutations=2, record=path, **options)


def test_a_killed_run_goes_on(reference: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(reference, None)
    path = tmp_path / "partial.jsonl"

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(benchmark, "permutation_test", killed)
        run(reference, path)
    assert len(path.read_text().splitlines()) == 3  # the header, our model, the classifiers
    path.write_text(path.read_text() + '{"name": "permutation", "resu')  # truncated while writing

    def computed_again(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(benchmark, "leave_one_out", computed_again)
    moved: list[tuple[float, float | None]] = []
    again = run(reference, path, progress=lambda done, total: moved.append((done, total)))
    assert again == whole
    assert moved[-1][0] == moved[-1][1]


def test_a_corrected_year_begins_anew(reference: Reference, tmp_path: Path) -> None:
    path = tmp_path / "partial.jsonl"
    wrong = replace(reference, years=np.where(np.arange(len(reference.years)) == 3, 1900.0, reference.years))
    made = [run(one, path)["baselines"] for one in (wrong, reference)]
    assert made[1] == run(reference, None)["baselines"] != made[0]


def test_other_films_or_settings_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "partial.jsonl"
    with open_workers(1) as workers:
        Record(path, {"seed": 0}).keep("a", lambda: 1, workers=workers, n_items=1)
        assert Record(path, {"seed": 1}).keep("a", lambda: 2, workers=workers, n_items=1) == 2
        assert Record(path, {"seed": 1}).keep("a", lambda: 3, workers=workers, n_items=1) == 2


def test_a_file_that_is_no_record_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "partial.jsonl"
    path.write_bytes(b"\xff\x00 no record\n")
    with open_workers(1) as workers:
        assert Record(path, {}).keep("a", lambda: 1, workers=workers, n_items=1) == 1
    assert path.read_text().splitlines() == ["{}", '{"name": "a", "result": 1}']
