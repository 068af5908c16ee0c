"""Read frames with exact times from film files; the project's only video reader.

Conventions
-----------
*Times* are presentation times in seconds from the film's first shown frame, which has time 0. They come from
the stream's integer timestamps; frame numbers and frame rates that a container claims are never used to place
a frame, so variable frame rate, edit lists and start times other than zero are handled correctly by construction.

*Thumbnails* are the stored picture, or its first field, scaled to `THUMBNAIL_SHAPE`, neither rotated nor cropped.
*Samples* are pictures as shown: square pixels, rotated and mirrored as the file specifies, black bars cut off.
*Previews* are small samples, for people to look at. All are 8-bit RGB whatever the film's depth; pictures of high
dynamic range (PQ) are mapped to that range.

One pass over a film yields all three, a batch of frames at a time, in memory that does not grow with its length.
"""

from shotscale.video.bars import ActiveArea, active_area
from shotscale.video.batches import FrameBatch, Sample
from shotscale.video.container import probe_film
from shotscale.video.info import FilmInfo
from shotscale.video.pictures import THUMBNAIL_SHAPE
from shotscale.video.reader import FilmReader
from shotscale.video.source import FilmSource, checksum, film_source

__all__ = [
    "THUMBNAIL_SHAPE",
    "ActiveArea",
    "FilmInfo",
    "FilmReader",
    "FilmSource",
    "FrameBatch",
    "Sample",
    "active_area",
    "checksum",
    "film_source",
    "probe_film",
]
