"""Match spellings of directors' and films' names."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence


def fold_name(name: str) -> str:
    """Reduce a name to its letters and digits, dropping diacritics, case, spaces and punctuation.

    Examples
    --------
    >>> fold_name("Béla Tarr") == fold_name("bela_tarr")
    True
    """
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def plain_name(name: str) -> str:
    """Normalize a name to NFC with single spaces between words.

    Examples
    --------
    >>> plain_name("Be\u0301la  Tarr ") == "Béla Tarr"
    True
    """
    return " ".join(unicodedata.normalize("NFC", name).split())


def unify_names(names: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Replace names that differ only in case, spaces and Unicode composition by their most common spelling.

    The notes say which spellings were merged, and which others may be the same name.

    Examples
    --------
    >>> unify_names(["Béla Tarr", "Béla Tarr", "béla tarr", "Bela Tarr"])[0]
    ['Béla Tarr', 'Béla Tarr', 'Béla Tarr', 'Bela Tarr']
    """
    plain = [plain_name(name) for name in names]
    counts = Counter(plain)
    spelled: dict[str, str] = {}
    for name, _ in counts.most_common():
        spelled.setdefault(name.casefold(), name)
    notes = [
        f"{name!r} was taken for {spelled[name.casefold()]}." for name in counts if name != spelled[name.casefold()]
    ]
    alike: dict[tuple[str, ...], list[str]] = {}
    for name in spelled.values():
        words = (fold_name(word) for word in name.replace("_", " ").replace("-", " ").split())
        alike.setdefault(tuple(sorted(filter(None, words))), []).append(name)
    notes += [
        f"{' and '.join(map(repr, sorted(group)))} may be the same name; if so, spell them alike."
        for words, group in alike.items()
        if words and len(group) > 1
    ]
    return [spelled[name.casefold()] for name in plain], tuple(notes)


def known_name(name: str, known: Iterable[str]) -> str:
    """Return the known name that equals `name` up to case, spaces and composition; else `plain_name(name)`."""
    plain = plain_name(name)
    return next((one for one in known if plain_name(one).casefold() == plain.casefold()), plain)
