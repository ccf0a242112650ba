"""``test``: runs the tests of scripts and reports as test runners do.

Input: a folder of scripts, of tests, or a test file. Output: progress, failures, a summary; coverage and a JUnit file
if asked for. Exit 1 when a test fails, a file cannot be read, coverage is too low, or nothing was found to run.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..authoring.testing import NOW, SEED, BadTestFile, Coverage, Stage, Test, TestOutcome, collect, junit_xml
from ..authoring.testing.files import TEST_FILES, is_test_file, tenants_in
from ..interpreter import LuaSyntaxError
from ..interpreter.text import to_text
from ..routing.request import BadRequest, read_whole_request
from ..routing.scripts_folder import SUFFIX, TESTS
from ..untrusted.files import FileError, read_regular
from .options import UsageError, add_switches, at_least, clock, percent, write_file
from .output import say, say_lines
from .sources import Sources

if TYPE_CHECKING:
    from .options import Commands

_WIDTH = 80
MAX_WARNINGS = 20
"""Of answers, that are shown."""


def add_commands(commands: Commands) -> None:
    """Add this module's command."""
    test = commands.add_parser("test", help="run the tests of scripts")
    test.add_argument("path", nargs="?", default="scripts", metavar="PATH", help="a folder or a test file (scripts)")
    test.add_argument("-k", metavar="WORDS", help="only tests whose name has the words; and, or, not between them")
    test.add_argument("-v", "--verbose", action="store_true", help="a line for each test")
    test.add_argument("--seed", type=at_least(0), default=SEED, metavar="N", help=f"seed where none is given ({SEED})")
    test.add_argument("--now", type=clock, default=NOW, metavar="T", help="clock where none is given (2026-01-01)")
    test.add_argument("--coverage", action="store_true", help="report the lines that no test has run")
    test.add_argument("--fail-under", type=percent, metavar="PERCENT", help="exit 1 below this coverage")
    test.add_argument("--junit", metavar="FILE", help="write a JUnit report")
    test.add_argument("--watch", action="store_true", help="again whenever a file has changed")
    add_switches(test)
    test.set_defaults(command=_test)


def _test(options: argparse.Namespace) -> int:
    if options.watch:
        from .watching import watch

        watch(_watched(Path(options.path)), (".lua", ".json", ".yaml", ".yml"), lambda: _tested(options))
    return _tested(options)


def _watched(path: Path) -> Path:
    """The folder whose changes concern the tests of ``path``: that of the scripts."""
    parents = [path, *path.absolute().parents]
    scripts = next((folder.parent for folder in parents if folder.name == TESTS), path)
    return scripts if scripts.is_dir() else scripts.parent


def _tested(options: argparse.Namespace) -> int:
    path = Path(options.path)
    read = Sources(lambda name: name.endswith(SUFFIX) or is_test_file(name))
    files, errors = _test_files(path, read)
    coverage = Coverage() if options.coverage or options.fail_under is not None else None
    stages: dict[Path, Stage] = {}
    started = time.perf_counter()
    tests: list[Test] = []
    for file, source in files.items():
        root = _root(file)
        if root not in stages:
            stages[root] = _stage(root, read, options, coverage)
        try:
            tests.extend(collect(stages[root], str(file), source))
        except BadTestFile as error:
            errors.append(str(error))
    found = len(tests)
    if options.k is not None:
        tests = [test for test in tests if _is_chosen(options.k, test.id)]
    results = list(_run(tests, options.verbose))
    _print_failures(results, errors)
    too_low = coverage is not None and not _report(coverage, stages.values(), options.fail_under)
    if options.junit is not None:
        write_file(options.junit, junit_xml(results, errors))
    _print_warnings(stages.values())
    if not results and not errors:
        _print_nothing(path, options.k if found else None)
    failed = sum(not outcome.passed for _, outcome, _ in results)
    _print_summary(failed, len(results) - failed, len(errors), found - len(tests), time.perf_counter() - started)
    return 1 if failed or errors or too_low or not results else 0


# files


def _test_files(path: Path, read: Sources) -> tuple[dict[Path, bytes], list[str]]:
    """The test files in and below ``path``, and what cannot be one."""
    if not path.exists():
        raise UsageError(f"no such file or folder: {path}")
    if not path.is_dir():
        try:
            return {path: read_regular(path)}, []
        except FileError as error:
            return {}, [f"{path}: {error}"]
    inside = TESTS in path.absolute().parts

    def is_test(file: Path) -> bool:
        return is_test_file(file.name) and (inside or TESTS in file.relative_to(path).parts[:-1])

    files: dict[Path, bytes] = {}
    below = read.below(path)
    errors = [f"{file}: {why}" for file, why in read.odd.items() if is_test(file)]
    for name, source in below.items():
        file = path / name
        if is_test(file):
            files[file] = source
        elif (inside or TESTS in file.relative_to(path).parts[:-1]) and _HAS_TESTS.search(source):
            errors.append(f"{file}: not run: files of tests are called {', '.join(TEST_FILES)}")
    return files, errors


_HAS_TESTS = re.compile(rb"^function[ \t]+test_\w", re.MULTILINE)


def _root(file: Path) -> Path:
    """The scripts folder that a test file belongs to."""
    return next((folder.parent for folder in file.parents if folder.name == TESTS), file.parent)


def _stage(root: Path, read: Sources, options: argparse.Namespace, coverage: Coverage | None) -> Stage:
    scripts = tenants_in(read.below(root))
    switches = options.allow_load, options.inert_io
    return Stage(
        scripts, read.modules(root), read_whole_request, (BadRequest,), options.seed, options.now, coverage, *switches
    )


def _is_chosen(words: str, name: str) -> bool:
    """pytest's -k without parentheses: ``canary and not percent or blue``."""

    def has(term: str) -> bool:
        word = term.strip().lower()
        return word[4:].strip() not in name.lower() if word.startswith("not ") else word in name.lower()

    return any(all(has(term) for term in part.split(" and ")) for part in words.split(" or "))


# output


def _run(tests: Sequence[Test], verbose: bool) -> Iterator[tuple[Test, TestOutcome, float]]:
    column = 0
    file = ""
    for number, test in enumerate(tests, 1):
        started = time.perf_counter()
        outcome = test.run()
        seconds = time.perf_counter() - started
        progress = f"[{100 * number // len(tests):3d}%]"
        if verbose:
            line = f"{test.id} {'PASSED' if outcome.passed else 'FAILED'}"
            say(f"{line:{_WIDTH - 7}} {progress}", colour="" if outcome.passed else "red")
        else:
            if test.file != file:
                file, column = test.file, len(test.file) + 1
                say(f"{file} ", end="")
            say("." if outcome.passed else "F", end="", flush=True, colour="" if outcome.passed else "red")
            column += 1
            if number == len(tests) or tests[number].file != file or column >= _WIDTH - 8:
                say(f"{'':{max(1, _WIDTH - 6 - column)}}{progress}")
                column = 0
        yield test, outcome, seconds


def _print_failures(results: Sequence[tuple[Test, TestOutcome, float]], errors: Sequence[str]) -> None:
    if errors:
        say(f"{' ERRORS ':=^{_WIDTH}}", colour="red")
        for error in errors:
            say_lines(error)
    failures = [(test, outcome) for test, outcome, _ in results if not outcome.passed]
    if failures:
        say(f"{' FAILURES ':=^{_WIDTH}}", colour="red")
    for test, outcome in failures:
        say(f"{f' {test.name} ':_^{_WIDTH}}")
        say(test.file)
        say_lines(outcome.message)
        for line in outcome.traceback:
            say(f"    {line}")
        if outcome.output:
            say(f"{' log ':-^{_WIDTH}}")
            say_lines(outcome.output)


def _report(coverage: Coverage, stages: Iterable[Stage], least: float | None) -> bool:
    """Print the table; whether coverage suffices."""
    for stage in stages:
        for script in stage.scripts:
            try:
                coverage.know([stage.program(script)])
            except LuaSyntaxError as error:
                say(to_text(error.told))
    files = coverage.files()
    width = max([len("Name"), *(len(file.name) for file in files)])
    say(f"{' coverage ':=^{_WIDTH}}")
    say(f"{'Name':{width}}  Lines  Missed  Cover   Missing")
    rows = [(file.name, file.lines, len(file.missed), file.percent, file.missing) for file in files]
    percent = coverage.percent()
    rows.append(("Total", sum(row[1] for row in rows), sum(row[2] for row in rows), percent, ""))
    for name, lines, missed, cover, missing in rows:
        say(f"{name:{width}}  {lines:5}  {missed:6}  {int(cover):4}%   {missing}".rstrip())
    if least is not None and percent < least:
        say(f"coverage {percent:.2f}% is below {least:g}%")
        return False
    return True


def _print_warnings(stages: Iterable[Stage]) -> None:
    warnings = [warning for stage in stages for warning in stage.warnings]
    if warnings:
        say(f"{' WARNINGS ':=^{_WIDTH}}", colour="yellow")
        say_lines("\n".join(warnings[:MAX_WARNINGS]))
        if len(warnings) > MAX_WARNINGS:
            say(f"and {len(warnings) - MAX_WARNINGS} more")


def _print_nothing(path: Path, words: str | None) -> None:
    """Where it was looked, and for what."""
    if words is not None:
        say(f"no test's name has what -k asks for: {words}")
    else:
        say(f"no tests in {path}: {', '.join(TEST_FILES)} in folders called {TESTS} are looked for")


def _print_summary(failed: int, passed: int, errors: int, deselected: int, seconds: float) -> None:
    counts = (
        (failed, "failed"),
        (passed, "passed"),
        (deselected, "deselected"),
        (errors, "error" if errors == 1 else "errors"),
    )
    parts = [f"{count} {word}" for count, word in counts if count]
    if not failed + passed + errors:
        parts.insert(0, "no tests ran")
    summary = f" {', '.join(parts)} in {seconds:.2f}s "
    say(f"{summary:=^{_WIDTH}}", colour="green" if passed and not failed + errors else "red")
