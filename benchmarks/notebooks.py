"""Run the notebooks under docs/notebooks as a reader would, and store them with pictures and no run metadata."""

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from shotscale.files import atomic_write

__all__ = ["all_notebooks", "execute", "printed", "texts"]

FOLDER = Path(__file__).parents[1] / "docs" / "notebooks"
NOISE = {"OMP_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1", "JUPYTER_PLATFORM_DIRS": "1"}


def all_notebooks() -> list[Path]:
    return sorted(FOLDER.glob("*.ipynb"))


def execute(path: Path, folder: Path) -> nbformat.NotebookNode:
    """Run a notebook in an empty folder and return it with its outputs, without dates, counters and editor metadata."""
    os.environ.update(NOISE)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=600, startup_timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number}", nbformat.NotebookNode()
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = nbformat.NotebookNode()
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        }
    )
    return notebook


def printed(notebook: nbformat.NotebookNode) -> str:
    """Return what a notebook's cells print, without pictures."""
    lines = []
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            kinds = sorted(kind for kind in output.get("data", {}) if kind.startswith("image/"))
            lines += [f"[{number}] {line}" for line in [*kinds, *("" if kinds else text).splitlines()]]
    return "\n".join(lines) + "\n"


def texts(path: Path, folder: Path, *, write: bool) -> tuple[str, str]:
    """Run a notebook; return its stored and its current output, and store it if `write`."""
    old = printed(nbformat.read(path, as_version=4))
    notebook = execute(path, folder)
    if write:
        with atomic_write(path) as stream:
            nbformat.write(notebook, stream)
    return old, printed(notebook)
