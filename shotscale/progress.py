"""Progress reporting for long-running work."""

from collections.abc import Callable

__all__ = ["Progress"]

Progress = Callable[[float, float | None], None]
"""Called with how much is done and how much there is (None where unknown): of a film, seconds."""
