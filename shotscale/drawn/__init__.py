"""Synthetic films drawn by the project, with every shot, shot boundary and shot scale known.

They test the software, not the science: that times are exact, that a cut is found to the frame, that a flash is
not taken for a cut. A drawn face is not a film frame, and a detector or network that does well here has shown
nothing about real films. Never put an accuracy on drawn films beside one measured on real films.

Conventions
-----------
A `Script` is a sequence of `Shot` and transitions; the script and a seed determine everything else. Figures are
sized so that the frame's edges cut the body where the definition of the shot scale says.

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
