"""MkDocs hooks: notebooks become pages, with the pictures stored in them."""

import base64
import json
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

PICTURES = {"image/png": ".png", "image/svg+xml": ".svg"}


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add a page and its pictures for each notebook; the notebook itself stays available for download."""
    for file in list(files):
        if file.src_uri.endswith(".ipynb"):
            for made in as_page(file, config):
                files.append(made)
    return files


def as_page(notebook: File, config: MkDocsConfig) -> list[File]:
    """Return a notebook as a Markdown page and picture files."""
    assert notebook.abs_src_path is not None
    cells = json.loads(Path(notebook.abs_src_path).read_text(encoding="utf-8"))["cells"]
    stem = notebook.src_uri.removesuffix(".ipynb")
    parts: list[str] = []
    pictures: list[File] = []
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        for output in cell["outputs"]:
            parts.extend(_shown(output, stem, pictures, config))
        if len(parts) == 2:  # the title and the first code: link to the notebook
            parts.insert(1, f"This page is a [notebook]({Path(stem).name}.ipynb); every cell is run by the tests.")
    if not any(".ipynb)" in part for part in parts):
        parts.insert(1, f"This page is a [notebook]({Path(stem).name}.ipynb); every cell is run by the tests.")
    return [File.generated(config, f"{stem}.md", content="\n\n".join(parts) + "\n"), *pictures]


def _shown(output: dict[str, Any], stem: str, pictures: list[File], config: MkDocsConfig) -> list[str]:
    """Return the Markdown of one output of a cell."""
    if output["output_type"] == "stream":
        return [f"```text\n{''.join(output['text']).rstrip()}\n```"]
    data = output.get("data", {})
    for kind, suffix in PICTURES.items():
        if kind in data:
            content = "".join(data[kind])
            name = f"{stem}_{len(pictures) + 1}{suffix}"
            body: str | bytes = base64.b64decode(content) if kind == "image/png" else content
            pictures.append(File.generated(config, name, content=body))
            return [f"![What the cell above draws]({Path(name).name})"]
    return [f"```text\n{''.join(data['text/plain']).rstrip()}\n```"] if "text/plain" in data else []
