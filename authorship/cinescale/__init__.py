"""CineScale's published codings: the folder as it comes, and what the built-in table knows of the same films."""

from authorship.cinescale.folder import FEWEST_SECONDS, CineScale, CodedFilm, read_coding, read_folder
from authorship.cinescale.joining import Join, join_lengths

__all__ = [
    "FEWEST_SECONDS",
    "CineScale",
    "CodedFilm",
    "Join",
    "join_lengths",
    "read_coding",
    "read_folder",
]
