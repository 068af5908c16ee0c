"""Recognize the format of a shot list by its suffix, else by its first lines."""

import re
from pathlib import Path

from shotscale.errors import TableError
from shotscale.shotlists import edlevents, transnet
from shotscale.shotlists.shotlist import ReadOptions, read_text

READ_FORMATS: dict[str, tuple[str, str]] = {
    "table": ("table", "read"),
    "transnetv2": ("transnet", "read"),
    "transnetv2-predictions": ("transnet", "read_predictions"),
    "edl": ("edl", "read"),
    "otio": ("otio", "read"),
    "eaf": ("elan", "read"),
    "xlsx": ("table", "read"),
}
"""The module and function that read each format."""

_FOREIGN = {
    "HeadingFIELD_DELIM": "an Avid log of clips, not of shots",
    "<": "XML",
    "{": "JSON",
    "[{": "JSON",
    "WEBVTT": "subtitles",
    'Filetype="ooTextFile"': "a TextGrid of Praat",
}
"""What files begin with, without spaces, that are no tables, as Final Cut's .fcpxml and Premiere's and Anvil's XML."""


def is_table(path: Path, options: ReadOptions) -> bool:
    """Return whether a shot list is a table, as text or as a workbook."""
    return recognize(path, options) in ("table", "xlsx")


def recognize(path: Path, options: ReadOptions) -> str:
    """Return the format of a shot list, a key of `READ_FORMATS`."""
    suffix = path.suffix.lower().removeprefix(".")
    if suffix in READ_FORMATS:
        return suffix
    text = read_text(path)
    _refuse_foreign(text, path)
    if edlevents.looks_like_edl(text):
        return "edl"
    if options.columns or options.unit not in (None, "frames"):
        return "table"
    if transnet.looks_like_scenes(text):
        return "transnetv2"
    return "transnetv2-predictions" if transnet.looks_like_predictions(text) else "table"


def _refuse_foreign(text: str, path: Path) -> None:
    """Reject what programs for editing, subtitles and speech write, and no table is."""
    begin = "".join(text[:200].split())
    what = next((name for mark, name in _FOREIGN.items() if begin.startswith(mark)), None)
    if what is None and re.match(r"\s*1\s*\n[\d:,. ]+-->", text):
        what = "subtitles"
    if what is not None:
        raise TableError(
            f"{path}: {what}, which cannot be read; export the shots as EDL, OpenTimelineIO, ELAN (.eaf) or a table "
            "with start and end"
        )
