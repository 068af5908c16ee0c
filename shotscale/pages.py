"""Render HTML pages from templates; ``page.html`` holds their common head."""

from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def render(package: str, name: str, /, **values: Any) -> str:
    """Fill in one of a package's templates, which may extend ``page.html``; values are escaped unless `Markup`."""
    return _templates(package).get_template(name).render(**values)


@cache
def _templates(package: str) -> Environment:
    loader = ChoiceLoader([PackageLoader(package, ""), PackageLoader("shotscale.data", "")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
