"""Films by known directors: the table used for attribution.

Conventions
-----------
A reference is a CSV with one row per film: a label column (``director`` by default), ``film_id`` or ``title``, and any
of the columns of `authorship.features.FEATURE_NAMES`. A column ``simulated`` marks simulated films, and every answer
says so. The three shot-length figures ``average_shot_length``, ``median_shot_length`` and ``shot_length_sd`` suffice:
the two ratios that models use are derived from them. Rows that share a ``work``, or where it is empty director, title
and, if known, year (up to three apart), are copies or measurements of one film and are never on both sides of a
validation fold. The year is never a feature.
"""

import os
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.features import CODEBOOK, FEATURE_NAMES
from authorship.names import unify_names
from authorship.reference.columns import FIGURES, RATIOS, numbers, style_columns, texts, texts_or, with_ratios
from authorship.reference.duplicates import check_works, director_note, hold_together, merged_note, name_works
from shotscale.errors import TableError
from shotscale.files import sha256
from shotscale.manifests import MISSING, read_texts, with_points
from shotscale.numerals import counted

if TYPE_CHECKING:
    from authorship.reference.basis import Basis

__all__ = [
    "FEWEST_FILMS",
    "Reference",
    "builtin_reference",
    "make_reference",
    "other_directors",
    "read_table",
]

FEWEST_FILMS = 3
"""A candidate with fewer films has no distribution to compare with."""

# CineScale's 124 films must keep their shot lengths, though the built-in table has them for 94 at most.
_MOST_MISSING = 0.25
_MOST_OF_ONE = 0.75  # of a candidate's films, by judgment: what is missing counts as average, in a style unlike its own


@dataclass(frozen=True, eq=False, repr=False)
class Reference:
    """Films by known directors, as models use them.

    Attributes
    ----------
    label_name : str
        What the candidates are, usually ``director``.
    features : pandas.DataFrame
        One row per film, index ``film_id``; every feature of the table that is in the codebook.
    modeled : tuple of str
        The features that models use: style features that vary and that enough films have.
    labels, works : numpy arrays of str, shape (n,)
        Rows of one work, including near-duplicates of one candidate, are held out together, in validation and
        calibration alike.
    years : numpy array of float, shape (n,)
        NaN if unknown. For limits and baselines; never a feature.
    titles, original_titles : numpy arrays of str, shape (n,)
        Equal if the table has one title.
    checksum : str
        SHA-256 of the table as read.
    notes : tuple of str
        Caveats about the table, one sentence each.
    bases : mapping of str to Basis
        What ``authorship fit`` fitted to the table and saved with it; empty if nothing.

    Examples
    --------
    >>> reference = builtin_reference()
    >>> reference.candidates[:2], reference.count("Ingmar Bergman"), reference.matrix().shape
    (('Béla Tarr', 'Federico Fellini'), 33, (94, 3))
    >>> print(reference)
    six directors, shot lengths: 94 films, a director each
      Béla Tarr 7, Federico Fellini 12, Ingmar Bergman 33, Jean-Luc Godard 17,
      Martin Scorsese 13, Michelangelo Antonioni 12
    made 1946 to 2011
    3 features: average_shot_length, shot_length_cv, median_to_mean
    Counted as one film, because their figures agree: Martin Scorsese - Gangs of New
      York (2002) and Martin Scorsese - The Aviator (2004).
    """

    name: str
    label_name: str
    features: pd.DataFrame
    modeled: tuple[str, ...]
    labels: npt.NDArray[np.str_]
    works: npt.NDArray[np.str_]
    years: npt.NDArray[np.float64]
    titles: npt.NDArray[np.str_]
    original_titles: npt.NDArray[np.str_]
    checksum: str
    notes: tuple[str, ...] = ()
    bases: Mapping[str, "Basis"] = field(default_factory=dict)

    def __repr__(self) -> str:
        n = (
            f"{counted(len(self.labels), 'film')}, {counted(len(self.candidates), 'candidate')}, "
            f"{counted(len(self.modeled), 'feature')}"
        )
        return f"<Reference {self.name!r}: {n}>"

    def __str__(self) -> str:
        """Return a summary of at most ten lines."""
        wrapped = partial(textwrap.wrap, width=80, subsequent_indent="  ", break_on_hyphens=False)
        counts = ", ".join(f"{candidate} {self.count(candidate)}" for candidate in self.candidates)
        known = self.years[~np.isnan(self.years)]
        years = [f"made {known.min():.0f} to {known.max():.0f}"] if len(known) else []
        features = f"{counted(len(self.modeled), 'feature')}: {', '.join(self.modeled)}"
        bases = [f"answers by {' and '.join(basis.parts)}" for basis in self.bases.values()]
        return "\n".join(
            (
                f"{self.name}: {counted(len(self.labels), 'film')}, a {self.label_name} each",
                *wrapped(f"  {counts}", max_lines=3, placeholder=" ..."),
                *years,
                *wrapped(features, max_lines=2, placeholder=" ..."),
                *wrapped("; ".join([*bases, *self.notes]), max_lines=3, placeholder=" ..."),
            )
        )

    @property
    def candidates(self) -> tuple[str, ...]:
        """The labels in alphabetical order, the class order of everything computed from them."""
        return tuple(str(label) for label in np.unique(self.labels))

    def count(self, candidate: str) -> int:
        """Return the number of a candidate's films."""
        return int((self.labels == candidate).sum())

    def some(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Reference":
        """Return the reference with only the films at `rows`, a mask or places in order; `modeled` is unchanged."""
        of_films = {
            name: getattr(self, name)[rows] for name in ("labels", "works", "years", "titles", "original_titles")
        }
        return replace(self, features=self.features.iloc[rows], **of_films, bases={})

    def only(self, features: Sequence[str]) -> "Reference":
        """Return the reference with only these modeled features."""
        return replace(self, modeled=tuple(features), bases={})

    def matrix(self) -> npt.NDArray[np.float64]:
        """Return the modeled features, shape (n, p), logarithms where the codebook says so; NaN if missing."""
        return transform(self.features[list(self.modeled)])


def transform(features: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Take the logarithm of the columns that the codebook marks; non-positive values become NaN."""
    values = features.to_numpy(np.float64, copy=True)
    for column, name in enumerate(features.columns):
        if CODEBOOK[name].log:
            positive = values[:, column] > 0
            values[:, column] = np.where(positive, np.log(np.where(positive, values[:, column], 1.0)), np.nan)
    return values


def builtin_reference() -> Reference:
    """Return the shot-length figures of 94 features by six directors (``DATA_CARD.md``).

    >>> len(builtin_reference().labels)
    94
    """
    return _packaged("six_directors.csv", name="six directors, shot lengths")


def other_directors() -> Reference:
    """Return the shot-length figures of films by directors other than the built-in six.

    Examples
    --------
    >>> others = other_directors()
    >>> len(others.labels), len(others.candidates)
    (749, 60)
    """
    return _packaged("other_directors.csv", name="other directors, shot lengths")


def read_table(path: str | os.PathLike[str]) -> pd.DataFrame:
    r"""Read a CSV with texts as written and features as numbers, decimal commas too; empty, or NA as in R, is missing.

    Examples
    --------
    >>> _ = Path("mine.csv").write_text("film_id,director,average_shot_length\na,Ada Example,7.5\n")
    >>> read_table("mine.csv")["average_shot_length"].tolist()
    [7.5]
    """
    table = read_texts(Path(path), missing="give a reference table (CSV) or a folder that `authorship fit` wrote")
    known = table.columns.intersection([*FEATURE_NAMES, "year"])
    if not any("." in str(cell) for cell in table[known].to_numpy().ravel()):
        table[known] = with_points(table[known])
    table[known] = table[known].mask(table[known].map(lambda cell: str(cell).strip().casefold() in MISSING))
    for column in known:
        # a value that is not a number is reported when it is used
        if (pd.to_numeric(table[column], errors="coerce").notna() == table[column].notna()).all():
            table[column] = table[column].map(float, na_action="ignore").astype(np.float64)
    return table


def make_reference(table: pd.DataFrame, *, name: str, label: str = "director", checksum: str = "") -> Reference:
    """Check a table of films and make it a reference.

    Raises
    ------
    TableError
        If the label, the films' names or all features are missing, a value is not a number, or a candidate has
        fewer than `FEWEST_FILMS` works.

    Examples
    --------
    >>> known = builtin_reference()
    >>> names = ["average_shot_length", "median_shot_length", "shot_length_sd"]
    >>> table = known.features[names].assign(director=known.labels).rename_axis("film_id").reset_index()
    >>> reference = make_reference(table, name="mine")
    >>> len(reference.labels), reference.modeled
    (94, ('average_shot_length', 'shot_length_cv', 'median_to_mean'))
    """
    if not any(column in table for column in FEATURE_NAMES):
        raise TableError(
            f"{name}: lacks every feature column; make a reference of a folder, store or table of films' shots with "
            "authorship fit, or add average_shot_length, median_shot_length and shot_length_sd together"
        )
    if label not in table:
        raise TableError(f"{name}: lacks the column {label}; a reference names each film's {label}; add the column")
    identity = next((column for column in ("film_id", "film", "title") if column in table), None)
    if identity is None:
        raise TableError(f"{name}: lacks the column film_id; a reference names each film; add film_id or title")
    labels, index = texts(table, label, name), texts(table, identity, name)
    unified, named = unify_names(labels.tolist())
    labels = pd.Series(unified, index=labels.index, dtype=object)
    features, modeled, notes = _features_of(table, labels, name)
    works = name_works(table, labels, index)
    titles = texts_or(table, "title", index)
    works, merged = hold_together(works, labels, transform(features[list(modeled)]))
    check_works(labels, works, merged, index, name, label, fewest=FEWEST_FILMS)
    notes = (*_simulation_note(table), *named, *merged_note(merged, index), *director_note(table, label, works), *notes)
    return Reference(
        name=name,
        label_name=label,
        features=features.set_axis(pd.Index(index, name="film_id")),
        modeled=modeled,
        labels=labels.to_numpy(str),
        works=works.to_numpy(str),
        years=pd.to_numeric(table.get("year", pd.Series(np.nan, table.index)), errors="coerce").to_numpy(np.float64),
        titles=titles.to_numpy(str),
        original_titles=texts_or(table, "original_title", titles).to_numpy(str),
        checksum=checksum,
        notes=notes,
    )


def _simulation_note(table: pd.DataFrame) -> tuple[str, ...]:
    """Return a note of how many films the column ``simulated`` marks, if any."""
    simulated = table.get("simulated", pd.Series("", table.index)).astype(str).str.casefold()
    n = int(simulated.isin(["true", "1", "yes"]).sum())
    said = (
        f"SIMULATED: {n} of the reference's {counted(len(table), 'film')} were drawn at random; this says nothing of "
        "anyone."
    )
    return (said,) if n else ()


def _packaged(file: str, *, name: str) -> Reference:
    with as_file(files("authorship.data") / file) as path:
        return make_reference(read_table(path), name=name, checksum=sha256(path))


def _features_of(
    table: pd.DataFrame, labels: "pd.Series[str]", name: str
) -> tuple[pd.DataFrame, tuple[str, ...], tuple[str, ...]]:
    """Return the feature columns with derived ratios, those that models use, and a note of those left out."""
    known = [column for column in FEATURE_NAMES if column in table]
    features = pd.DataFrame({column: numbers(table[column], name) for column in known})
    if set(known) & set(FIGURES):
        features = with_ratios(features, name, needed=not set(known) - set(FIGURES) - set(RATIOS))
    style = style_columns(features)
    values = pd.DataFrame(transform(features[style]), columns=style)
    lacking, of_one = values.isna().mean(), values.isna().groupby(labels.to_numpy()).mean().max()
    enough = set(values.columns[(lacking.to_numpy() <= _MOST_MISSING) & (of_one.to_numpy() <= _MOST_OF_ONE)])
    usable = [column for column in style if column in enough and values[column].std(ddof=0) > 1e-12]
    if not usable:
        raise TableError(f"{name}: no feature of style differs in enough films of each candidate; measure more")
    dropped = len(style) - len(usable)
    notes = (
        f"Left out: {counted(dropped, 'feature')} of the reference, constant or missing in over a quarter of its "
        "films or three quarters of a candidate's.",
    )
    return features, tuple(usable), notes if dropped else ()
