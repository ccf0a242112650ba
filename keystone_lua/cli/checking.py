"""``check``: compiles scripts and says what looks wrong in them.

Input: scripts, folders of scripts. Output: findings as text with the source line, as JSON, as SARIF. Exit 1 when there
is an error, with ``--strict`` when there is a warning.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..interpreter.limits import Limits
from ..interpreter.text import from_text, to_text
from ..routing.scripts import Check, Source
from ..routing.scripts_folder import SUFFIX
from ..untrusted.files import FileError, read_regular
from ..untrusted.text import printable
from .options import UsageError, add_switches, read_file, write_file
from .output import say, say_json, say_lines
from .sources import Sources

if TYPE_CHECKING:
    from ..authoring.checker import Finding
    from .options import Commands

COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}

_TAB = 4

_SHOWN = 160
"""Characters of a line that are shown."""


def add_commands(commands: Commands) -> None:
    """Add this module's command."""
    check = commands.add_parser("check", help="compile scripts and report what looks wrong")
    check.add_argument("paths", nargs="+", metavar="PATH", help="a script, a folder of scripts, - for standard input")
    check.add_argument("--plain", action="store_true", help="scripts for exec: they need no on_route_request")
    add_switches(check)
    check.add_argument("--strict", action="store_true", help="exit 1 for warnings too")
    check.add_argument("--json", action="store_true", help="one JSON object on standard output")
    check.add_argument("--sarif", metavar="FILE", help="write the findings as SARIF 2.1.0")
    check.set_defaults(command=_check)


def _check(options: argparse.Namespace) -> int:
    from ..authoring.checker import syntax
    from ..authoring.checker.sarif import sarif_log

    read = Sources(lambda name: name.endswith(SUFFIX))
    sources, odd = _sources(options.paths, read)
    findings = [syntax.unreadable(file, why) for file, why in odd.items()]
    for file, source in sources.items():
        findings += _findings(Path(file), source, read, options)
    if options.sarif is not None:
        write_file(
            options.sarif,
            json.dumps(sarif_log([_in_characters(f, sources) for f in findings]), ensure_ascii=False, indent=2) + "\n",
        )
    if options.json:
        say_json({"files": len(sources), "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            say_lines(_shown(finding, sources.get(finding.file)), COLOURS[finding.severity])
        say(_summary(len(sources), findings))
    serious = ("error", "warning") if options.strict else ("error",)
    return 1 if any(finding.severity in serious for finding in findings) else 0


def _sources(paths: Sequence[str], read: Sources) -> tuple[dict[str, bytes], dict[str, str]]:
    """The scripts in and below ``paths``, by the names that findings show, and likewise why a file can be none."""
    sources: dict[str, bytes] = {}
    odd: dict[str, str] = {}
    for text in paths:
        path = Path(text)
        if text == "-":
            sources["-"] = read_file(text)
        elif path.is_dir():
            sources |= {str(path / name): source for name, source in read.below(path).items()}
            odd |= {str(file): why for file, why in read.odd.items()}
        elif path.exists():
            try:
                sources[str(path)] = read_regular(path)
            except FileError as error:
                odd[str(path)] = str(error)
        else:
            raise UsageError(f"no such file or folder: {text}")
    return sources, odd


def _findings(file: Path, source: bytes, read: Sources, options: argparse.Namespace) -> list[Finding]:
    from ..authoring.checker import check_source
    from ..authoring.checker.placing import placed

    folder, kind, injected = placed(file, options.plain)
    switches = options.allow_load, options.inert_io
    found = check_source(source, from_text(str(file)), read.modules(folder), kind, injected, *switches)
    return [_readable(finding) for finding in found]


def findings_of(limits_of: Callable[[str], Limits]) -> Check:
    """What a dry run of a reload asks for: a tenant's findings, with ``load`` and ``io`` where it has them."""

    def found(tenant: str, source: Source) -> list[dict[str, Any]]:
        from ..authoring.checker import check_source

        limits = limits_of(tenant)
        findings = check_source(source.source, source.name, source.modules, load=limits.load, inert_io=limits.inert_io)
        return [asdict(_readable(finding)) for finding in findings]

    return found


def _in_characters(finding: Finding, sources: Mapping[str, bytes]) -> Finding:
    """With the column in code points, as SARIF's readers count; ours are bytes."""
    from ..authoring.lines import lines_of

    lines = lines_of(sources.get(finding.file, b""))
    if not 0 < finding.line <= len(lines):
        return finding
    return replace(finding, column=len(to_text(lines[finding.line - 1][: finding.column - 1])) + 1)


def _readable(finding: Finding) -> Finding:
    return replace(finding, file=to_text(finding.file), message=to_text(finding.message))


def _summary(files: int, findings: Sequence[Finding]) -> str:
    bad = {finding.file for finding in findings if finding.severity == "error"}
    counts = Counter(finding.severity for finding in findings)
    others = [f", {n} {word}{'s' if n > 1 else ''}" for word in ("warning", "note") if (n := counts[word])]
    return f"{files} {'file' if files == 1 else 'files'} checked, {len(bad)} with errors" + "".join(others)


def _shown(finding: Finding, source: bytes | None) -> str:
    """``file:line:column: severity: message [rule]``, the source line and a caret."""
    from ..authoring.lines import lines_of

    place = f"{finding.file}:{finding.line}:{finding.column}"
    head = printable(f"{place}: {finding.severity}: {finding.message} [{finding.rule}]")
    lines = lines_of(source) if source is not None else []
    if not 0 < finding.line <= len(lines):
        return head
    line = lines[finding.line - 1]
    start = max(0, finding.column - 1 - _SHOWN // 2) if len(line) > _SHOWN else 0  # the part around the place
    before = to_text(line[start : finding.column - 1]).expandtabs(_TAB)
    text = to_text(line[start : start + _SHOWN]).expandtabs(_TAB)
    shown = "".join(character if character.isprintable() else "?" for character in text)
    return f"{head}\n    {shown}\n    {' ' * len(before)}^"
