"""Films that the project draws itself, with every shot, boundary and scale known.

They prove the machinery, not the science: that times are exact, that a cut is found to the frame, that a flash
is none. A drawn face is no film frame, and a detector or a network that does well here has shown nothing about
films. No figure about accuracy on drawn films belongs beside one measured on real ones.

Conventions
-----------
A `Script` is a sequence of `Shot` with transitions between; everything follows from it and a seed. Figures are
drawn so large that the frame's edges cut the body where the definition of the shot's scale says.

Examples
--------
>>> script = [Shot(seconds=1), Dissolve(0.5), Shot(seconds=1, setting="street")]
>>> [(shot.kind, shot.start_frame, shot.end_frame) for shot in plan_shots(script, fps=Fraction(24))]
[('start', 0, 24), ('dissolve', 24, 48)]
>>> frames = list(draw_frames(script, seed=1, size=(96, 54)))
>>> len(frames), frames[0].shape
(48, (54, 96, 3))
"""

from fractions import Fraction

from shotscale.drawn.backdrops import SETTINGS
from shotscale.drawn.demo import demo_script
from shotscale.drawn.effects import BlackAndWhite, Effect, Flash, Grain
from shotscale.drawn.film import CODECS, DrawnFilm, draw_film, write_film
from shotscale.drawn.filming import DrawnEvent, DrawnShot, draw_frames, plan_shots
from shotscale.drawn.script import Camera, Cut, Dissolve, Fade, Script, Shot, Transition, Wipe

__all__ = [
    "CODECS",
    "SETTINGS",
    "BlackAndWhite",
    "Camera",
    "Cut",
    "Dissolve",
    "DrawnEvent",
    "DrawnFilm",
    "DrawnShot",
    "Effect",
    "Fade",
    "Flash",
    "Fraction",
    "Grain",
    "Script",
    "Shot",
    "Transition",
    "Wipe",
    "demo_script",
    "draw_film",
    "draw_frames",
    "plan_shots",
    "write_film",
]
