"""Nothing leaves the machine: no library used to analyze a film may send telemetry."""

import subprocess
import sys
from pathlib import Path
from typing import Any

WATCHED = """
import socket, sys
def refuse(*arguments):
    raise AssertionError(f"a connection: {arguments}")
socket.socket.connect = refuse
import shotscale, authorship
analysis = shotscale.analyze(sys.argv[1])
authorship.classify(analysis)
import os
assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
"""


def test_an_analysis_leaves_no_session_of_telemetry(films: Any, tmp_path: Path) -> None:
    """ONNX Runtime would write a session file to the temporary folder if it had a session to report."""
    environment = {"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    command = [sys.executable, "-c", WATCHED, str(films["plain"])]
    done = subprocess.run(command, check=False, env=environment, capture_output=True)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert list(tmp_path.iterdir()) == []
