"""The answers on films as one JSON document."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from authorship.attribution.answer import Attribution
from authorship.attribution.attributor import Attributor
from authorship.versions import software

FORMAT = "authorship-classify"
FORMAT_VERSION = 1


def answers_document(
    answers: Iterable[Attribution], errors: Sequence[Mapping[str, str]], attributor: Attributor
) -> dict[str, Any]:
    """Return what ``authorship classify --json`` prints.

    Parameters
    ----------
    answers : iterable of Attribution
    errors : sequence of mapping
        ``path`` and ``error`` of each film that could not be read.
    attributor : Attributor
        The attributor that gave the answers.
    """
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "software": software(),
        "reference": attributor.describe(),
        "films": [answer.to_json() for answer in answers],
        "errors": list(errors),
    }
