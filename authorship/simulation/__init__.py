"""Simulated films in CineScale's file format, for trying the tool without the real annotations.

**Nothing here is a measurement of a film.** Shot lengths are drawn so that a film's average, median and standard
deviation are the published ones of the built-in table; shot scales are drawn from Markov chains that are stated in
`authorship.simulation.styles` and were made up. What a benchmark says of such films is true of the simulation, and
proves that the way from files to figures works, not that directors can be told apart.
"""

from authorship.simulation.films import Figures, SimulatedFilm, simulate_film
from authorship.simulation.folder import simulate_cinescale
from authorship.simulation.styles import STRANGER, STYLES, Style

__all__ = [
    "STRANGER",
    "STYLES",
    "Figures",
    "SimulatedFilm",
    "Style",
    "simulate_cinescale",
    "simulate_film",
]
