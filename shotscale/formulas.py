"""Text that a spreadsheet would take for a formula: an apostrophe is added on writing and removed on reading."""

import re

_PLAIN = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]\d{1,3})?|-?\.\d+|-?\d\.\d+[eE]\d{1,3}")
_FORMULA = re.compile(r"'*\s*[=+\-@]")


def is_plain_number(text: str) -> bool:
    """Return whether a text is a number as programs write it, which no spreadsheet changes.

    Examples
    --------
    >>> [is_plain_number(text) for text in ("-5", "1.50", "007", "1E5")]
    [True, True, False, False]
    """
    return _PLAIN.fullmatch(text) is not None


def formula_safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; plain numbers are unchanged.

    Examples
    --------
    >>> formula_safe("=1+1"), formula_safe("-30-"), formula_safe("-5"), formula_safe("Persona")
    ("'=1+1", "'-30-", '-5', 'Persona')
    """
    return f"'{text}" if _FORMULA.match(text) and not is_plain_number(text.strip()) else text


def without_apostrophe(text: str) -> str:
    """Return a text without the apostrophe added by `formula_safe`.

    Examples
    --------
    >>> without_apostrophe("'=1+1"), without_apostrophe("'Tis Pity")
    ('=1+1', "'Tis Pity")
    """
    return text[1:] if text.startswith("'") and formula_safe(text[1:]) == text else text
