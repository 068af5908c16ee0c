"""Names of directors and films reduced to what two spellings share."""

import unicodedata

__all__ = ["fold_name"]


def fold_name(name: str) -> str:
    """Reduce a name to its letters and digits, without diacritics, case, spaces and punctuation.

    Examples
    --------
    >>> fold_name("Béla Tarr") == fold_name("bela_tarr")
    True
    """
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())
