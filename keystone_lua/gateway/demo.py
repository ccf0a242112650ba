"""The whole stack on this machine, with traffic through every script: ``python -m keystone_lua.gateway.demo``.

Starts the engine, echo backends and the gateway on free loopback ports, sends requests, prints where each went, kills
a backend and the engine on the way, and stops everything. Exit 0 if every request went where it should, else 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import textwrap
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .stack import Stack, ask, running

BACKENDS = {
    "canary": ("api-stable", "api-canary"),
    "blue-green": ("app-blue", "app-green"),
    "ab-testing": ("site-version-a", "site-version-b"),
}
"""The backends of the scripts that are bundled; a script not named here shares OTHERS."""

OTHERS = ("api-stable", "api-canary")

REFUSED = tuple(str(status) for status in range(300, 500))
"""What a script may answer of its own; from the gateway's troubles it is told apart by being below 500."""

BY_THE_CLOCK = {"maintenance": ("503",)}
"""What a script answers at some times of day: maintenance from two to four in Berlin."""

WIDTH = 80

SET_BY_SCRIPTS = ("X-Backend-Type", "X-Deployment", "X-Variant", "X-Routed-By")
"""Headers that are shown."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the demo, and where it should go: a backend's name, several that are good, or a status."""

    script: str
    headers: dict[str, str]
    expected: str | int | tuple[str, ...]


USUAL = (
    Request("canary", {"X-Canary": "true"}, "api-canary"),
    Request("canary", {"X-Canary": "false"}, "api-stable"),
    Request("canary", {"X-Canary-Percent": "50"}, ("api-stable", "api-canary")),
    Request("blue-green", {}, "app-blue"),
    Request("blue-green", {"X-Deployment-State": "green"}, "app-green"),
    Request("ab-testing", {"X-User-ID": "4711"}, "site-version-b"),
    Request("ab-testing", {"X-User-ID": "4712"}, "site-version-a"),
    Request("ab-testing", {}, 403),
)
WITHOUT_CANARY = (Request("canary", {"X-Canary": "true"}, "api-stable"),)
WITHOUT_ENGINE = (
    Request("canary", {"X-Canary": "true"}, ("api-stable", "api-canary")),
    Request("canary", {"X-Canary": "true"}, ("api-stable", "api-canary")),
    Request("blue-green", {"X-Deployment-State": "green"}, 503),
)


def tenant_file(scripts: Sequence[str]) -> str:
    """Return a tenant file with a tenant for each script; blue-green's would rather refuse than guess."""
    lines = ["lua_engine:", "  url: {engine}", "  timeout: 1s", "tenants:"]
    for script in scripts:
        lines += [f"  - name: {script}", f"    domains: [{script}.example.com]", f"    lua_script: {script}"]
        lines += [f"    on_engine_failure: {'refuse' if script == 'blue-green' else 'round_robin'}"]
        lines += ["    health_interval: 500ms", "    services:"]
        for backend in BACKENDS.get(script, OTHERS):
            lines += [f"      - name: {backend}", f"        url: {{{backend}}}", "        health: /health"]
    return "\n".join(lines) + "\n"


def row(host: str, header: str, status: str, place: str, shown: str) -> str:
    """A request's line, and another for what came with its answer: no terminal has to be wide."""
    line = f"  {host:26} {header:27} {status:6} {place}"
    return f"{line}\n{textwrap.indent(textwrap.fill(shown, WIDTH - 6), ' ' * 6)}" if shown else line


class Demo:
    """Sends the requests and prints the table."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.sent = 0
        self.astray = 0

    def scene(self, title: str, requests: Sequence[Request]) -> None:
        """Send ``requests``, one line each."""
        print("\n" + textwrap.fill(title, WIDTH))
        print(row("host", "request header", "status", "went to", "headers set by the script"))
        for request in requests:
            answer = ask(
                self._stack.port,
                "GET",
                "/products?page=2",
                host=f"{request.script}.example.com",
                headers=request.headers,
            )
            went, shown = str(answer.status), ""
            if answer.status == 200:
                went = answer.json["name"]
                heard = {name: value for name, value in answer.json["headers"] if name in SET_BY_SCRIPTS}
                shown = ", ".join(f"{name}: {value}" for name, value in heard.items())
            else:
                shown = answer.json["error"]
            expected = request.expected if isinstance(request.expected, tuple) else (str(request.expected),)
            good = went in expected
            header = ", ".join(f"{name}: {value}" for name, value in request.headers.items())
            place = went if answer.status == 200 else "-"
            print(row(f"{request.script}.example.com", header or "-", str(answer.status), place, shown))
            if not good:
                print(f"    expected {' or '.join(expected[:3])}")
            self.sent += 1
            self.astray += not good


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m keystone_lua.gateway.demo", description="Show the whole stack.")
    parser.add_argument("--scripts", type=Path, default=Path("scripts"), help="scripts folder (default %(default)s)")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    scripts = sorted(path.stem for path in options.scripts.glob("*.lua"))
    backends = dict.fromkeys(name for names in BACKENDS.values() for name in names)
    others = tuple(
        Request(script, {}, (*OTHERS, *REFUSED, *BY_THE_CLOCK.get(script, ())))
        for script in scripts
        if script not in BACKENDS
    )
    usual = tuple(request for request in USUAL if request.script in scripts) + others
    with (
        tempfile.TemporaryDirectory(prefix="keystone-demo-") as folder,
        running(Path(folder), tenant_file(scripts), backends, options.scripts, alone=["api-canary"]) as stack,
    ):
        demo = Demo(stack)
        services = sum(len(BACKENDS.get(script, OTHERS)) for script in scripts)
        print(f"gateway on port {stack.port}, engine on {stack.ports['engine']}, {len(backends)} backends")
        demo.scene("Everything runs.", usual)

        stack.kill("api-canary")
        demo.scene("The backend api-canary was killed: the script is asked again, and goes elsewhere.", WITHOUT_CANARY)
        stack.start("api-canary")
        stack.healthy(services)
        demo.scene("It runs again; a probe has seen it.", usual[:1])

        stack.kill("engine")
        demo.scene(
            "The engine was killed: canary goes round robin, blue-green refuses, as the tenant file says.",
            WITHOUT_ENGINE,
        )
        stack.start("engine")
        stack.wait_for("engine")
        demo.scene("The engine runs again.", usual)

        code = stack.stop("gateway")
    print(
        f"\n{demo.sent} requests, {demo.astray} astray, gateway's exit code {code}, {time.monotonic() - started:.1f} s"
    )
    return 1 if demo.astray or code else 0


if __name__ == "__main__":
    sys.exit(main())
