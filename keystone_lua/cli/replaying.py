"""``replay``: the decisions of a log taken again and compared, the chain checked."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..audit import GENESIS, Replay, replay_logs
from ..audit.anchored import Anchored
from ..audit.anchors import read_key
from ..interpreter import COST_VERSION
from ..untrusted.files import FileError, open_regular
from ..untrusted.text import printable
from .engines import add_engine_arguments, elsewhere, engine
from .options import UsageError, add_cap_arguments, caps_of
from .output import counted, say, say_json
from .progress import Bar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..audit.receipts import Missed, Receipt
    from .options import Commands

SHOWN = 300
"""Characters of a recorded or new value that a line shows."""


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    again = commands.add_parser("replay", help="take the decisions of a log again and compare")
    again.add_argument("logs", nargs="+", metavar="LOG", help="a decision log; its closed segments are read with it")
    again.add_argument(
        "--expect-head", action="append", default=[], metavar="HASH", type=_hash,
        help="the hash that the log must end with, as noted elsewhere; once for each chain",
    )  # fmt: skip
    again.add_argument(
        "--after", default=GENESIS, metavar="HASH", type=_hash,
        help="the hash that the first record follows, when older segments are kept elsewhere",
    )  # fmt: skip
    again.add_argument("--scripts", metavar="FOLDER", type=Path, help="the archive of scripts (default LOG.scripts)")
    again.add_argument(
        "--vault", action="append", default=[], metavar="FILE", type=Path,
        help="masked values, as serve --vault has kept them; may be given again",
    )  # fmt: skip
    again.add_argument(
        "--anchors", action="append", default=[], metavar="FILE", type=Path,
        help="heads that were noted while the log was written, see serve --decision-log-anchors; may be given again",
    )  # fmt: skip
    again.add_argument("--seal-key", metavar="FILE", type=Path, help="the key that they must be sealed with")
    add_engine_arguments(again)
    again.add_argument(
        "--strict",
        action="store_true",
        help="exit 1 also for what cannot be proved: gaps, records that are not replayable",
    )
    add_cap_arguments(again)
    mode = again.add_mutually_exclusive_group()
    mode.add_argument("--receipts", metavar="FILE", help="write what each run does, line by line, instead of comparing")
    mode.add_argument("--bisect", metavar="FILE", type=Path, help="the first line where runs differ from such a file")
    again.add_argument("--json", action="store_true", help="one JSON object on standard output")
    again.set_defaults(command=_replay)


def _hash(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no SHA-256 in hexadecimal")
    return text


def _replay(options: argparse.Namespace) -> int:
    if options.seal_key is not None and not options.anchors:
        raise UsageError("--seal-key is of --anchors FILE")
    if options.receipts is not None or options.bisect is not None:
        return _with_receipts(options)
    bar = Bar("replay")
    try:
        with engine(options) as executor:
            result = replay_logs(
                [elsewhere(Path(text), options) for text in options.logs],
                scripts=None if options.scripts is None else elsewhere(options.scripts, options),
                after=options.after,
                expected=options.expect_head,
                caps=caps_of(options),
                vaults=[elsewhere(path, options) for path in options.vault],
                anchors=[elsewhere(path, options) for path in options.anchors],
                seal_key=None if options.seal_key is None else read_key(options.seal_key),
                processes=options.processes,
                executor=executor,
                progress=bar.show,
            )
    except OSError as error:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}" if error.filename else str(error)) from None
    finally:
        bar.clear()
    if options.json:
        say_json(_facts(result))
    else:
        _print(result)
    return 0 if (result.proved if options.strict else result.good) else 1


_NOT_WITH_RECEIPTS: Final = (
    "after", "anchors", "engine", "expect_head", "json", "processes", "scheduler", "seal_key", "strict", "vault",
)  # fmt: skip
"""Options of the comparison, which receipts do not make."""


def _with_receipts(options: argparse.Namespace) -> int:
    from ..audit.receipts import receipts

    for name in _NOT_WITH_RECEIPTS:
        if vars(options)[name] not in (None, False, [], "local", GENESIS):
            raise UsageError(f"--{name.replace('_', '-')} is not for --receipts or --bisect")
    found = (
        receipt
        for text in options.logs
        for receipt in receipts(Path(text), scripts=options.scripts, caps=caps_of(options))
    )
    try:
        if options.receipts is not None:
            return _write(Path(options.receipts), found)
        return _bisect(options.bisect, found)
    except OSError as error:
        raise UsageError(f"cannot read or write {error.filename}: {error.strerror}") from None
    except (FileError, ValueError) as error:
        raise UsageError(f"{options.bisect}: {error}") from None


def _write(file: Path, found: Iterator[Receipt | Missed]) -> int:
    from ..audit.receipts import Receipt

    written = missed = 0
    with file.open("w", encoding="utf-8") as out:
        for each in found:
            if isinstance(each, Receipt):
                written += 1
                out.write(each.to_json() + "\n")
            else:
                missed += 1
                _tell(each)
    say(f"{counted(written, 'receipt')} in {file}")
    return 0 if written and not missed else 1


def _tell(missed: Missed) -> None:
    say(printable(f"{missed.record}: no receipt: {missed.why[:SHOWN]}"))


def _bisect(file: Path, found: Iterator[Receipt | Missed]) -> int:
    from ..audit.receipts import MAX_RECEIPT, Missed, parting, read_receipt

    same = differ = unknown = 0
    with open_regular(str(file)) as stream:
        places: dict[str, int] = {}
        while line := stream.readline(MAX_RECEIPT + 1):
            places[read_receipt(line).record] = stream.tell() - len(line)
        for mine in found:
            place = places.pop(mine.record, None)
            if isinstance(mine, Missed):
                _tell(mine)
                unknown += 1
                continue
            if place is None:
                unknown += 1
                continue
            stream.seek(place)
            where = parting(read_receipt(stream.readline()), mine)
            same += where is None
            differ += where is not None
            if where is not None:
                say(printable(f"{mine.record}: {where}"))
    say(f"{same} same, {differ} different, {unknown + len(places)} that only one side has")
    return 1 if differ or unknown or places or not same else 0


def _print(result: Replay) -> None:
    found = result.findings
    for difference in found.differences:
        fields = [f"{name} was {_shown(was)} and is {_shown(now)}" for name, (was, now) in difference.fields.items()]
        say(f"{difference.file}:{difference.line}: {difference.id}: {'; '.join(fields)}")
    for broken in result.breaks:
        say(str(broken))
    for text in result.unexpected:
        say(text)
    if result.anchored is not None:
        _print_anchored(result.anchored)
    for reason, count in sorted(found.not_replayable.items()):
        say(f"not replayable: {count}, {reason}")
    if found.gaps:
        say(f"gaps: {found.gaps}, in which {counted(found.dropped, 'record is', 'records are')} known to be missing")
    if found.answers_only:
        others = counted(found.answers_only, "record is", "records are")
        say(f"costs: {others} of another cost table than {COST_VERSION}; counts not compared")
    for text in result.not_excluded:
        say(f"not excluded: {text}")
    for head in result.heads:
        say(f"head {head.hash} {head.file} ({counted(head.lines, 'line')})")
    say(
        f"{counted(result.records, 'record')}: {found.same} same, {len(found.differences)} different, "
        f"{found.not_replayable.total()} not replayable, {_verdict(result)}"
    )


def _print_anchored(found: Anchored) -> None:
    for text in found.problems:
        say(text)
    if found.unread:
        say(f"anchors: {counted(found.unread, 'line is none', 'lines are none')}")
    for covered in found.covered:
        say(f"anchored: {covered.file} up to record {covered.number}, at {covered.when}")


def _verdict(result: Replay) -> str:
    contradictory, breaks = result.findings.contradictory, len(result.breaks)
    if not sum(head.lines for head in result.heads):
        return "nothing was read"
    if contradictory:
        breaks -= contradictory
        return f"{contradictory} contradictory, {_chain(breaks, result)}"
    return _chain(breaks, result)


def _chain(breaks: int, result: Replay) -> str:
    verdict = "chain ok" if not breaks else f"chain broken at {breaks} place{'s' if breaks > 1 else ''}"
    if result.anchored is not None:
        verdict += (
            ", not as anchored"
            if result.anchored.problems
            else f", {counted(result.anchored.held, 'anchor holds', 'anchors hold')}"
        )
    return verdict + (", head not as expected" if result.unexpected else "")


def _facts(result: Replay) -> dict[str, Any]:
    found = result.findings
    return {
        "records": result.records,
        "same": found.same,
        "different": len(found.differences),
        "not_replayable": dict(sorted(found.not_replayable.items())),
        "contradictory": found.contradictory,
        "counts_not_compared": found.answers_only,
        "gaps": found.gaps,
        "dropped": found.dropped,
        "differences": [
            {
                "file": difference.file,
                "line": difference.line,
                "id": difference.id,
                "tenant": difference.tenant,
                "fields": {name: {"was": was, "is": now} for name, (was, now) in difference.fields.items()},
            }
            for difference in found.differences
        ],
        "breaks": [{"file": b.file, "line": b.line, "problem": b.problem} for b in result.breaks],
        "unexpected_heads": result.unexpected,
        "heads": [{"file": head.file, "lines": head.lines, "hash": head.hash} for head in result.heads],
        "anchors": None if result.anchored is None else _anchored_facts(result.anchored),
        "good": result.good,
        "proved": result.proved,
        "not_excluded": result.not_excluded,
    }


def _anchored_facts(found: Anchored) -> dict[str, Any]:
    covered = [{"file": c.file, "number": c.number, "time": c.time, "after": c.after} for c in found.covered]
    return {
        "held": found.held,
        "problems": found.problems,
        "covered": covered,
        "uncovered": found.uncovered,
        "sealed": found.sealed,
        "unread": found.unread,
    }


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
