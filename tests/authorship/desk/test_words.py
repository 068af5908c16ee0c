"""Messages of commands, as the desk's page words them."""

import pytest

from authorship.desk.words import in_words


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "leave them out with --from 1:05 --to 1:30:00.50.",
            "leave them out with 1:05 in a column 'from' and 1:30:00.50 in a column 'to'.",
        ),
        ("--from 500: the film lasts from 0 to 138 s", "500 in a column 'from': the film lasts from 0 to 138 s"),
        ("--speed pal corrects its times.", "pal in a column 'speed' corrects its times."),
        ("is being reviewed by another process; end that, or use another --coder", "enter another name under Coder"),
        ("run `shotscale review a b --coder REFEREE --between anna,ben`", "enter a third name under Coder and press"),
        ("run `shotscale review a --coder anna`, which carries", "enter anna under Coder and press Correct, which"),
        (
            "run `authorship corpus review a` with each --coder (anna, ben), which carries",
            "enter anna, ben under Coder and press Correct, which carries",
        ),
        ("run `authorship corpus review a`, which writes it", "press Correct, which writes it"),
        ("written by an older version; run `authorship fit` again", "version; make it anew under Candidates"),
        (
            "say which with --unit s or min; shotscale convert takes these options and writes a plain table",
            "Import asks",
        ),
        ("the film of a is not there; say where it is with --film PATH", "put it back, or add it where it is now"),
        ("needs more than 6 GB of memory; raise --memory", "of memory; convert it to a smaller picture, and add that"),
        ("holds 2 films: a, b; name one of them as t.csv/a b", "of the measured films of the same names"),
    ],
)
def test_what_a_command_takes_is_entered_on_the_page(said: str, shown: str) -> None:
    assert shown in in_words(said)
    assert "--" not in in_words(said)
