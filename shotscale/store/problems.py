"""What is wrong with the table of a corpus."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row of a table, or with its columns; as a string, with the row's line and name.

    `row` is the row's index, None for a problem with columns.

    Examples
    --------
    >>> print(Problem(1, "persona", "path is empty; give the film's file"))
    line 3 (persona): path is empty; give the film's file
    """

    row: int | None
    film_id: str | None
    text: str

    def __str__(self) -> str:
        if self.row is None:
            return self.text
        # As in an editor: the header is line 1.
        return f"line {self.row + 2}{f' ({self.film_id})' if self.film_id else ''}: {self.text}"
