"""Measure how many small faults in the code the tests catch, on a seeded sample of mutations.

Cosmic Ray (MIT, `pip install cosmic-ray`) makes the mutations: operators swapped, numbers changed, conditions negated,
decorators removed. Each is written into a copy of the checkout, where the module's own examples and the test file that
mirrors it run first and then, if they pass, the tests that run the mutated line, those of its package first. Which
these are is told by coverage.py (Apache 2.0, `pip install pytest-cov`), in a run of the suite made before. Mutations of
annotations are not drawn, since no test can catch them.

    python -m pytest --numprocesses 2 --cov=shotscale --cov=authorship --cov-context=test --cov-report=
    python benchmarks/mutations.py --sample 200 --seed 0 --json survivors.json
    python benchmarks/mutations.py --only shotscale/shotlists --sample 40
"""

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGES = ("shotscale", "authorship")
# Seconds after which a test run counts as hung; MOST_TESTS need a fifth of it on a busy core.
TIME_LIMIT = 900
MOST_TESTS = 400  # that run a line, nearest first: more would take minutes and are of the same kind


@dataclass(frozen=True)
class Mutant:
    """A mutation: module (a path from the root), operator, occurrence, line, and the new text of that line."""

    module: str
    operator: str
    occurrence: int
    line: int
    becomes: str


def operators() -> dict[str, Any]:
    """Return Cosmic Ray's operators that need no settings, by name."""
    from cosmic_ray import plugins

    found = {name: plugins.get_operator(name) for name in plugins.operator_names() if "NoOp" not in name}
    return {name: operator() for name, operator in found.items() if not operator.arguments()}


def meaning(source: str) -> str | None:
    """Return a module's syntax tree as text, without annotations and positions; None if it is not Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a * or / between parameters, mutated like an operator
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    argument.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


def changed_line(before: str, after: str) -> tuple[int, str]:
    old, new = before.splitlines(), after.splitlines()
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)) - 1)
    return at + 1, new[at].strip()


def mutants_of(path: Path, everything: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield operator and occurrence of each possible mutation of a module."""
    from cosmic_ray.ast import ast_nodes, get_ast_from_path

    tree = get_ast_from_path(path)
    for name, operator in everything.items():
        places = sum(1 for node in ast_nodes(tree) for _ in operator.mutation_positions(node))
        yield from ((name, number) for number in range(places))


def draw(root: Path, modules: Sequence[Path], size: int, seed: int) -> Iterator[tuple[Mutant, str]]:
    """Yield `size` mutants and their modules' new source, drawn uniformly from all possible mutations."""
    from cosmic_ray.mutating import mutate_code

    everything = operators()
    places = [(path, *place) for path in modules for place in mutants_of(path, everything)]
    random.Random(seed).shuffle(places)
    drawn = 0
    for path, name, occurrence in places:
        before = path.read_text(encoding="utf-8")
        after = mutate_code(before, everything[name], occurrence)
        if after is None or meaning(after) in {None, meaning(before)}:
            continue
        yield Mutant(str(path.relative_to(root)), name, occurrence, *changed_line(before, after)), after
        drawn += 1
        if drawn == size:
            return


class Suite:
    """The tests of the project, and which of them run a line of a module, by a database of coverage.py."""

    def __init__(self, database: Path) -> None:
        from coverage import CoverageData

        self._data = CoverageData(str(database))
        self._data.read()
        if not self._data.measured_files():
            raise SystemExit(f"{database}: has no coverage; run the tests with --cov, as above")

    def running(self, module: Path, line: int, source: str) -> list[str]:
        """Return the tests that run a line; of a line outside functions, which runs on import, those of the module."""
        measured = next((name for name in self._data.measured_files() if name.endswith(f"/{module}")), "")
        told = {number: set(contexts) - {""} for number, contexts in self._data.contexts_by_lineno(measured).items()}
        bodies = [
            node.body[0].lineno
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef) and node.body[0].lineno <= line <= (node.end_lineno or 0)
        ]
        # A statement of several lines is known by its first.
        ran = sorted(number for number in told if not bodies or max(bodies) <= number <= line)
        contexts = set().union(*(told[number] for number in (ran[-1:] if bodies else ran)))
        tests = {context.rpartition("|")[0] for context in contexts}
        return sorted(tests, key=lambda test: (-_shared(test, module), test))[:MOST_TESTS]


def _shared(test: str, module: Path) -> int:
    """Return how much of its path a test shares with the folder of the module's tests."""
    return len(os.path.commonpath([test.partition("::")[0], f"tests/{module.parent}"]))


def nearest(module: Path, root: Path) -> list[str]:
    """Return a module's examples and the test file that mirrors it."""
    mirror = Path("tests", module.parent, f"test_{module.stem.strip('_')}.py")
    return [str(path) for path in (module, mirror) if (root / path).is_file()]


def noticed(root: Path, tests: Sequence[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-n", "0", *tests]
    environment = os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env=environment,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode not in (0, 5)  # 5: no test is there


def is_killed(root: Path, mutant: Mutant, source: str, suite: Suite) -> bool:
    """Write a mutant, run its tests and restore the module; return whether any test failed."""
    path, module = root / mutant.module, Path(mutant.module)
    before = path.read_text(encoding="utf-8")
    runs = nearest(module, root), suite.running(module, mutant.line, before)
    path.write_text(source, encoding="utf-8")
    try:
        return any(noticed(root, tests) for tests in runs if tests)
    finally:
        path.write_text(before, encoding="utf-8")


def copy_checkout(to: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, to / name)
    subprocess.run(["git", "init", "-q"], cwd=to, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="A package or module, as a path from the root.")
    parser.add_argument("--coverage", type=Path, default=ROOT / ".coverage", help="The database of coverage.py.")
    parser.add_argument("--json", type=Path, help="File for the number tried and the survivors, after each.")
    args = parser.parse_args()
    counts: Counter[tuple[str, bool]] = Counter()
    survivors, suite = [], Suite(args.coverage)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        copy_checkout(root)
        modules = sorted(p for name in PACKAGES for p in (root / name).rglob("*.py"))
        chosen = [p for p in modules if not args.only or str(p.relative_to(root)).startswith(args.only)]
        for number, (mutant, source) in enumerate(draw(root, chosen, args.sample, args.seed), start=1):
            killed = is_killed(root, mutant, source, suite)
            counts["/".join(Path(mutant.module).parts[:2]).removesuffix(".py"), killed] += 1
            if not killed:
                survivors.append(asdict(mutant))
                print(f"{number}: {mutant.module}:{mutant.line} survives as: {mutant.becomes}", flush=True)
            if args.json:
                told = {"tried": number, "survivors": survivors}
                args.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    total = sum(counts.values())
    for part in sorted({part for part, _ in counts}):
        print(f"| {part} | {counts[part, True]} of {counts[part, True] + counts[part, False]} |")
    print(
        f"{total - len(survivors)} of {total} killed ({(total - len(survivors)) / max(total, 1):.3f}), seed {args.seed}"
    )


if __name__ == "__main__":
    main()
