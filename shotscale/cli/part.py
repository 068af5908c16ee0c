"""The options that say which part of a file is the film, for every command that measures films."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from shotscale.part import PartOptions

__all__ = ["From", "To", "Whole", "takes_part"]

From = Annotated[
    str | None,
    typer.Option("--from", metavar="TIME", help="Where the film begins, after its titles: seconds, m:ss or h:mm:ss."),
]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Where it ends, before its titles.")]
Whole = Annotated[
    bool,
    typer.Option("--whole", help="Take the whole file, titles included, even if a part was chosen before."),
]
_Speed = Annotated[
    str | None,
    typer.Option(
        metavar="RATIO",
        help="How much faster the file runs than the film: pal, or a ratio such as 25/24. Times are corrected.",
    ),
]
_OPTIONS = {"begin": (From, None), "end": (To, None), "whole": (Whole, False), "speed": (_Speed, None)}


def takes_part(command: Callable[..., None]) -> Callable[..., None]:
    """Replace a command's parameter ``part`` with the options ``--from``, ``--to``, ``--whole`` and ``--speed``."""

    @wraps(command)
    def with_part(**given: Any) -> None:
        asked = {name: given.pop(name) for name in _OPTIONS}
        command(part=_read(**asked), **given)

    parameters = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name != "part":
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        parameters += [
            inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for option, (annotation, default) in _OPTIONS.items()
        ]
    with_part.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_part.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return with_part


def _read(**asked: Any) -> "PartOptions":
    from shotscale.part import PartOptions  # not needed by --help

    return PartOptions.read(**asked)
