"""Shot scale and viewers: relate clips' shot features to viewers' ratings.

A study in the manner of Benini, Savardi, Balint, Kovacs and Signoroni 2022 (IEEE Trans. Affective Computing 13(2)
592-603, doi 10.1109/TAFFC.2019.2939251), who related the distribution and rotation of close, medium and long shots in
50 film clips to ratings of film mood and narrative engagement. The question and the kind of features are theirs; the
definition of rotation (`authorship.viewers.rotation`) and all of the statistics are this project's.

Conventions
-----------
The clip is the unit of every interval and p-value. Reliability comes first, since a rating that viewers do not agree on
cannot be told from the clips. All relations that are looked at are one family, and what is called found has a q-value
of 0.05 at most in it.
"""

from authorship.viewers.analysis import LEVEL, POWER, Findings, StudyOptions, analyse_study
from authorship.viewers.clips import CATALOGUE, FAMILY, ID_NAMES, Clips, read_clips
from authorship.viewers.join import Study, join_study
from authorship.viewers.problems import Problem
from authorship.viewers.ratings import VIEWER_NAMES, RatingOptions, Ratings, read_ratings
from authorship.viewers.wording import Passage, conclusion, summarise

__all__ = [
    "CATALOGUE",
    "FAMILY",
    "ID_NAMES",
    "LEVEL",
    "POWER",
    "VIEWER_NAMES",
    "Clips",
    "Findings",
    "Passage",
    "Problem",
    "RatingOptions",
    "Ratings",
    "Study",
    "StudyOptions",
    "analyse_study",
    "conclusion",
    "join_study",
    "read_clips",
    "read_ratings",
    "summarise",
]
