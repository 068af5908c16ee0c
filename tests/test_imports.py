"""What the packages may import: data flows one way, and readers of tables and documents stay light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ALLOWED = {
    "shotscale/errors.py": set(),
    "shotscale/scales.py": set(),
    "shotscale/tables.py": {
        "numpy",
        "numpy.typing",
        "pandas",
        "shotscale.columns",
        "shotscale.errors",
        "shotscale.files",
        "shotscale.numerals",
        "shotscale.scales",
    },
    "shotscale/documents.py": {"pydantic", "pydantic_core", "shotscale.errors", "shotscale.tables"},
}
"""What the modules that define contracts may import besides the standard library: nothing that decodes or computes."""

LIGHT = [
    "shotscale.tables",
    "shotscale.documents",
    "shotscale.shotlists",
    "authorship.listed_film",
    "shotscale.manifests",
]
HEAVY = {"torch", "torchvision", "av", "onnxruntime", "xgboost", "sklearn", "matplotlib", "statsmodels", "dask"}


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, at the top and inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""


@pytest.mark.parametrize("path", ALLOWED)
def test_what_holds_a_contract_imports_little(path: str) -> None:
    others = {name for name in imported(ROOT / path) if name.split(".")[0] not in sys.stdlib_module_names}
    assert others <= ALLOWED[path]


@pytest.mark.parametrize("module", LIGHT)
def test_what_reads_tables_and_documents_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


def test_pixels_know_nothing_of_directors() -> None:
    files = sorted((ROOT / "shotscale").rglob("*.py"))
    assert len(files) > 50
    wrong = {str(path): name for path in files for name in imported(path) if name.split(".")[0] == "authorship"}
    assert wrong == {}


def test_one_package_alone_decodes() -> None:
    """PyAV is imported only by `shotscale.video`, `shotscale.drawn` and `shotscale.review`."""
    users = {
        path.relative_to(ROOT / "shotscale").parts[0]
        for path in (ROOT / "shotscale").rglob("*.py")
        if any(name.split(".")[0] == "av" for name in imported(path))
    }
    assert users <= {"video", "drawn", "review"}
    assert not any("av" in set(imported(path)) for path in (ROOT / "authorship").rglob("*.py"))
