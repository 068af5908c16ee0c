"""Films found beside their own saved analyses, which would count twice."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from shotscale.errors import TableError
from shotscale.files import sha256
from shotscale.film import checksum_of, film_from_document


def beside_their_analyses(paths: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield each film file with its saved analysis, if both are among the paths; only files of such a name are read."""
    files = [path for path in paths if path.is_file()]
    analyses: dict[tuple[str, str | None], Path] = {}
    for folder in paths if files else ():
        with suppress(TableError):  # no analysis, or a damaged one, which is told of when it is opened
            document = film_from_document(folder / "film.json")
            analyses[Path(document["film"]["path"]).name, checksum_of(document["provenance"])] = folder
    names = {name for name, _ in analyses}
    for film in files:
        with suppress(OSError):  # a film that cannot be read is told of when it is opened
            if film.name in names and (analysis := analyses.get((film.name, sha256(film)))):
                yield film, analysis
