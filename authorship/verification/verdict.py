"""The answer on one film and one director."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shotscale.numerals import counted


@dataclass(frozen=True)
class Verification:
    """The answer on one film and one director.

    Attributes
    ----------
    path, candidate : str
    verdict : {'yes', 'no', 'undecided'}
    score : float
        Share of draws in which one of the candidate's films is nearest, 0 to 1; 0.5 is chance.
    no_below, yes_above : float
        The ends of the gray zone.
    typicality : float
        Share of the candidate's films that lie at least as far from the others as this film does from them.
    quality : mapping
        Measured on films by known directors, each answered with a gray zone derived without it: ``auroc``, ``c_at_1``,
        ``decided``, ``right_when_decided``; ``own_refused``, ``strangers_accepted``, the two error rates;
        ``own_accepted``; ``worst_director``, whose films, if all were unknown, would most often get a yes, and
        ``worst_accepted``, the share that would; ``refused``, whether no film gets a yes; ``n_own``, ``n_others``.
    limits : tuple of str
    """

    path: str
    candidate: str
    verdict: str
    score: float
    no_below: float
    yes_above: float
    typicality: float
    quality: Mapping[str, Any]
    limits: tuple[str, ...]

    def in_words(self) -> tuple[str, str]:
        """Return what the verdict is based on, and how reliable such verdicts are, in words."""
        zone = f"undecided from {100 * self.no_below:.0f} % to {100 * self.yes_above:.0f} %"
        quality = self.quality
        return (
            f"nearest to one of the director's films in {100 * self.score:.0f} % of draws ({zone})",
            f"on {counted(quality['n_own'], 'film')} of the director's and {quality['n_others']} of others: AUROC "
            f"{quality['auroc']:.2f}, c@1 (accuracy with credit for leaving open) {quality['c_at_1']:.2f}; "
            f"{100 * quality['decided']:.0f} % decided, {100 * quality['right_when_decided']:.0f} % of these correctly",
        )
