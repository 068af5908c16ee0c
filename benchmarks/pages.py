"""Run every command and snippet of the documentation and write the output into the pages, pictures included.

python benchmarks/pages.py                        # every page and notebook; some minutes
python benchmarks/pages.py docs/codebook.md       # some of them
python benchmarks/pages.py --check                # change nothing: show where pages are out of date

Fenced blocks are run if they are ``console`` (the lines that begin with ``$ ``), ``python`` (one namespace per page;
the last expression is shown) or ``r`` (each block continues the one before); the output goes into the block itself or
into a ``text`` block after it. A block with ``title="NAME"`` is a file that the reader saves.
``<!-- generated: f(x) -->`` .. ``<!-- end -->`` holds the output of a function of ``page_parts``. A page with
``<!-- goes on from PAGE -->`` starts in the folder that the other page leaves. ``<!-- in tests: A => B -->`` replaces a
command by a shorter one in the tests; if B is ``run by PAGE: A``, the command is left to the test of another page.
``<!-- stand-in: f(x) -->`` makes a file that the reader would supply, with a function of ``stand_ins``.
"""

import argparse
import ast
import contextlib
import difflib
import io
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import notebooks
import page_parts
import stand_ins
from PIL import Image

from shotscale.files import atomic_write

NUMBER = re.compile(r"[-−+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
BARS = re.compile(r"[█▏▎▍▌▋▊▉]+")
LARGEST_PICTURE = 200_000
"""Bytes; small enough for several on a page of the site."""

logger = logging.getLogger("pages")

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(
    r"^```(?P<language>console|python|r|csv|text)(?P<options>[^\n`]*)\n(?P<body>.*?)^```$"
    r"(?:\n\n```text\n(?P<shown>.*?)^```$)?",
    flags=re.DOTALL | re.MULTILINE,
)
GENERATED = re.compile(r"<!-- generated: (?P<call>[^>]*) -->\n.*?<!-- end -->", flags=re.DOTALL)
SHORTER = re.compile(r"<!-- in tests: (?P<long>.*?) => (?P<short>.*?) -->")
GOES_ON = re.compile(r"<!-- goes on from (?P<page>\S+) -->")
STAND_IN = re.compile(r"<!-- stand-in: (?P<call>[^>]*) -->")
PICTURE = re.compile(r"!\[[^]]*\]\((?P<path>[^)]+\.(?:png|svg))\)")
ELSEWHERE = "run by "
OWN_TEST = "<!-- run by a test of its own -->"
R_MARK = "--- here the block begins ---"
IN_PROCESS = ("authorship", "shotscale")
TOOLS = ("head", "ls")


class PageError(Exception):
    """A command or snippet of a page did not do what the page promises."""


@dataclass
class Runner:
    """Run the blocks of a page, and of the pages that it continues, in one folder."""

    folder: Path
    shorter: dict[str, str] = field(default_factory=dict)
    namespace: dict[str, Any] = field(default_factory=dict)
    r_blocks: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    skipped: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def run_page(self, text: str) -> str:
        """Run a page's text and return it with the current output."""
        self.namespace, self.r_blocks = {"__name__": "__page__"}, []
        with contextlib.chdir(self.folder):
            for stand_in in STAND_IN.finditer(text):
                eval(stand_in["call"], {name: getattr(stand_ins, name) for name in stand_ins.__all__})
            text = BLOCK.sub(self._block, text)
        return GENERATED.sub(lambda part: generated(part["call"]), text)

    def _block(self, block: re.Match[str]) -> str:
        language, body = block["language"], block["body"]
        fence = f"```{language}{block['options']}\n"
        if (title := re.search(r'title="([^"]+)"', block["options"])) is not None:
            Path(title[1]).write_text(body, encoding="utf-8")
            return block[0]
        if language == "console":
            return f"{fence}{self._console(body)}```"
        if language == "python":
            return with_output(f"{fence}{body}```", self._python(self._short(body)))
        if language == "r":
            if (shown := self._r(body)) is None:
                return block[0]
            return with_output(f"{fence}{body}```", shown)
        return block[0]

    def _console(self, body: str) -> str:
        lines = []
        for line in body.splitlines():
            if line.startswith("$ "):
                command, start = self._short(line[2:]), time.process_time()
                lines += [line, *self._command(command).splitlines()]
                logger.info("  %5.1f s  $ %s", time.process_time() - start, command)
        return "".join(f"{line.rstrip()}\n" for line in lines)

    def _short(self, code: str) -> str:
        for long, short in self.shorter.items():
            if long in code:
                self.used.add(long)
                code = code.replace(long, short)
        return code

    def _command(self, command: str) -> str:
        if command.startswith(ELSEWHERE):
            self.elsewhere.append(command)
            return ""
        program, *arguments = shlex.split(command)
        if program in IN_PROCESS:
            return in_process(program, arguments)
        if program not in TOOLS:
            raise PageError(f"{command}: pages run {', '.join((*IN_PROCESS, *TOOLS))}")
        done = subprocess.run(
            [program, *arguments], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
        if done.returncode:
            raise PageError(f"{command}: {done.stderr}")
        return done.stdout.rstrip()

    def _python(self, body: str) -> str:
        tree = ast.parse(body)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        out = io.StringIO()
        with contextlib.redirect_stdout(out), plain_matplotlib():
            exec(compile(tree, "<page>", "exec"), self.namespace)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<page>", "eval"), self.namespace)
                if value is not None:
                    print(repr(value))
        return out.getvalue().rstrip()

    def _r(self, body: str) -> str | None:
        if shutil.which("Rscript") is None:
            self.skipped.append("Rscript is not installed")
            return None
        code = "\n".join([*self.r_blocks, f'cat("{R_MARK}\\n")', body])
        self.r_blocks.append(body)
        done = subprocess.run(
            ["Rscript", "--vanilla", "-"], input=code, capture_output=True, text=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise PageError(f"R: {done.stderr}")
        return done.stdout.rpartition(f"{R_MARK}\n")[2].rstrip()


def with_output(block: str, shown: str) -> str:
    """Return a block followed by its output."""
    text = "".join(f"{line.rstrip()}\n" for line in shown.splitlines())
    return f"{block}\n\n```text\n{text}```" if text else block


def in_process(program: str, arguments: list[str]) -> str:
    """Run one of the project's commands in this process and return its output."""
    main: Callable[[], None]
    if program == "authorship":
        from authorship.cli.app import main
    else:
        from shotscale.cli.app import main
    out, err, argv = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = [program, *arguments]
    status = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as leaving:
        status = int(leaving.code or 0)
    finally:
        sys.argv = argv
    if status:
        raise PageError(f"{program} {shlex.join(arguments)}: exit status {status}: {err.getvalue()}")
    return out.getvalue().rstrip()


@contextlib.contextmanager
def plain_matplotlib() -> Iterator[None]:
    """Let snippets draw without a window, and close the figures they leave open."""
    import matplotlib as mpl

    mpl.use("Agg")
    yield
    from matplotlib import pyplot as plt

    plt.close("all")


def generated(call: str) -> str:
    """Return a generated part of a page between its markers."""
    content = eval(call, {name: getattr(page_parts, name) for name in page_parts.__all__})
    return f"<!-- generated: {call} -->\n{content.strip()}\n<!-- end -->"


def pages() -> list[Path]:
    """Return every page with something to run or to generate."""
    return [page for page in sorted(DOCS.rglob("*.md")) if has_work(page.read_text(encoding="utf-8"))]


def has_work(text: str) -> bool:
    if OWN_TEST in text:
        return False
    if GENERATED.search(text):
        return True
    blocks = [(block["language"], block["body"]) for block in BLOCK.finditer(text)]
    return any(language in {"python", "r"} or "\n$ " in f"\n{body}" for language, body in blocks)


def chain(page: Path) -> list[Path]:
    """Return a page, preceded by the pages that it continues."""
    before = GOES_ON.search(page.read_text(encoding="utf-8"))
    return [*(chain((page.parent / before["page"]).resolve()) if before else []), page]


def rewritten(page: Path, folder: Path, *, tests: bool = False) -> tuple[str, Runner]:
    """Run a page after the pages that it continues, and return its updated text and the runner.

    Parameters
    ----------
    page : Path
    folder : Path
        Where commands run; initially empty.
    tests : bool
        Whether to run the page's shorter commands.
    """
    runner = Runner(folder)
    text = ""
    for step in chain(page):
        text = step.read_text(encoding="utf-8")
        if tests:
            runner.shorter |= {part["long"]: part["short"] for part in SHORTER.finditer(text)}
        text = runner.run_page(text)
    return text, runner


def shown(text: str) -> list[str]:
    """Return the lines of a page without bars."""
    return [BARS.sub("", line).rstrip() for line in text.splitlines()]


def differences(old: str, new: str) -> list[tuple[str, str]]:
    """Find lines that differ in a word, or in a number by more than 2 % and two units of its last decimal."""
    before, now = shown(old), shown(new)
    found = [] if len(before) == len(now) else [(f"{len(before)} lines", f"{len(now)} lines")]
    return found + [pair for pair in zip(before, now, strict=False) if not same(*pair)]


def same(a: str, b: str) -> bool:
    if NUMBER.sub("#", a).split() != NUMBER.sub("#", b).split():
        return False
    return all(near(x, y) for x, y in zip(NUMBER.findall(a), NUMBER.findall(b), strict=True))


def near(x: str, y: str) -> bool:
    a, b = float(x.replace("−", "-")), float(y.replace("−", "-"))
    last_digit = 10.0 ** -len(x.partition(".")[2])
    return abs(a - b) <= max(0.02 * abs(a), 2 * last_digit if "." in x else 0)


def take_pictures(page: Path, text: str, folder: Path) -> None:
    """Copy the pictures that a page shows and its commands drew, small enough for a repository."""
    for link in PICTURE.finditer(text):
        for drawn in sorted(folder.rglob(Path(link["path"]).name))[:1]:
            target = page.parent / link["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            store_picture(drawn, target)


def store_picture(source: Path, target: Path, *, width: int = 1200) -> None:
    """Write a picture in 255 colors, at most `width` pixels wide; narrower if the file would be too large."""
    with Image.open(source) as image:
        whole = image.convert("RGB")
    while True:
        small = whole.copy()
        small.thumbnail((width, 4 * width), Image.Resampling.LANCZOS)
        small.quantize(255, dither=Image.Dither.NONE).save(target, optimize=True)
        if target.stat().st_size <= LARGEST_PICTURE:
            return
        width = width * 5 // 6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", type=Path, help="pages and notebooks; by default all")
    parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 if a page is out of date")
    options = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    logger.setLevel(logging.INFO)
    stale = 0
    for page in [path.resolve() for path in options.pages] or [*pages(), *notebooks.all_notebooks()]:
        logger.info("%s", page.relative_to(ROOT))
        with tempfile.TemporaryDirectory() as folder:
            if page.suffix == ".ipynb":
                old, new = notebooks.texts(page, Path(folder), write=not options.check)
            else:
                old = page.read_text(encoding="utf-8")
                new, _ = rewritten(page, Path(folder).resolve())
                if not options.check:
                    take_pictures(page, new, Path(folder))
                    with atomic_write(page) as stream:
                        stream.write(new)
        if options.check and differences(old, new):
            stale = 1
            sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True), str(page), "now"))
    return stale


if __name__ == "__main__":
    sys.exit(main())
