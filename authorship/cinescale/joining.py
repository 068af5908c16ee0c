"""Codings joined with the built-in table of shot lengths, film by film."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from authorship.cinescale.film_names import Titles, surname
from authorship.cinescale.folder import CodedFilm
from authorship.reference.table import Reference, builtin_reference
from shotscale.numerals import counted

_YEARS_APART = 1
"""Most years apart: one source gives the year of production, another that of release."""

_YEARS_APART_IF_SURE = 3
"""The same if two titles agree, the original and the English one: *Családi tűzfészek*, made 1977, released 1979."""

_ALSO_CALLED = {"Sátántangó": ("Satatango",), "8½": ("8",)}
"""Misspelt or truncated titles of the published files, by the table's original title."""


@dataclass(frozen=True, eq=False)
class Join:
    """A mapping of codings to films of a table: `rows` maps each joined coding's ``film_id`` to the table's."""

    rows: Mapping[str, str]
    films: Sequence[CodedFilm]
    reference: Reference

    def figures(self, film_id: str) -> dict[str, float]:
        """Return a film's shot-length figures by name; empty if it was not joined."""
        name = self.rows.get(film_id)
        if name is None:
            return {}
        row = self.reference.features.loc[[name]].to_numpy(np.float64)[0]
        return dict(zip(map(str, self.reference.features.columns), row.tolist(), strict=True))

    def describe(self) -> list[str]:
        """Return the pairs, the codings without figures and the figures without a coding, one line each."""
        years = dict(zip(self.reference.features.index, self.reference.years, strict=True))
        joins = [(film, self.rows[film.film_id]) for film in self.films if film.film_id in self.rows]
        pairs = [f"  {film} = {name}{'' if film.year == years[name] else ': years differ'}" for film, name in joins]
        alone = [f"  {film}: no shot lengths" for film in self.films if film.film_id not in self.rows]
        joined = set(self.rows.values())
        rest = [name for name in self.reference.features.index if name not in joined]
        return [
            f"shot lengths joined for {len(self.rows)} of {counted(len(self.films), 'coding')}",
            *pairs,
            *alone,
            *(f"  {name}: no coding" for name in rest),
        ]


def join_lengths(films: Sequence[CodedFilm]) -> Join:
    """Find each coding's film in the built-in table of shot lengths.

    A match has the director's surname, one of the titles, and a year at most one apart, or three if two different
    titles agree. If two rows fit one coding, or two codings one row, the nearer year decides; ties are not joined.
    """
    table = builtin_reference()
    fits = [
        (apart, film.film_id, row)
        for film in films
        for row in np.flatnonzero([surname(str(name)) == surname(film.director) for name in table.labels])
        if (apart := _years_apart(film, table, int(row))) is not None
    ]
    rows: dict[str, str] = {}
    names, taken = table.features.index, set()
    for apart, film_id, row in sorted(fits):
        rivals = [fit for fit in fits if fit[0] == apart and (fit[1] == film_id) != (fit[2] == row)]
        if film_id not in rows and row not in taken and not rivals:
            rows[film_id] = str(names[int(row)])
            taken.add(row)
    return Join(rows, tuple(films), table)


def _years_apart(film: CodedFilm, table: Reference, row: int) -> int | None:
    """Return the years between a coding and a row if they share a title and are near enough; else None."""
    year, original = table.years[row], str(table.original_titles[row])
    made = None if np.isnan(year) else int(year)
    titles = Titles.of(made, str(table.titles[row]), original, *_ALSO_CALLED.get(original, ()))
    shared = film.titles.keys(film.director) & titles.keys(film.director)
    apart = film.titles.years_apart(titles)
    near = apart <= (_YEARS_APART if len(shared) == 1 else _YEARS_APART_IF_SURE)
    return apart if shared and near else None
