"""``new``: a first tenant; ``types``: what editors and linters need to know; ``completion``: for shells.

Input: names. Output: files, or text on standard output. Refuses, with `UsageError`, to write over anything.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .options import UsageError, write_file
from .output import counted, say, say_lines

if TYPE_CHECKING:
    from .options import Commands

SHELLS: Final = ("bash", "zsh", "fish")

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")

_SCRIPT: Final = """\
-- Where the requests of the tenant NAME go.

local function first_healthy(backends)
  for _, backend in ipairs(backends) do
    if backend.health then
      return backend.name
    end
  end
end

function on_route_request(request, backends)
  if request.path:find("/admin", 1, true) == 1 then
    return { reject = true, reject_reason = "Not from here" }
  end
  local name = first_healthy(backends)
  if not name then
    return { reject = true, reject_status = 503, reject_reason = "No healthy backend" }
  end
  return { selected_backend = name, modified_headers = { ["X-Routed-By"] = "NAME" } }
end
"""

_TEST: Final = """\
local function ask(path, healthy)
  return route("NAME", {
    method = "GET",
    path = path,
    backends = {
      { name = "blue", url = "http://10.0.0.1:8080", health = healthy },
      { name = "green", url = "http://10.0.0.2:8080", health = true },
    },
  })
end

function test_the_first_healthy_backend_is_chosen()
  assert_routes_to(ask("/", true), "blue")
  assert_routes_to(ask("/", false), "green")
end

function test_nobody_gets_at_the_administration()
  assert_rejects(ask("/admin/users", true), "Not from here")
end

function test_no_backend_is_healthy()
  assert_rejects(route("NAME", { path = "/", backends = {} }), "No healthy backend")
end
"""

_REQUEST: Final = {
    "method": "GET",
    "path": "/",
    "headers": {"User-Agent": "curl/8"},
    "backends": [
        {"name": "blue", "url": "http://10.0.0.1:8080", "health": True},
        {"name": "green", "url": "http://10.0.0.2:8080", "health": True},
    ],
}


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    new = commands.add_parser("new", help="write a script, its tests and a request to begin with")
    new.add_argument("tenant", metavar="TENANT", help="its name: letters, digits, - and _")
    new.add_argument("--folder", default=".", metavar="FOLDER", help="what has scripts/ (default here)")
    new.set_defaults(command=_new)

    types = commands.add_parser("types", help="what editors (LuaLS) or luacheck are to know, on standard output")
    kind = types.add_mutually_exclusive_group()
    kind.add_argument("--folder", metavar="FOLDER", help="write it there, with a file for each module of the library")
    kind.add_argument("--luacheck", action="store_true", help="a .luacheckrc")
    types.set_defaults(command=_types)

    completion = commands.add_parser("completion", help="what a shell is to know of the commands")
    completion.add_argument("shell", choices=SHELLS)
    completion.set_defaults(command=_completion)


def _new(options: argparse.Namespace) -> int:
    name, folder = options.tenant, Path(options.folder)
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r}: a tenant's name has letters, digits, - and _, at most 100, and begins with one of the first"
        )
    script, request = folder / "scripts" / f"{name}.lua", folder / "requests" / name / "first.json"
    files = {
        script: _SCRIPT.replace("NAME", name),
        folder / "scripts" / "tests" / f"{name}_test.lua": _TEST.replace("NAME", name),
        request: json.dumps(_REQUEST, indent=2) + "\n",
    }
    for file in files:
        if file.exists() or file.is_symlink():
            raise UsageError(f"{file} is there already; nothing was written")
    _write(files)
    say("Now:")
    say(f"  keystone-lua run {script} --request {request}")
    say(f"  keystone-lua test {folder / 'scripts'} --watch")
    return 0


def _types(options: argparse.Namespace) -> int:
    from ..authoring.editors import definitions, luacheckrc

    if options.luacheck:
        say_lines(luacheckrc())
        return 0
    files = definitions()
    if options.folder is None:
        say_lines(files["keystone.lua"])
        return 0
    _write({Path(options.folder) / name: text for name, text in files.items()}, listed=False)
    say(f"{counted(len(files), 'file')} in {options.folder}, for Lua.workspace.library of LuaLS")
    return 0


def _write(files: dict[Path, str], listed: bool = True) -> None:
    for file, text in files.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot make the folder {file.parent}: {error.strerror}") from None
        write_file(str(file), text)
        if listed:
            say(f"wrote {file}")


def _completion(options: argparse.Namespace) -> int:
    from . import whole_parser
    from .completion import script_for

    say_lines(script_for(options.shell, whole_parser()))
    return 0
