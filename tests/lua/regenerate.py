"""Write what real Lua prints into the conformance files' ``-->`` comments, or check that it is there.

    python -m tests.lua.regenerate [--check] [FILE...]

Authors write statements; this tool runs each file with its reference (``lua5.1``, or the one that
its first line names) and writes the expectations. ``--check`` changes nothing and exits 1 if any
file would change. The suite itself does not need the references; only this tool does.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .expectations import ROOT, escape, files, output_lines, reference_of

# Reports the main chunk's line of every print, and of the error that ends the file.
_TRACER = r"""
local name = ...
local report = assert(io.open(arg[2], "w"))
local real_tostring, getinfo, select = tostring, debug.getinfo, select
local function main_line()
  local level = 3
  while true do
    local info = getinfo(level, "Sl")
    if not info then return 0 end
    if info.what == "main" and info.short_src == name then return info.currentline end
    level = level + 1
  end
end
local last = 0
function print(...)
  local text = {}
  for i = 1, select("#", ...) do
    text[i] = tostring((select(i, ...)))
    if not ({string = 1, number = 1})[type(text[i])] then error("'tostring' must return a string to 'print'") end
  end
  text = table.concat(text, "\t")
  local _, newlines = text:gsub("\n", "")
  local line = main_line()
  if line == 0 then line = last end
  last = line
  report:write(("out %d\n"):rep(newlines + 1):format(unpack((function()
    local lines = {}
    for i = 1, newlines + 1 do lines[i] = line end
    return lines
  end)())))
end
local chunk = assert(loadfile(name))
arg = nil
xpcall(chunk, function() report:write("error ", main_line(), "\n") end)
report:close()
"""
_FORBIDDEN = re.compile(r"\b(?:table|function|thread|userdata|builtin): 0x|\b-?nan\b|-nan")
_OPENER = re.compile(r"--\[(=*)\[|\[(=*)\[|--|\"|'")


def unsafe_lines(lines: list[str]) -> set[int]:
    """Numbers of the lines that end inside a long string or comment, where no expectation can stand."""
    text = "\n".join(lines)
    position = 0
    found = set()
    while opener := _OPENER.search(text, position):
        token = opener[0]
        if token == "--":
            end = text.find("\n", opener.end())
        elif token in "\"'":
            end = opener.end()
            while end < len(text) and text[end] != token:
                end += 2 if text[end] == "\\" else 1
            end += 1
        else:
            close = "]" + "=" * len(opener[1] or opener[2] or "") + "]"
            end = text.find(close, opener.end()) + len(close)
        if end <= 0:
            break
        found.update(range(text.count("\n", 0, opener.start()) + 1, text.count("\n", 0, end) + 1))
        position = end
    return found


def strip(text: str) -> list[str]:
    """The source without its expectations."""
    lines = []
    for line in text.split("\n"):
        bare = re.sub(r"[ \t]*-->.*$", "", line)
        if bare or line == bare:
            lines.append(bare)
    return lines


def run_reference(command: str, path: Path) -> tuple[list[str], str | None]:
    """What the reference prints for a file, as lines, and the first line of the error that ends it."""
    done = subprocess.run(
        [command, path.name],
        cwd=path.parent, capture_output=True, timeout=60, check=False, env={"TZ": "UTC", "LC_ALL": "C"},
    )  # fmt: skip
    error = None
    if done.returncode:
        error = done.stderr.decode("latin-1").split("\n")[0].removeprefix(f"{command}: ")
    return output_lines(done.stdout.decode("latin-1")), error


def trace_reference(command: str, path: Path) -> tuple[list[int], int | None]:
    """The main chunk's line for every line of output, and the line of the error that ends the file."""
    with tempfile.TemporaryDirectory() as folder:
        tracer = Path(folder, "tracer.lua")
        report = Path(folder, "report")
        tracer.write_text(_TRACER)
        subprocess.run(
            [command, tracer, path.name, report],
            cwd=path.parent, capture_output=True, timeout=60, check=True, env={"TZ": "UTC", "LC_ALL": "C"},
        )  # fmt: skip
        rows = [row.split() for row in report.read_text().splitlines()]
    errors = [int(line) for kind, line in rows if kind == "error"]
    return [int(line) for kind, line in rows if kind == "out"], (errors[-1] if errors else None)


def anchors(lines: list[int]) -> list[int]:
    """Where each expectation stands: beside its statement, or below the last of the lines of its loop."""
    groups: list[list[int]] = []  # line, number of outputs
    for line in lines:
        lowest, count = line, 1
        while groups and groups[-1][0] >= lowest:
            last, more = groups.pop()
            lowest, count = max(lowest, last), count + more
        groups.append([lowest, count])
    return [line for line, count in groups for _ in range(count)]


def annotate(path: Path, text: str, command: str) -> str:
    """The file's text with the reference's answers as its expectations."""
    with tempfile.TemporaryDirectory() as folder:
        return _annotate(Path(folder, path.name), text, command)


def _annotate(path: Path, text: str, command: str) -> str:
    bare = strip(text)
    current = text
    for _ in range(4):
        path.write_text(current, "latin-1")
        output, error = run_reference(command, path)
        for line in [*output, error or ""]:
            if _FORBIDDEN.search(line.replace("\\t", " ")):
                raise SystemExit(f"{path}: {line!r} is an answer that no expectation may hold")
        places, error_line = trace_reference(command, path)
        if len(places) != len(output):
            raise SystemExit(f"{path}: {len(output)} lines of output, {len(places)} traced")
        # Lines of the annotated file back to lines of the bare one.
        origin: list[int] = []
        for line in current.split("\n"):
            alone = re.fullmatch(r"[ \t]*-->.*", line)
            origin.append((origin[-1] if origin else 0) + (0 if alone else 1))
        unsafe = unsafe_lines(bare)
        below: dict[int, list[str]] = {}
        bare_places = [origin[place - 1] for place in places]
        for anchor, line in zip(anchors(bare_places), output, strict=True):
            place = anchor
            while place in unsafe:
                place += 1
            below.setdefault(place, []).append(f"--> {line}".rstrip())
        if error is not None:
            place = max([origin[(error_line or 1) - 1], *below])
            while place in unsafe:
                place += 1
            below.setdefault(place, []).append(f"--> error: {escape(error)}")
        result = []
        for number, line in enumerate(bare, 1):
            first, *rest = below.get(number, [""])
            result.append(f"{line} {first}" if first else line)
            result.extend(rest)
        changed = "\n".join(result)
        if changed == current:
            return current
        current = changed
    raise SystemExit(f"{path}: its output depends on the number of its lines")


def refusals(text: str) -> str:
    """``syntax/refused.txt`` with lua5.1's message behind every chunk."""
    script = 'local chunk, message = loadstring(io.read("*a"), "@s") io.write(chunk and "accepted" or message)'
    rows = []
    for line in text.split("\n"):
        row = line.partition(" --> ")[0]
        if row:
            chunk = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], row)
            done = subprocess.run(
                ["lua5.1", "-e", script], input=chunk.encode("latin-1"), capture_output=True, check=True
            )
            rows.append(f"{row} --> {done.stdout.decode('latin-1')}\n")
    return "".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file would change")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    stale = count = 0
    for given in options.files or files():
        path = given.resolve()
        before = path.read_text("latin-1")
        command = reference_of(path, before)
        if command is None:
            continue
        if not shutil.which(command):
            print(f"{path}: {command} is not installed", file=sys.stderr)
            return 2
        after = annotate(path, before, command)
        if after != before and not options.check:
            path.write_text(after, "latin-1")
        count += len(re.findall(r"-->", after))
        if after != before:
            stale += 1
            print(f"{'differs' if options.check else 'written'}: {path}")
    if not options.files:
        path = ROOT / "syntax" / "refused.txt"
        before = path.read_text("latin-1")
        after = refusals(before)
        count += after.count("\n")
        stale += after != before
        if after != before and not options.check:
            path.write_text(after, "latin-1")
    print(f"{count} expectations, {stale} files {'differ' if options.check else 'written'}")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
