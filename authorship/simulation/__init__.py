"""Simulated films in CineScale's file format, for trying the tool without the real annotations.

**Nothing here is a measurement of a film.** Shot lengths are drawn so that a film's average, median and standard
deviation are the published ones of the built-in table; shot scales are drawn from the invented Markov chains in
`authorship.simulation.styles`. A benchmark on such films describes the simulation: it shows that the path from files to
figures works, not that directors can be told apart.
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
