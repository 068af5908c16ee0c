"""Messages in the page's terms: what commands take as options is entered in its fields, columns and buttons."""

import re
from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "fps": "Frames per second",
    "unit": "Unit",
    "decimal": "Decimals",
    "delimiter": "Between columns",
    "gaps": "Gaps",
    "tier": "ELAN tier",
    "columns": "Columns",
}
"""The page's labels for the options of reading a list."""

_IN_WORDS = (
    (re.compile(r"say which with --unit s, ms or frames"), "choose under Unit: seconds, milliseconds or frames"),
    (re.compile(r"say which with --unit s or min"), "choose under Unit: seconds or minutes"),
    (re.compile(r"add --fps (\d+), say"), rf"fill in {FIELDS['fps']}, \1 for instance"),
    (re.compile(r"say which is which with --columns start=\.\.\.,end=\.\.\."), "say above what each column is"),
    (re.compile(r"say --gaps black, or out to leave it out"), "choose under Gaps: black, or left out"),
    (re.compile(r"--gaps out leaves"), "Gaps, left out, leaves"),
    (re.compile(r"if it is the films\.csv of a folder, name the folder"), "type what it says into the desk's columns"),
    (re.compile(r"give a film without --shots"), "give a film under Add films"),
    (re.compile(r"name one of them as \S+"), "choose that it is of the measured films of the same names"),
    *((re.compile(rf"--{name}\b"), field) for name, field in FIELDS.items()),
    (re.compile(r"run `[^`]* --between [^`]*`"), "enter a third name under Coder and press Decide"),
    (re.compile(r"run `[^`]* review [^`]* --coder ([^`]+)`"), r"enter \1 under Coder and press Correct"),
    (re.compile(r"run `[^`]* review [^`]*` with each --coder \((.+?)\)"), r"enter \1 under Coder and press Correct"),
    (re.compile(r"run `[^`]* review [^`]*`"), "press Correct"),
    (re.compile(r"(take|use) another --coder"), "enter another name under Coder"),
    (re.compile(r"say where it is with --film PATH"), "put it back, or add it where it is now"),
    (re.compile(r"give that film with --film PATH, or analyze this one"), "put that file back, or measure this one"),
    (re.compile(r"shotscale convert takes these options and writes a plain table"), "Import asks for these"),
    (re.compile(r"run `authorship fit` again"), "make it anew under Candidates"),
    (re.compile(r"add films or give --distractors"), "add films"),
    (re.compile(r"raise --(memory|time-limit|stall-limit)"), "convert it to a smaller picture, and add that"),
    (re.compile(r"--whole includes them"), "a time in a column 'from' or 'to' says otherwise"),
    (re.compile(r"--from (\S+) --to (\S+?)(?=[.:;,]?(\s|$))"), r"\1 in a column 'from' and \2 in a column 'to'"),
    (re.compile(r"--(from|to|speed) (\S+?)(?=[.:;,]?(\s|$))"), r"\2 in a column '\1'"),
)
"""Mentions of options and commands in messages, and the page's wording for each."""


def in_words(text: str) -> str:
    """Return a message with the page's fields, columns and buttons in place of options and commands.

    Examples
    --------
    >>> in_words("cuts.edl: counts frames, so the film's frames per second are needed; add --fps 25, say")
    "cuts.edl: counts frames, so the film's frames per second are needed; fill in Frames per second, 25 for instance"
    >>> in_words("If this is one, --speed pal corrects its times.")
    "If this is one, pal in a column 'speed' corrects its times."
    """
    for option, words in _IN_WORDS:
        text = option.sub(words, text)
    return text
