"""Find the packages; everything else is in pyproject.toml."""

from setuptools import find_packages, setup

# The top-level data/ folder is installed inside the packages that read it.
DATA = {"shotscale.data": "data/shotscale", "authorship.data": "data/authorship"}

setup(packages=[*find_packages(include=["shotscale*", "authorship*"]), *DATA], package_dir=DATA)
