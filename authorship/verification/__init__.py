"""Verification of one director by the imposters method, with a gray zone for undecided answers.

Many times over, half of the features are drawn, as many films of other directors as the director has, and as
many of the director's own (with replacement). The score is the share of draws in which one of the director's
films is nearest to the film in question.

Two thresholds turn the score into *yes*, *no* or *undecided*. Both are read off films that the score has not seen: the
director's own, each left out, and films of directors who never serve as imposters. A *yes* is a score that no such
stranger's film reaches, a *no* one that at most one own film in five falls to (a director of seven films cannot show
less than one in seven). What is neither, or both, is undecided: where the two kinds of film overlap, and in the gap
between them where they do not. For films like those that were scored these are split-conformal p-values.

A new director's films are not like those that were scored: they resemble one another, and may resemble the candidate's
as Godard's do Bergman's. So each stranger is also asked about with all of their films unknown, and the director of whom
most films get a yes is named. Where that is `WORST_DIRECTOR` or more, or the candidate's own films hardly ever get a
yes, the question is refused: no film gets one.

The imposters can only say whose films lie *nearest*. A film that lies farther from all of the director's films than
these lie from one another gets no *yes*, however often they win: it may be of somebody unlike anyone here.

Source: Koppel and Winter 2014, JASIST 65(1) 178-187, doi 10.1002/asi.22954; Kestemont et al. 2016, Expert
Systems with Applications 63, 86-96, doi 10.1016/j.eswa.2016.06.029 (the grey zone); Peñas and Rodrigo 2011, ACL
1415-1424 (c@1); Vovk, Gammerman, Shafer 2005, Algorithmic Learning in a Random World (conformal p-values).
"""

from authorship.verification.making import make_verifier
from authorship.verification.verifier import WORST_DIRECTOR, Verification, Verifier
from authorship.verification.zone import ATYPICAL, REFUSED_OWN, answer, grey_zone

__all__ = [
    "ATYPICAL",
    "REFUSED_OWN",
    "WORST_DIRECTOR",
    "Verification",
    "Verifier",
    "answer",
    "grey_zone",
    "make_verifier",
]
