"""The codebook: every feature that is measured, in the order of the table's columns.

A new feature is declared and measured in the module of its group.
"""

from collections.abc import Mapping

from authorship.features import distributions, durations, runs, sequence, transitions
from authorship.features.feature import Feature

__all__ = ["CODEBOOK", "FEATURE_NAMES"]

CODEBOOK: Mapping[str, Feature] = {
    feature.name: feature
    for module in (durations, runs, distributions, transitions, sequence)
    for feature in module.FEATURES
}
"""Every feature by name, in the order of the table's columns."""

FEATURE_NAMES: tuple[str, ...] = tuple(CODEBOOK)
"""The features' names, in the order of the table's columns."""
