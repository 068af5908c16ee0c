"""Shot scale and viewers: relate clips' shot features to viewers' ratings.

The study design follows Benini, Savardi, Balint, Kovacs and Signoroni 2022 (IEEE Trans. Affective Computing 13(2)
592-603, doi 10.1109/TAFFC.2019.2939251), who related the distribution and rotation of close, medium and long shots in
50 film clips to ratings of film mood and narrative engagement. The question and the kind of features are theirs; the
definition of rotation (`authorship.viewers.rotation`) and all statistics are this project's.

Conventions
-----------
The clip is the unit of every interval and p-value. Reliability comes first, because a rating on which viewers disagree
cannot be explained by the clips. All relations tested form one family; a relation counts as found if its q-value in
that family is at most 0.05.
"""

from authorship.viewers.analysis import LEVEL, POWER, Findings, StudyOptions, analyze_study
from authorship.viewers.clips import CATALOGUE, FAMILY, ID_NAMES, Clips, read_clips
from authorship.viewers.join import Study, join_study
from authorship.viewers.problems import Problem
from authorship.viewers.ratings import VIEWER_NAMES, RatingOptions, Ratings, read_ratings
from authorship.viewers.wording import Passage, conclusion, summarize

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
    "analyze_study",
    "conclusion",
    "join_study",
    "read_clips",
    "read_ratings",
    "summarize",
]
