"""Attribution of a film: prediction sets, evidence, limits and verdict."""
