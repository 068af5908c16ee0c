"""An answer as shown in a notebook."""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from authorship.attribution.view import accuracy, contributions, probability
from shotscale.notebook import html_list, html_table

if TYPE_CHECKING:
    from authorship.attribution.answer import Attribution

_MOST_FEATURES = 6  # rows that fit in a cell without scrolling


def answer_html(answer: "Attribution") -> str:
    """Return an answer as HTML: verdict, candidates, evidence, accuracy and limits."""
    candidates = [
        (candidate.name, probability(answer, candidate), "yes" if candidate.remains else "no")
        for candidate in answer.candidates
    ]
    evidence = contributions(answer, most=_MOST_FEATURES, candidates=3)
    return "".join(
        (
            f"<p>{escape(Path(answer.film.path).name)}: <b>{escape(answer.verdict)}</b></p>",
            f"<p>{escape(answer.reason)}</p>",
            html_table((answer.reference.label_name, "probability", "remains"), candidates),
            html_table(evidence.columns, evidence.rows),
            f"<p>{escape(accuracy(answer))}</p>",
            html_list(answer.limits),
        )
    )
