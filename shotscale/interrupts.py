"""How a command stops on Ctrl-C, a time limit or a closed terminal.

Before the command runs, there is nothing to clean up, and a signal ends the process with a one-line message. While it
runs, the first signal is raised as `Interrupted`, so that temporary files are removed and the terminal is restored; a
second one ends the process at once. Only light modules are imported here: this is the first thing that a command does.
"""

import atexit
import contextlib
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interrupted(BaseException):
    """The process was told to end by a signal; libraries do not mistake it for another error.

    `number` is the signal's; `status` is 128 plus that, the exit status that shells report.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.status = 128 + number


def begin(name: str) -> None:
    """Make the signals end the process with a one-line message; ignored ones, as under nohup, stay ignored.

    Closed standard streams are opened on the null device: otherwise the next opened file would take their place.
    """
    with contextlib.suppress(OSError):
        while (file := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(file)
    for number, stream in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, stream) is None:
            setattr(sys, stream, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115 - for good

    def end(number: int, _: FrameType | None) -> NoReturn:
        os.write(2, f"{name}: interrupted; nothing was done\n".encode())
        os._exit(128 + number)

    _handle(end)
    # At exit, Python restores the default handlers, and a late signal would end the finished process silently.
    atexit.register(_handle, signal.SIG_IGN)


def raise_from_now_on() -> None:
    """Raise the next signal as `Interrupted`; the one after it ends the process."""

    def end(number: int, _: FrameType | None) -> NoReturn:
        os._exit(128 + number)

    def interrupt(number: int, frame: FrameType | None) -> None:
        if _holds_a_lock_of_imports(frame):
            interrupt_later(number)
            return
        _handle(end)
        _received.append(number)
        raise Interrupted(number)

    def interrupt_later(number: int) -> None:
        signal.signal(signal.SIGALRM, lambda _, frame: interrupt(number, frame))
        signal.setitimer(signal.ITIMER_REAL, _A_MOMENT)

    def unraisable(what: "sys.UnraisableHookArgs") -> None:
        """Raise again an interruption that Python drops in a destructor or weak reference callback."""
        if isinstance(what.exc_value, Interrupted):
            interrupt_later(what.exc_value.number)
        else:
            others(what)

    others = sys.unraisablehook
    if _CAN_WAIT and others.__module__ != __name__:
        sys.unraisablehook = unraisable
    _handle(interrupt)


def swallowed() -> Interrupted | None:
    """Return the interruption that was raised, if any, in case a library turned it into another error."""
    return Interrupted(_received[0]) if _received else None


_received: list[int] = []

_A_MOMENT = 0.01
"""Seconds: longer than any step of an import takes, too short to be noticed."""

_CAN_WAIT = hasattr(signal, "setitimer")


def _holds_a_lock_of_imports(frame: FrameType | None) -> bool:
    """Return whether Python's own import code was interrupted: an error raised there can leave its locks held.

    Threads that import something would then wait forever. The code of modules being imported does not count.
    """
    inside = frame is not None and frame.f_code.co_filename == "<frozen importlib._bootstrap>"
    return inside and _CAN_WAIT


def _handle(handler: "signal._HANDLER") -> None:
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)
