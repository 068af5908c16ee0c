"""Make the shipped reference tables of shot-length figures from the Cinemetrics film tables.

    python benchmarks/make_reference_tables.py ../shared/reference

reads ``cinemetrics_six_directors_films.csv`` and ``cinemetrics_other_directors_films.csv`` in the given folder
and writes ``data/authorship/six_directors.csv`` (features by the six directors) and
``data/authorship/other_directors.csv`` (features by other directors).

Decisions
---------
- Only films of kind ``feature``: shorts, documentaries and television are cut differently.
- Of the other directors, rows flagged as television or serial are left out. The source lists some films
  twice, under titles in two languages; rows of one director and year whose three figures agree within 5 % are
  treated as one film, and the row with more submissions is kept. Spellings of one director that differ only in
  diacritics (or have a ``?`` for a lost letter) are merged under the spelling with most of them intact.
- Directors of television episodes and cartoons whom the source does not flag are left out by name.
- Directors with fewer than five films left are dropped: they add no distribution to compare with.
"""

import argparse
import re
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd

from shotscale.files import atomic_write

DATA = Path(__file__).parents[1] / "data" / "authorship"
SOURCE = "Cinemetrics film table, June 2020"
FIGURES = ["average_shot_length", "median_shot_length", "shot_length_sd"]
FEWEST_FILMS = 5
SAME_FILM = 0.05
TELEVISION_OR_CARTOONS = {
    "Corey Allen",
    "David Straiton",
    "Gabrielle Beaumont",
    "Kim Friedman",
    "Paul Lynch",
    "Raoul Servais",
    "Robert Wiemer",
    "Roxann Dawson",
    "Seymour Kneitel",
    "Terry Windell",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    six = six_directors(pd.read_csv(folder / "cinemetrics_six_directors_films.csv"))
    others = other_directors(pd.read_csv(folder / "cinemetrics_other_directors_films.csv"))
    others = others[~others["director"].map(plain).isin(set(six["director"].map(plain)))]
    for name, table in (("six_directors.csv", six), ("other_directors.csv", others)):
        with atomic_write(DATA / name, newline="") as stream:
            table.to_csv(stream, index=False, lineterminator="\n")
        print(f"{name}: {len(table)} films by {table['director'].nunique()} directors")


def six_directors(films: pd.DataFrame) -> pd.DataFrame:
    films = films[films["kind"] == "feature"].rename(columns={"title_english": "title", "title": "original_title"})
    return _layout(films, ["original_title"])


def other_directors(films: pd.DataFrame) -> pd.DataFrame:
    films = films[films["likely_tv_or_serial"] == 0].copy()
    films["title"] = films["title"].str.strip()
    films["director"] = _one_spelling(films["director"])
    films = films[~films["director"].isin(TELEVISION_OR_CARTOONS)]
    films = _layout(films, []).dropna(subset=[*FIGURES, "year"])
    films = films[(films[FIGURES] > 0).all(axis=1)]
    films = pd.concat([_distinct(group) for _, group in films.groupby(["director", "year"], sort=True)])
    films = films.drop_duplicates("film_id")
    enough = films.groupby("director")["title"].transform("size") >= FEWEST_FILMS
    return films[enough].sort_values(["director", "year", "title"]).reset_index(drop=True)


def plain(name: str) -> str:
    """Return a name without diacritics or case, to compare spellings."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()


def _layout(films: pd.DataFrame, extra: list[str]) -> pd.DataFrame:
    films = films.rename(columns={"asl_s": FIGURES[0], "msl_s": FIGURES[1], "sd_s": FIGURES[2]})
    films = films.assign(
        film_id=films["director"] + " - " + films["title"] + " (" + films["year"].astype(int).astype(str) + ")",
        source=SOURCE,
    )
    columns = ["film_id", "director", "title", *extra, "year", *FIGURES, "n_submissions", "source"]
    return films[columns].round(dict.fromkeys(FIGURES, 3)).reset_index(drop=True)


def _one_spelling(directors: pd.Series) -> pd.Series:
    """Merge spellings that differ only in diacritics or lost letters, under the most complete one."""
    names = sorted(directors.unique(), key=lambda name: ("?" in name, -sum(ord(c) > 127 for c in name), name))
    best: dict[str, str] = {}
    for name in names:
        pattern = re.escape(plain(name)).replace(r"\?", ".")
        known = [spelling for key, spelling in best.items() if re.fullmatch(pattern, key)]
        best[plain(name)] = known[0] if known else name
    return directors.map(lambda name: best[plain(name)])


def _distinct(films: pd.DataFrame) -> pd.DataFrame:
    """Drop the rows of one director and year whose figures repeat those of a row already kept."""
    films = films.sort_values(["n_submissions", "title"], ascending=[False, True])
    kept: list[int] = []
    logs = np.log(films[FIGURES].to_numpy(float))
    for row in range(len(films)):
        if all(np.abs(logs[row] - logs[other]).max() > SAME_FILM for other in kept):
            kept.append(row)
    return films.iloc[kept]


if __name__ == "__main__":
    main()
