"""Joining codings to the built-in table of shot lengths: every film gets its own row, never another's."""

from pathlib import Path

import pytest

from authorship.cinescale import CodedFilm, join_lengths, read_folder
from authorship.cinescale.film_names import Titles, full_name
from authorship.cinescale.folder import _empty_track


def film(year: int, director: str, *titles: str) -> CodedFilm:
    name = f"{year}_{director}_-_{titles[0]}"
    return CodedFilm(name, Path(name), full_name(director), titles[0], Titles.of(year, *titles), None, _empty_track())


PAIRS = [
    (film(1955, "bergman", "Kvinnordrom", "Dreams"), "Ingmar Bergman - Dreams (1955)"),
    (film(1977, "bergman", "Das Schlangenei", "The Serpent's Egg"), "Ingmar Bergman - The Serpent’s Egg (1977)"),
    (film(1982, "bergman", "Fanny es Alexander", "Fanny and Alexander"), "Ingmar Bergman - Fanny and Alexander (1982)"),
    (film(1994, "tarr", "satatango"), "Béla Tarr - Satantango (1994)"),
    (film(1977, "tarr", "Csaladi tuzfeszek", "Family Nest"), "Béla Tarr - Family Nest (1979)"),
    (film(1985, "tarr", "Oszi almanach", "Almanac of Fall"), "Béla Tarr - Almanac of Fall (1984)"),
    (film(1969, "fellini", "satyricon"), "Federico Fellini - Fellini Satyricon (1969)"),
    (film(1963, "fellini", "8"), "Federico Fellini - 8½ (1963)"),
    (film(1963, "fellini", "Otto e mezzo", "8½"), "Federico Fellini - 8½ (1963)"),
    (film(1961, "antonioni", "L'eclisse", "Eclipse"), "Michelangelo Antonioni - Eclipse (1962)"),
    (film(1962, "antonioni", "La notte", "The night"), "Michelangelo Antonioni - The Night (1961)"),
    (film(1967, "godard", "Weekend"), "Jean-Luc Godard - Weekend (1967)"),
    (film(1966, "godard", "Made in USA"), "Jean-Luc Godard - Made in U.S.A. (1966)"),
    (
        film(1967, "godard", "2 ou 3 choses que je sais d'elle"),
        "Jean-Luc Godard - 2 or 3 Things I Know About Her (1967)",
    ),
    (film(1972, "godard", "Tout va Bien", "Everything's Going Fine"), "Jean-Luc Godard - All’s Well (1972)"),
]


@pytest.mark.parametrize(("coded", "row"), PAIRS, ids=[str(coded) for coded, _ in PAIRS])
def test_spellings_languages_and_years(coded: CodedFilm, row: str) -> None:
    join = join_lengths([coded])
    assert join.rows == {coded.film_id: row}
    assert join.figures(coded.film_id)["average_shot_length"] > 0


@pytest.mark.parametrize(
    "coded",
    [
        film(1976, "fellini", "Casanova", "Fellini's Casanova"),
        film(1972, "fellini", "Roma"),
        film(1977, "scorsese", "New York New York"),
        film(1962, "bergman", "Dreams of Winter"),
        film(1955, "fellini", "Dreams"),
        film(1966, "varda", "Persona"),
        film(1970, "bergman", "Persona"),
        film(1961, "antonioni", "The Nights"),
        film(1981, "tarr", "Szabadgyalog", "The Outsider"),
    ],
    ids=str,
)
def test_what_nearly_agrees_stays_apart(coded: CodedFilm) -> None:
    join = join_lengths([coded])
    assert not join.rows
    assert join.figures(coded.film_id) == {}


def test_two_codings_of_one_row_are_decided_by_the_nearer_year_or_not_at_all() -> None:
    nearer, other = film(1966, "bergman", "Persona"), film(1967, "bergman", "persona")
    assert join_lengths([other, nearer]).rows == {nearer.film_id: "Ingmar Bergman - Persona (1966)"}
    twin = film(1966, "Ingmar Bergman", "PERSONA")
    assert not join_lengths([nearer, twin]).rows


def test_the_listing_names_pairs_and_what_is_alone() -> None:
    lines = join_lengths([PAIRS[0][0], film(1972, "fellini", "Roma")]).describe()
    assert lines[0] == "shot lengths joined for 1 of 2 codings"
    assert lines[1] == "  Kvinnordrom (1955) = Ingmar Bergman - Dreams (1955)"
    assert "  Roma (1972): no shot lengths" in lines
    assert sum(line.endswith("no coding") for line in lines) == 93


@pytest.mark.shared
def test_the_published_folder_joins(shared: Path) -> None:
    found = read_folder(shared / "cinescale")
    join = join_lengths(found.films)
    assert (len(found.films), len(found.left_out), len(join.rows)) == (94, 9, 63)
    assert len(set(join.rows.values())) == 63
    director = {film.film_id: film.director for film in found.films}
    assert all(row.startswith(director[film_id]) for film_id, row in join.rows.items())
