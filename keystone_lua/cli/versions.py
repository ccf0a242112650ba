"""``versions``: how the next version of the scripts does on a running server; promote it, or take it back.

In: the server's settings, for its address and token, and an order. Out: the server's answer as a report. The order
goes over HTTP; the server decides.
"""

from __future__ import annotations

import argparse
import getpass
import http.client
import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ..server.settings.reader import ConfigError, add_arguments, read_settings
from .options import UsageError, percent, read_file
from .output import complain, say, say_json

if TYPE_CHECKING:
    from .options import Commands

SHOWN_EXAMPLES = 5


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    versions = commands.add_parser(
        "versions",
        help="compare the next version of the scripts with the one in force, promote it, roll back",
        allow_abbrev=False,
    )
    acts = versions.add_subparsers(metavar="ACT")
    show = acts.add_parser("show", help="how both stand", allow_abbrev=False)
    show.set_defaults(act="show")
    for name, what in (("shadow", "takes too, after the answer"), ("share", "answers")):
        meant = f"of a hundred decisions, how many the next version {what}"
        setting = acts.add_parser(name, help=meant, allow_abbrev=False)
        setting.add_argument("percent", type=percent, metavar="PERCENT")
        setting.set_defaults(act=name)
    for name, what in (("promote", "put the next version in force"), ("rollback", "put the previous version in force")):
        order = acts.add_parser(name, help=what, allow_abbrev=False)
        order.add_argument("--who", default="", metavar="NAME", help="who says so, for the decision log (default: you)")
        if name == "promote":
            order.add_argument("--force", action="store_true", help="whatever the comparing has come to")
        order.set_defaults(act=name)
    upload = acts.add_parser("upload", help="bring a bundle as the next version", allow_abbrev=False)
    upload.add_argument("file", metavar="FILE", help="the bundle, as `bundle build` makes it")
    upload.add_argument("--shadow", type=percent, metavar="PERCENT", help="how many decisions it takes too")
    upload.add_argument("--who", default="", metavar="NAME", help="who says so, for the server's log (default: you)")
    upload.set_defaults(act="upload")
    versions.set_defaults(force=False)
    for parser in (versions, *acts.choices.values()):
        add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="the server's answer as it is")
        parser.set_defaults(command=_versions)
    versions.set_defaults(act="show")


def _versions(options: argparse.Namespace) -> int:
    method, path = _call(options)
    status, said = _ask(options, method, path, read_file(options.file) if options.act == "upload" else None)
    if options.json:
        say_json(said)
    elif status not in (200, 422) or "error" in said:
        complain(f"keystone-lua: {said.get('error', f'the server answered {status}')}")
    elif options.act in ("promote", "rollback"):
        before, after = said["before"] or "nothing", said["after"] or "nothing"
        say(f"{said['act']}: {before} -> {after}, {_several(said['count'], 'script')} in force")
        for error in said["errors"]:
            complain(f"keystone-lua: {error}")
    else:
        if taken := said.get("taken"):
            by = f", signed by {taken['key']}" if taken["key"] else ""
            say(f"taken: {taken['revision']}, number {taken['number']}{by}")
        _report(said)
    return 0 if status == 200 else 1


def _call(options: argparse.Namespace) -> tuple[str, str]:
    if options.act == "show":
        return "GET", "/versions"
    if options.act in ("shadow", "share"):
        return "POST", "/versions?" + urlencode({options.act: _number(options.percent)})
    who = options.who or _user()
    if options.act == "upload":
        shadow = {"shadow": _number(options.shadow)} if options.shadow is not None else {}
        return "POST", "/versions?" + urlencode({"who": who, **shadow})
    force = {"force": "1"} if options.force else {}
    return "POST", f"/{options.act}?" + urlencode({"who": who, **force})


def _number(percentage: float) -> str:
    return f"{percentage:.6f}".rstrip("0").rstrip(".")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user, as in some containers
        return ""


def _ask(options: argparse.Namespace, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, Any]]:
    from ..server.process.probe import connection_to

    try:
        config = read_settings(vars(options), os.environ).config()
    except ConfigError as error:
        raise UsageError(str(error)) from None
    address = config.admin_address or config.address
    headers = {"Authorization": f"Bearer {config.admin_token}"} if config.admin_token else {}
    connection = connection_to(address, config.tls)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        said = json.loads(response.read(1 << 24))
    except (OSError, http.client.HTTPException) as error:
        raise UsageError(f"{address}: {str(error) or type(error).__name__}") from None
    except ValueError:
        raise UsageError(f"{address}: no answer of a Keystone Lua Engine") from None
    finally:
        connection.close()
    if not isinstance(said, dict):
        raise UsageError(f"{address}: no answer of a Keystone Lua Engine")
    return response.status, said


def _report(said: Mapping[str, Any]) -> None:
    current, waiting = said["current"], said["next"]
    say(f"in force  {current['version'] or 'nothing'}, {_several(current['scripts'], 'script')}")
    if waiting is None:
        say("next      none: put it into the folder beside, with .next behind the name, and reload")
    else:
        differs = ", ".join(f"{len(waiting[name])} {name}" for name in ("added", "changed", "removed") if waiting[name])
        name, scripts = waiting["version"] or "nothing", _several(waiting["scripts"], "script")
        say(f"next      {name}, {scripts}: {differs or 'no change'}")
        for error in waiting["errors"]:
            say(f"          {error}")
    say(f"previous  {'there, for rollback' if said['previous'] else 'none'}")
    say(f"shadow    {said['shadow_percent']:g} %")
    say(f"share     {said['share_percent']:g} %")
    for tenant, counts in said["tenants"].items():
        listed = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
        say(f"  {tenant}: {listed}")
    for example in said["examples"][:SHOWN_EXAMPLES]:
        request = example["request"]
        say(f"  {example['result']}: {request['method']} {request['path']} of {example['tenant']}")
        say(f"    now   {_told(example['now'])}")
        say(f"    next  {_told(example['next'])}")
    say(f"promote   {'refused: ' + said['objection'] if said['objection'] else 'nothing speaks against it'}")


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _told(one: Mapping[str, Any]) -> str:
    shown = json.dumps(one["answer"], ensure_ascii=False) if "answer" in one else f"{one['kind']}: {one['error']}"
    return f"{shown} ({one['instructions']:,} instructions)"
