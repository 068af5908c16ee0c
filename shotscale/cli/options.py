"""Options that the commands of both packages share, with one wording each."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any

import typer

__all__ = ["Debug", "Seed", "Version", "takes"]

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("film-authorship"))
        raise typer.Exit


Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

Seed = Annotated[
    int, typer.Option("--seed", min=0, max=2**32 - 1, help="Random seed; the same seed gives the same result.")
]

Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, help="Print the version and exit.", is_eager=True)
]


def takes(parameter: str, options: Mapping[str, tuple[Any, Any]], read: Callable[..., Any]) -> Decorator:
    """Return a decorator that replaces a command's parameter with options.

    `options` are the annotation and default of each; the command gets what `read` returns for them.
    """

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_options(**given: Any) -> None:
            asked = {name: given.pop(name) for name in options}
            command(**{parameter: read(**asked)}, **given)

        parameters = []
        for name, own in inspect.signature(command).parameters.items():
            replaced = options if name == parameter else {name: (own.annotation, own.default)}
            parameters += [
                inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
                for option, (annotation, default) in replaced.items()
            ]
        with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        with_options.__annotations__ = {entry.name: entry.annotation for entry in parameters}
        return with_options

    return decorated
