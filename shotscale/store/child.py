"""The process that analyzes one film: a crash affects only that film.

Conventions
-----------
Started by `shotscale.store.supervision` as ``python -m shotscale.store.child``. It reads one line from standard input,
a `FilmTask` as JSON, and writes lines of JSON: ``{"done": seconds, "total": seconds or null}`` as it goes, and at the
end ``{"analysis": {...}}`` with the files' bytes in base 64, or ``{"failure": {...}}``. When standard input ends, the
parent is gone, and the process kills itself and everything it started.
"""

import base64
import json
import os
import signal
import sys
import threading
import traceback
from contextlib import suppress
from typing import Any, TextIO

from shotscale.errors import FilmError, UserError
from shotscale.progress import Progress, at_most_every
from shotscale.store.results import EncodedAnalysis
from shotscale.store.settings import MEASUREMENT, trained_detector_checksum
from shotscale.store.task import FilmTask

_PARTS = ("document", "shots", "scales")
_PROGRESS_SECONDS = 0.2  # often enough for a smooth progress bar


def main() -> None:
    """Analyze the film that the first line of standard input names."""
    # Keep library output out of the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _leave_no_core()
    task = FilmTask.from_json(json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    moved = at_most_every(_PROGRESS_SECONDS, lambda done, total: _say(answers, {"done": done, "total": total}))
    _say(answers, answer(task, moved))
    answers.flush()
    # Skip library clean-up: if it hangs, the result must not be lost.
    os._exit(0)


def analysis_from_json(content: dict[str, str]) -> EncodedAnalysis:
    """Decode the analysis from the content of the last line."""
    parts = {name: base64.b64decode(content[name]) for name in _PARTS}
    return EncodedAnalysis(content["sha256"], **parts)


def answer(task: FilmTask, progress: Progress) -> dict[str, Any]:
    """Analyze a film and return the last line, an analysis or a failure, as a JSON-ready dict."""
    from shotscale.analysis import analyze
    from shotscale.store.results import encode
    from shotscale.video.source import is_of_disk

    try:
        _refuse_other_software(task)
        analysis = analyze(
            task.path,
            weights=task.weights,
            detector=task.settings.detector,
            samples_per_second=task.settings.samples_per_second,
            progress=progress,
        )
        if analysis.provenance["checksums"]["weights"] != task.settings.weights_checksum:
            return _failure("worker", "this worker has other scale-network weights; give all workers the same file")
        return {"analysis": _to_json(encode(analysis, settings_id=task.settings.id))}
    except FilmError as error:
        is_disk = is_of_disk(error)  # which may be back in the next run
        return _failure("file" if is_disk else "film", _one_line(str(error).removeprefix(f"{task.path}: ")))
    except UserError as error:
        return _failure("worker", _one_line(str(error)))
    except MemoryError:
        return _failure("memory", "not enough memory")
    except Exception as error:  # noqa: BLE001 - the boundary of the process: every failure becomes a line
        traceback.print_exc()
        return _failure("error", f"unexpected {type(error).__name__}: {_one_line(str(error))}")


def _refuse_other_software(task: FilmTask) -> None:
    """Raise `UserError`, before any work, if this machine's software does not match the task's settings."""
    wanted = task.settings.measurement
    if wanted != MEASUREMENT:
        raise UserError(f"measurement {MEASUREMENT} here, {wanted} where the run was started; install one version")
    if trained_detector_checksum(task.settings.detector) != task.settings.detector_checksum:
        raise UserError("this worker's shot detector differs from that of the run's start; install one version")


def _to_json(analysis: EncodedAnalysis) -> dict[str, str]:
    parts = {name: base64.b64encode(getattr(analysis, name)).decode("ascii") for name in _PARTS}
    return {"sha256": analysis.sha256, **parts}


def _failure(kind: str, reason: str) -> dict[str, Any]:
    return {"failure": {"kind": kind, "reason": reason}}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _say(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def _end_with_parent() -> None:
    # Not through sys.stdin: a thread waiting on its buffer would block interpreter shutdown.
    while os.read(0, 1):
        pass
    with suppress(ProcessLookupError):
        os.killpg(os.getpgid(0), signal.SIGKILL)


def _leave_no_core() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
