"""Options that the commands of both packages share, with one wording each."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shotscale.detectornames import DETECTOR_HELP
from shotscale.errors import OptionError

if TYPE_CHECKING:
    from shotscale.part import PartOptions
    from shotscale.shotlists import HowToRead

_Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("film-authorship"))
        raise typer.Exit


Seed = Annotated[
    int, typer.Option("--seed", min=0, max=2**32 - 1, help="Random seed; the same seed gives the same result.")
]

Detector = Annotated[str, typer.Option("--detector", metavar="NAME", help=DETECTOR_HELP)]

PictureRate = Annotated[
    str | None,
    typer.Option("--fps", metavar="RATE", help="Frames per second of numbered pictures (frames/%04d.png)."),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, help="Print the version and exit.", is_eager=True)
]

Weights = Annotated[Path | None, typer.Option(help="Weights of a scale network (.safetensors).")]

Annotations = Annotated[
    Path | None, typer.Option(metavar="DIR", help="CineScale annotation files of the frames in DATA.")
]


def read_size(text: str, what: str) -> tuple[int, int]:
    """Read a size, two numbers with an x between them; `what` it must be ends the error."""
    first, _, second = text.lower().partition("x")
    if not (first.isdecimal() and second.isdecimal()):
        raise OptionError(f"{text}: a size must be {what}")
    return int(first), int(second)


def _takes(parameter: str, options: Mapping[str, tuple[Any, Any]], read: Callable[..., Any]) -> _Decorator:
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
        return _with_parameters(with_options, parameters)

    return decorated


def _with_parameters(command: Callable[..., None], parameters: Sequence[inspect.Parameter]) -> Callable[..., None]:
    """Return a command that typer takes to have these parameters."""
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {entry.name: entry.annotation for entry in parameters}
    return command


class Commands(typer.Typer):
    """A group of commands; each also takes ``--debug``, which `shotscale.cli.terminal.debugging` reads."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            no_args_is_help=True,
            add_completion=False,
            pretty_exceptions_enable=False,
            rich_markup_mode="rich",
            context_settings={"help_option_names": ["-h", "--help"]},
            **settings,
        )

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Return a decorator that adds a function as a command."""
        add = super().command(name, **settings)
        return lambda command: add(_takes_debug(command))


def _takes_debug(command: Callable[..., None]) -> Callable[..., None]:
    @wraps(command)
    def with_debug(*, debug: bool, **given: Any) -> None:  # noqa: ARG001 - read among the arguments
        command(**given)

    option = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
    debug = inspect.Parameter("debug", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=option)
    return _with_parameters(with_debug, [*inspect.signature(command).parameters.values(), debug])


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


def _read_part(**asked: Any) -> "PartOptions":
    from shotscale.part import PartOptions  # not needed by --help

    return PartOptions.read(**asked)


takes_part = _takes(
    "part", {"begin": (From, None), "end": (To, None), "whole": (Whole, False), "speed": (_Speed, None)}, _read_part
)
"""Replaces a command's parameter ``part`` with the options ``--from``, ``--to``, ``--whole`` and ``--speed``."""

_LIST_OPTIONS = {
    "tier": typer.Option(metavar="NAME", help="The tier of an ELAN file that contains the shots."),
    "gaps": typer.Option(
        metavar="HOW",
        help="Gaps between shots: black (no shot, and the next one begins in the middle of it; default for an EDL), "
        "refuse (default otherwise), or out (close the gap).",
    ),
    "columns": typer.Option(
        metavar="ROLE=COLUMN,...",
        help="Columns of the table: start, end, length, cut, number, scale; by name, or by number from 1.",
    ),
    "unit": typer.Option(metavar="UNIT", help="Unit of the table's times: ms, s, min or frames (with --fps)."),
    "delimiter": typer.Option(metavar="MARK", help="Column separator: , ; | tab or space."),
    "decimal": typer.Option(metavar="MARK", help="Decimal mark: . or ,"),
}


def takes_list(fps: str) -> _Decorator:
    """Replace a command's parameter ``how`` with the options on reading a list; `fps` is the help of ``--fps``."""
    options = {"fps": typer.Option(metavar="RATE", help=fps), **_LIST_OPTIONS}
    return _takes("how", {name: (Annotated[str | None, option], None) for name, option in options.items()}, _read_list)


def _read_list(**asked: Any) -> "HowToRead":
    from shotscale.shotlists import how_to_read  # not needed by --help

    return how_to_read(**asked)
