"""Every public name except a plain record has an example that runs, in its docstring or on its page."""

import inspect
import re
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[2] / "docs" / "api").glob("*.md"))
MODULES = [
    (page, name) for page in PAGES for name in re.findall(r"^::: (\S+)$", page.read_text(encoding="utf-8"), re.M)
]


def names(module: str) -> list[str]:
    return sorted(import_module(module).__all__)


def examples_of(module: str, name: str, page: Path) -> list[str]:
    """Return the code of every example of a name, from its docstring, its module and its page."""
    loaded = import_module(module)
    value = getattr(loaded, name)
    home = inspect.getmodule(value) or loaded
    documented = [inspect.getdoc(value) or ""] if inspect.isclass(value) or inspect.isfunction(value) else []
    told = [*documented, loaded.__doc__ or "", home.__doc__ or ""]
    code = [
        "\n".join(re.findall(r"^\s*(?:>>>|\.\.\.) (.*)$", text, flags=re.M)) for text in told if "+SKIP" not in text
    ]
    blocks = [*code, *re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.S)]
    # An import alone is not an example.
    return [
        re.sub(r"^from [\w.]+ import \([^)]*\)|^(?:from [\w.]+ )?import .*$", "", block, flags=re.M) for block in blocks
    ]


def test_the_list_of_modules_is_whole() -> None:
    index = (PAGES[0].parent / "index.md").read_text(encoding="utf-8")
    assert len(MODULES) > 30
    for page, module in MODULES:
        assert module == "shotscale.analysis" or f"`{'.'.join(module.split('.')[:2])}" in index, module
        assert f"({page.name})" in index


def needs_none(value: object) -> bool:
    """Return whether a name has its own example, or is a record that a function's example returns."""
    if is_dataclass(value):
        return True
    return (inspect.isclass(value) or inspect.isfunction(value)) and ">>>" in (value.__doc__ or "")


@pytest.mark.parametrize(("page", "module"), MODULES, ids=[module for _, module in MODULES])
def test_every_public_name_has_an_example(page: Path, module: str) -> None:
    loaded = import_module(module)
    without = [
        name
        for name in names(module)
        if not needs_none(getattr(loaded, name))
        and not any(re.search(rf"\b{name}\b", code) for code in examples_of(module, name, page))
    ]
    assert without == []
