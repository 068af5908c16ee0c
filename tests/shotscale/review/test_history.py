"""Corrections as a document: undoing any sequence of operations restores the original."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shotscale.errors import OptionError
from shotscale.review import Begin, Code, Document, End, Kind, Merge, Move, Operation, ReviewedShot, Split, Uncode
from shotscale.review.coding import coded_seconds
from shotscale.review.operations import operation_from_json, operation_to_json
from shotscale.scales import ShotScale

END = 30.0
CU, LS = ShotScale.CLOSE_UP, ShotScale.LONG_SHOT

times = st.integers(0, 31).map(float) | st.floats(0, 31, allow_nan=False)
operations = st.one_of(
    st.builds(Split, times),
    st.builds(Merge, times),
    st.builds(Move, times, times),
    st.builds(Kind, times, st.sampled_from(["cut", "dissolve", "fade", "wipe", "start", "iris"])),
    st.builds(Code, times, st.none() | st.sampled_from(list(ShotScale))),
    st.builds(Uncode, times),
    st.builds(Begin, times),
    st.builds(End, times),
)
steps = st.lists(st.lists(operations, min_size=1, max_size=3) | st.sampled_from(["undo", "redo"]), max_size=25)


def film() -> Document:
    rest = (ReviewedShot(float(start), "cut", 0.7, float(start), float(start)) for start in (4, 10, 11, 20))
    return Document([ReviewedShot.at(0.0, kind="start"), *rest], END)


def starts(document: Document) -> list[float]:
    return [shot.start for shot in document.shots]


def take(document: Document, step: Sequence[Operation] | str) -> bool:
    """Take a step if possible, and return whether it was."""
    try:
        if step == "undo":
            document.undo()
        elif step == "redo":
            document.redo()
        else:
            document.apply(step)  # type: ignore[arg-type]
    except OptionError:
        return False
    return True


@given(steps)
@settings(max_examples=80)
def test_shots_stay_a_film_and_undoing_all_gives_the_original(taken: list[Sequence[Operation] | str]) -> None:
    document, before = film(), list(film().shots)
    for step in taken:
        snapshot = list(document.shots)
        done = take(document, step)
        assert done or list(document.shots) == snapshot, "what cannot be done leaves everything as it was"
        assert starts(document) == sorted(set(starts(document)))
        assert document.shots[0].start == 0.0
        assert document.shots[0].kind == "start"
        assert document.shots[-1].start < END
        begins = [k for k, shot in enumerate(document.shots) if shot.begins_film]
        ends = [k for k, shot in enumerate(document.shots) if shot.ends_film]
        assert max(len(begins), len(ends)) <= 1
        assert not begins or not ends or begins <= ends
    last = list(document.shots)
    n = 0
    while document.can_undo:
        document.undo()
        n += 1
    assert list(document.shots) == before
    for _ in range(n):
        document.redo()
    assert list(document.shots) == last


@given(st.lists(operations, min_size=1, max_size=3))
@settings(max_examples=60)
def test_an_entry_does_what_its_operations_do_one_by_one_or_nothing(entry: list[Operation]) -> None:
    document, other = film(), film()
    done = take(document, entry)
    each = [take(other, [operation]) for operation in entry]
    assert done == all(each)
    assert document.shots == (other.shots if done else film().shots)


@given(operations)
@settings(max_examples=60)
def test_an_operation_survives_being_written_down(operation: Operation) -> None:
    written = operation_to_json(operation)
    assert operation_to_json(operation_from_json(written)) == written


def test_splitting_keeps_the_scale_and_asks_for_another_look() -> None:
    document = film()
    document.apply([Code(4.0, CU)])
    document.apply([Split(6.5)])
    assert starts(document) == [0, 4, 6.5, 10, 11, 20]
    assert [(shot.scale, shot.checked) for shot in document.shots[1:3]] == [(CU, False), (CU, False)]
    assert document.shots[2].confidence == 1
    assert document.shots[1].confidence == 0.7


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        (CU, CU, (CU, True)),
        (CU, None, (CU, True)),
        (None, CU, (None, False)),
        (CU, LS, (None, False)),
        (None, None, (None, False)),
    ],
)
def test_merging_keeps_what_was_said_of_the_first_shot_unless_the_second_differs(
    first: ShotScale | None, second: ShotScale | None, merged: tuple[ShotScale | None, bool]
) -> None:
    document = film()
    for time, scale in ((4.0, first), (10.0, second)):
        if scale is not None:
            document.apply([Code(time, scale)])
    document.apply([Merge(10.0)])
    shot = document.shots[document.place_of(4.0)]
    assert (shot.scale, shot.checked) == merged
    assert document.end_of(document.place_of(4.0)) == 11


def test_the_film_begins_and_ends_with_shots_that_may_change() -> None:
    document = film()
    assert document.film == (None, None)
    document.apply([Begin(4.0), End(11.0)])
    assert document.film == (4.0, 20.0)
    document.apply([Move(4.0, 4.04), Split(15.0), Merge(11.0)])
    assert document.film == (4.04, 20.0)
    document.apply([Merge(4.04), Merge(20.0), Split(1.0)])
    assert document.film == (0.0, END)
    document.apply([Begin(1.0)])
    document.undo()
    document.undo()
    document.undo()
    assert document.film == (4.0, 20.0)


def test_a_moved_dissolve_still_holds_its_boundary() -> None:
    document = Document(
        [ReviewedShot.at(0.0, kind="start"), ReviewedShot(5.0, "dissolve", 0.6, 4.5, 5.5), ReviewedShot.at(9.0)], 12.0
    )
    document.apply([Move(5.0, 5.75)])
    moved = document.shots[1]
    assert (moved.start, moved.transition_start, moved.transition_end) == (5.75, 4.5, 5.75)
    document.apply([Kind(5.75, "cut")])
    assert (document.shots[1].transition_start, document.shots[1].transition_end) == (5.75, 5.75)
    document.apply([Move(5.75, 5.0)])
    assert document.shots[1].transition_end == 5.0


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (Split(4.0), "not inside a shot"),
        (Split(END), "not inside"),
        (Split(-1.0), "not inside"),
        (Merge(0.0), "beginning"),
        (Merge(5.0), "no shot starts"),
        (Move(10.0, 4.0), "other ends"),
        (Move(10.0, 11.0), "other ends"),
        (Move(20.0, END), "other ends"),
        (Kind(4.0, "start"), "not a way"),
        (Kind(0.0, "cut"), "beginning"),
        (Code(3.0, CU), "no shot starts"),
        (Begin(3.0), "no shot starts"),
        (End(3.0), "no shot starts"),
    ],
)
def test_what_has_nothing_to_work_on_says_so(operation: Operation, why: str) -> None:
    document = film()
    with pytest.raises(OptionError, match=why):
        document.apply([Code(20.0, LS), operation])
    assert document.shots == film().shots
    assert not document.can_undo


@pytest.mark.parametrize("entry", [[Begin(10.0), End(4.0)], [End(4.0), Begin(10.0)], [End(4.0), Begin(20.0)]])
def test_a_film_does_not_end_before_it_begins(entry: list[Operation]) -> None:
    document = film()
    with pytest.raises(OptionError, match="before it begins"):
        document.apply(entry)
    document.apply([Begin(10.0), End(10.0)])
    assert document.film == (10.0, 11.0)


@pytest.mark.parametrize(
    "written",
    [
        None,
        [],
        {},
        {"do": "cut", "time": 1},
        {"do": "split"},
        {"do": "split", "time": "1"},
        {"do": "split", "time": True},
        {"do": "split", "time": float("nan")},
        {"do": "move", "time": 1, "to": None},
        {"do": "code", "time": 1, "scale": "XL"},
        {"do": "code", "time": 1, "scale": ["CU"]},
    ],
)
def test_what_is_no_operation_is_refused(written: object) -> None:
    with pytest.raises(OptionError):
        operation_from_json(written)


def test_one_shot_is_a_film() -> None:
    document = Document([ReviewedShot.at(0.0, kind="start")], 0.5)
    document.apply([Code(0.0, ShotScale.NOT_AVAILABLE)])
    document.apply([Split(0.25)])
    assert coded_seconds(document).to_dict("list") == {"time": [0.0], "scale": ["NA"]}


@pytest.mark.parametrize(("shots", "end"), [([], 1.0), ([1.0, 1.0], 2.0), ([0.0, 3.0], 3.0)])
def test_what_is_no_film_is_refused(shots: list[float], end: float) -> None:
    with pytest.raises(OptionError):
        Document([ReviewedShot.at(start) for start in shots], end)
