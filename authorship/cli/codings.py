"""CineScale's folder, read and summarized in the same way for all commands."""

from pathlib import Path
from typing import TYPE_CHECKING

from shotscale.cli.terminal import stderr
from shotscale.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

    from authorship.cinescale.folder import CineScale
    from authorship.cinescale.rows import Codings
    from authorship.reference.table import Reference
    from shotscale.part import PartOptions


def read_codings(
    folder: Path, *, shots: Path | None = None, joins: bool = False
) -> "tuple[pd.DataFrame, Codings, CineScale]":
    """Read and measure a folder, and print on stderr what was found, used, left out and joined."""
    from authorship.own_reference import read_cinescale

    table, codings, found = read_cinescale(folder, shots=shots)
    joined = codings.join.describe()
    for line in [*found.describe(), *(joined if joins else joined[:1])]:
        stderr.print(line, soft_wrap=True)
    return table, codings, found


def reference_for_figures(reference: Path | None, cinescale: Path | None, *, label: str, joins: bool) -> "Reference":
    """Return the films that a figure shows: a reference's, a folder's codings, or the built-in ones."""
    from authorship.reference.reading import read_reference
    from authorship.reference.table import builtin_reference, make_reference

    needs_cinescale(cinescale, joins=joins)
    if cinescale is not None and reference is not None:
        raise OptionError(f"{reference}: a reference and --cinescale are two corpora; name one of them")
    if cinescale is not None:
        return make_reference(read_codings(cinescale, joins=joins)[0], name=str(cinescale))
    return builtin_reference() if reference is None else read_reference(reference, label=label)


def needs_cinescale(cinescale: Path | None, **options: object) -> None:
    """Refuse options that only work with --cinescale if it is absent."""
    for name, value in options.items():
        if value and cinescale is None:
            raise OptionError(f"--{name}: only for codings; add --cinescale DIR or leave it out")


def refuse_part(cinescale: Path | None, part: "PartOptions") -> None:
    """Refuse options for a part of a film together with --cinescale, whose codings are measured whole."""
    asked = {"--from": part.begin, "--to": part.end, "--speed": part.speed}
    given = [name for name, value in asked.items() if value is not None]
    if cinescale is not None and given:
        raise OptionError(f"{', '.join(given)}: not with --cinescale, whose codings are measured whole; leave one out")
