"""The page that lists several films' reports."""

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from authorship.attribution.view import leader
from authorship.report.page import resource
from shotscale.files import atomic_write
from shotscale.pages import render

if TYPE_CHECKING:
    from authorship.attribution.answer import Attribution

__all__ = ["write_index"]


def write_index(path: Path, pages: "Sequence[tuple[Path, Attribution]]") -> Path:
    """Write a page with one line per film that links to the film's report in the same folder.

    Examples
    --------
    >>> import pandas as pd
    >>> from authorship import Film, classify
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> write_index(Path("index.html"), [(Path("film.html"), classify(Film("film.mkv", shots)))]).name
    'index.html'
    """
    verdicts = Counter(answer.verdict for _, answer in pages)
    films = [
        {
            "page": quote(page.name),
            "name": Path(answer.film.path).name,
            "verdict": answer.verdict,
            **dict(zip(("likeliest", "probability"), leader(answer), strict=True)),
            "remain": f"{sum(one.remains for one in answer.candidates)} of {len(answer.candidates)}",
            "shots": "" if answer.film.shots is None else len(answer.film.shots),
            "limits": len(answer.limits),
        }
        for page, answer in pages
    ]
    with atomic_write(path) as stream:
        stream.write(
            render(
                "authorship.data",
                "index.html",
                films=films,
                summary=" · ".join(f"{n} {verdict}" for verdict, n in verdicts.most_common()),
                style=Markup(resource("report.css")),
                version=version("film-authorship"),
            )
        )
    return path
