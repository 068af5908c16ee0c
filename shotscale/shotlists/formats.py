"""Recognize the format of a shot list by its suffix, else by its first lines."""

from pathlib import Path

from shotscale.shotlists import edlevents, transnet
from shotscale.shotlists.shotlist import ReadOptions, read_text

__all__ = ["READ_FORMATS", "is_table", "recognize"]

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


def is_table(path: Path, options: ReadOptions) -> bool:
    """Return whether a shot list is a table, as text or as a workbook."""
    return recognize(path, options) in ("table", "xlsx")


def recognize(path: Path, options: ReadOptions) -> str:
    """Return the format of a shot list, a key of `READ_FORMATS`."""
    suffix = path.suffix.lower().removeprefix(".")
    if suffix in READ_FORMATS:
        return suffix
    text = read_text(path)
    if edlevents.looks_like_edl(text):
        return "edl"
    if options.columns or options.unit not in (None, "frames"):
        return "table"
    if transnet.looks_like_scenes(text):
        return "transnetv2"
    return "transnetv2-predictions" if transnet.looks_like_predictions(text) else "table"
