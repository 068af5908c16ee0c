"""CineScale's published codings: the folder as distributed, joined with the built-in table of shot lengths."""

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
