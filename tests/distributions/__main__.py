"""``python -m tests.distributions``: build wheel and sdist, install each where nothing else is, and use them.

Prints a line for each thing that was looked at and ends with exit code 1 at the first that is not so. Takes two minutes
and pip's index; leaves what it built in build/dist-test.
"""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import venv
import zipfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "dist-test"
BUILD = "import sys, setuptools.build_meta as b; print(getattr(b, sys.argv[1])(sys.argv[2]))"

OWN_TESTS = (
    "tests/embedding",
    "tests/parser",
    "tests/authoring",
    "tests/language_server",
    "tests/test_lists.py",
    "tests/test_command_line.py",
)
"""Of the sdist: a language, its tools, its lists; a part that takes a minute."""

REQUEST = '{"method": "GET", "path": "/", "backends": [{"name": "a", "url": "http://a", "health": true}]}'
CASE = '[{"name": "it routes", "script": "t", "request": %s, "expect": {"includes": {"selected_backend": "a"}}}]'
SCRIPT = "function on_route_request(request, backends) return {selected_backend = backends[1].name} end\n"


class Wrong(Exception):
    """Something is not as it should be."""


def call(*command: str | Path, cwd: Path = FOLDER, code: int = 0, **environment: str) -> str:
    """What a command prints on both streams. Raises Wrong for another exit code."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KEYSTONE_LUA"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=given | environment, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode != code:
        raise Wrong(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def said(what: str, output: str, *words: str) -> None:
    """Say that ``output`` has the words. Raises Wrong if it has not."""
    for word in words:
        if word not in output:
            raise Wrong(f"{what}: {word!r} is not in\n{output}")
    print(f"  {what}: {' '.join(words) or 'good'}", flush=True)


def same(what: str, found: Iterable[str], wanted: Iterable[str]) -> None:
    """Say that these are the same names. Raises Wrong if they are not."""
    there, needed = set(found), set(wanted)
    if there != needed:
        raise Wrong(f"{what}: missing {sorted(needed - there)}, too many {sorted(there - needed)}")
    print(f"  {what}: {len(there)} files", flush=True)


def environment(name: str, *packages: str | Path) -> Path:
    """The folder of commands of a new environment with these packages."""
    folder = FOLDER / name
    venv.create(folder, clear=True, with_pip=True)
    if packages:
        pip = folder / "bin" / "pip"
        call(pip, "install", "--quiet", "--disable-pip-version-check", *packages)
        call(pip, "check", "--disable-pip-version-check")
    return folder / "bin"


def main() -> int:
    """Build, install, use. Returns the exit code."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        sdist, wheel = built()
        contents(sdist, wheel)
        described(wheel)
        sourced()
        plain(environment("plain", wheel))
        typed(environment("typed", wheel, "mypy"))
        server(environment("server", f"keystone-lua[server,gateway] @ file://{wheel}"))
        language_server(environment("lsp", f"keystone-lua[lsp] @ file://{wheel}"))
        own_tests(sdist)
    except Wrong as error:
        print(f"distributions: {error}", file=sys.stderr)
        return 1
    print("distributions: good")
    return 0


def built() -> tuple[Path, Path]:
    """The sdist of what git knows, and the wheel of the sdist."""
    print("build")
    tools = environment("tools", "setuptools>=77")
    source = FOLDER / "source"
    for name in tracked():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name)
    sdist = FOLDER / call(tools / "python", "-c", BUILD, "build_sdist", FOLDER, cwd=source).splitlines()[-1]
    with tarfile.open(sdist) as archive:
        archive.extractall(FOLDER / "unpacked", filter="data")
    (unpacked,) = (FOLDER / "unpacked").iterdir()
    wheel = FOLDER / call(tools / "python", "-c", BUILD, "build_wheel", FOLDER, cwd=unpacked).splitlines()[-1]
    print(f"  {sdist.name}, {wheel.name}")
    return sdist, wheel


def tracked() -> list[str]:
    """The files of the repository."""
    return [name for name in call("git", "ls-files", cwd=ROOT).splitlines() if (ROOT / name).exists()]


def contents(sdist: Path, wheel: Path) -> None:
    """Nothing is missing, nothing else is in them."""
    print("contents")
    with tarfile.open(sdist) as archive:
        names = [member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()]
    made = {"PKG-INFO", "setup.cfg", "MANIFEST.in"}
    same(
        "sdist",
        (n for n in names if not n.startswith("keystone_lua.egg-info/") and n not in made),
        set(tracked()) - made,
    )
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        licences = [name for name in archive.namelist() if name.endswith("/LICENSE")]
    same("wheel", names, (name for name in tracked() if name.startswith("keystone_lua/")))
    said("licence", " ".join(licences), "LICENSE")


def described(wheel: Path) -> None:
    """The metadata, and the readme as an index shows it."""
    print("metadata")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        text = archive.read(name).decode()
    data = email.message_from_string(text)
    said("licence", data["License-Expression"] or "", "MIT")
    said("extras", " ".join(data.get_all("Provides-Extra") or []), "server", "grpc", "gateway", "yaml", "sign", "lsp")
    said("typed", text, "Classifier: Typing :: Typed")
    links = re.findall(r"\]\(([^)]*)\)", str(data.get_payload()))
    if any(not link.startswith(("http:", "https:")) for link in links):
        raise Wrong(f"links that lead nowhere from an index: {links}")
    said("readme", str(data.get_payload()), "# Keystone Lua Engine")
    shown = call(
        sys.executable, "-c", "import setup; print(setup.shown('[a](b.md) [c](https://d/)', 'https://e/f/'))", cwd=ROOT
    )
    said("links of a build that knows its source", shown, "[a](https://e/f/b.md) [c](https://d/)")


def sourced() -> None:
    """A build that is told where the source is has its addresses."""
    tools = FOLDER / "tools" / "bin" / "python"
    where = "https://example.org/keystone-lua/blob/v0"
    wheel = call(
        tools, "-c", BUILD, "build_wheel", FOLDER / "sourced", cwd=FOLDER / "source", KEYSTONE_LUA_SOURCE=where
    )
    with zipfile.ZipFile(FOLDER / "sourced" / wheel.splitlines()[-1]) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        text = archive.read(name).decode()
    said("addresses", text, f"Project-URL: Source, {where}", f"Project-URL: Documentation, {where}/docs/index.md")
    said("links", text, f"]({where}/docs/")


def language_server(commands: Path) -> None:
    """The language server's install: it begins and ends as an editor asks."""
    print("pip install 'keystone-lua[lsp]'")
    parts = []
    for number, method in ((1, "initialize"), (2, "shutdown"), (None, "exit")):
        asked = {"jsonrpc": "2.0", "method": method, "params": {"capabilities": {}} if method == "initialize" else None}
        body = json.dumps(asked | ({"id": number} if number else {}))
        parts.append(f"Content-Length: {len(body)}\r\n\r\n{body}")
    done = subprocess.run(
        [commands / "keystone-lua", "lsp"],
        input="".join(parts),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said("lsp", f"{done.returncode} {done.stdout}", "0 Content-Length", '"name": "keystone-lua"')


def plain(commands: Path) -> None:
    """The plain install: scripts run, checked, tested, replayed; what needs more says so in a line."""
    print("pip install keystone-lua")
    work = FOLDER / "work"
    (work / "scripts" / "tests").mkdir(parents=True)
    for name, text in {
        "scripts/t.lua": SCRIPT, "scripts/tests/t.json": CASE % REQUEST, "request.json": REQUEST, "squares.lua": "print(6 * 7)",
        "t.yaml": "[]",
    }.items():  # fmt: skip
        (work / name).write_text(text)
    engine = commands / "keystone-lua"
    listed = call(commands / "pip", "list", "--format=freeze", "--disable-pip-version-check")
    installed = {line.partition("==")[0] for line in listed.splitlines()} - {"pip", "setuptools", "keystone-lua"}
    said("its packages", ",".join(sorted(installed)), "lark,tzdata")
    said("--version", call(engine, "--version"), "keystone-lua 0.", "build ")
    said("exec", call(engine, "exec", "squares.lua", cwd=work), "42")
    said("run", call(engine, "run", "scripts/t.lua", "--request", "request.json", cwd=work), '"selected_backend": "a"')
    said("check", call(engine, "check", "scripts", cwd=work), "checked")
    said("test", call(engine, "test", "scripts", cwd=work), "1 passed")
    said("profile", call(engine, "profile", "scripts/t.lua", "--request", "request.json", cwd=work), "on_route_request")
    said("dump", call(engine, "dump", "--tree", "scripts/t.lua", cwd=work), "on_route_request")
    said("config", call(engine, "config", cwd=work), "max-instructions")
    (work / "requests" / "t").mkdir(parents=True)
    (work / "requests" / "t" / "r.json").write_text(REQUEST)
    said(
        "diff", call(engine, "diff", "scripts", "scripts", "--requests", "requests", "--processes", "1", cwd=work), "1 "
    )
    said("replay", call(engine, "replay", "nothing.log", code=2, cwd=work), "nothing.log")
    said("health", call(engine, "health", "--addr", "127.0.0.1:1", code=1, cwd=work))
    said("new", call(engine, "new", "beta", cwd=work), "wrote scripts/beta.lua")
    said("test of it", call(engine, "test", "scripts", cwd=work), "4 passed")
    said("types", call(engine, "types", cwd=work), "keystone.Request")
    said("types --folder", call(engine, "types", "--folder", "types", cwd=work), "files in types")
    said("completion", call(engine, "completion", "bash", cwd=work), "complete -o filenames")
    said("YAML", call(engine, "test", "t.yaml", code=1, cwd=work), "pip install 'keystone-lua[yaml]'")
    for command in ((engine, "serve"), (engine, "playground"), (commands / "lua-engine", "-scripts", "scripts")):
        output = call(*command, code=2, cwd=work)
        said(Path(command[0]).name, output, "needs the package aiohttp: pip install 'keystone-lua[server]'")
        if output.count("\n") != 1:
            raise Wrong(f"more than one line: {output}")
    output = call(engine, "gateway", "--config", "t.yaml", code=2, cwd=work)
    said("gateway", output, "pip install 'keystone-lua[gateway]'")
    said("lsp", call(engine, "lsp", code=2, cwd=work), "pip install 'keystone-lua[lsp]'")
    for example in sorted((ROOT / "examples" / "embedding").glob("*.py")):
        said(f"examples/embedding/{example.name}", call(commands / "python", "-I", example, cwd=work))


def typed(commands: Path) -> None:
    """The examples, checked by somebody who has installed the package."""
    print("mypy --strict")
    copies = shutil.copytree(ROOT / "examples" / "embedding", FOLDER / "typed-examples")
    said("examples", call(commands / "mypy", "--strict", *sorted(copies.glob("*.py")), cwd=copies), "no issues found")


def server(commands: Path) -> None:
    """The server's install: it starts, is healthy, and stops."""
    print("pip install 'keystone-lua[server,gateway]'")
    work = FOLDER / "work"
    address = f"unix:{work}/s"
    running = subprocess.Popen(
        [str(commands / "lua-engine"), "-addr", address, "-scripts", "scripts"], cwd=work,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        said("lua-engine", call(commands / "keystone-lua", "health", "--addr", address, "--wait", "20", cwd=work))
    finally:
        running.terminate()
        running.wait(30)
    output = call(commands / "keystone-lua", "gateway", "--config", "t.yaml", "--check", code=2, cwd=work)
    if "pip install" in output:
        raise Wrong(output)
    said("gateway", output)
    playing = subprocess.Popen(
        [str(commands / "keystone-lua"), "playground", "scripts", "--port", "0"], cwd=work, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert playing.stdout is not None
        address = playing.stdout.readline().split()[-1].partition("#")[0]
        for name, words in {
            "": "<main>",
            "main.js": "import",
            "vendor/codemirror.js": "EditorView",
            "page.css": ":root",
        }.items():
            with urllib.request.urlopen(address + name) as answer:
                said(f"playground/{name}", answer.read().decode(), words)
    finally:
        playing.terminate()
        playing.wait(30)


def own_tests(sdist: Path) -> None:
    """The sdist, installed with what its tests need, passes them."""
    print("the sdist's tests")
    (unpacked,) = (FOLDER / "unpacked").iterdir()
    commands = environment("sdist", f"keystone-lua[dev] @ file://{sdist}")
    there = [name for name in OWN_TESTS if (unpacked / name).exists()]
    output = call(commands / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *there, cwd=unpacked)
    said("tests", output, " passed")
    print(f"  {output.splitlines()[-1]}")


if __name__ == "__main__":
    sys.exit(main())
