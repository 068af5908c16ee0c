"""Verification of one director by the imposters method, with a gray zone for undecided answers.

Each of many draws takes half of the features, as many films by other directors as the director has, and as many of the
director's own (films with replacement). The score is the share of draws in which one of the director's films is nearest
to the film in question.

Two thresholds turn the score into *yes*, *no* or *undecided*. Both are derived from films that the score has not seen:
the director's own, each held out, and films by directors who never serve as imposters. A *yes* is a score that no such
stranger's film reaches, a *no* one to which at most one own film in five falls (seven films cannot show less than one
in seven). A score that qualifies as neither or both is undecided: it is in the gap between the two kinds of film, or
where they overlap. For films exchangeable with the scored ones these are split-conformal p-values.

A new director's films are not exchangeable with them: they resemble one another, and may resemble the candidate's, as
Godard's do Bergman's. So each stranger is also tested with all of their films unknown, and the director whose films get
a yes most often is named. If that share is `WORST_DIRECTOR` or more, or the candidate's own films hardly ever get a
yes, the question is refused: no film gets one.

Imposters only show whose films are *nearest*. A film farther from all of the director's films than these are from one
another gets no *yes*, however often they win: it may be by someone unlike any director here.

Source: Koppel and Winter 2014, JASIST 65(1) 178-187, doi 10.1002/asi.22954; Kestemont et al. 2016, Expert
Systems with Applications 63, 86-96, doi 10.1016/j.eswa.2016.06.029 (the gray zone); Peñas and Rodrigo 2011, ACL
1415-1424 (c@1); Vovk, Gammerman, Shafer 2005, Algorithmic Learning in a Random World (conformal p-values).
"""

from authorship.verification.verdict import Verification
from authorship.verification.verifier import WORST_DIRECTOR, Verifier, make_verifier
from authorship.verification.zone import ATYPICAL, REFUSED_OWN, answer, gray_zone

__all__ = [
    "ATYPICAL",
    "REFUSED_OWN",
    "WORST_DIRECTOR",
    "Verification",
    "Verifier",
    "answer",
    "gray_zone",
    "make_verifier",
]
