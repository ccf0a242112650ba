"""Routing requests, every one different, and what a right answer to each is.

The requests of a script depend on a seed only. Half of the canary ones carry no X-Canary, so that math.random runs.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keystone_lua.interpreter import Limits, Program, compile_program
from keystone_lua.routing.decision import decide
from keystone_lua.routing.scripts_folder import shared_modules

from .programs import ROOT

SCRIPTS = ROOT / "scripts"
NAMES = ("canary", "blue-green", "ab-testing")

Request = dict[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A request with the answers that are right: one, or two where chance decides."""

    request: Request
    right: tuple[Answer, ...]
    seed: int

    def check(self, answer: object) -> None:
        """Raises AssertionError for a wrong answer."""
        assert answer in self.right, f"{answer!r} is none of {self.right!r} for {self.request!r}"


def script(name: str, folder: Path = SCRIPTS) -> Program:
    """A bundled script, compiled."""
    return compile_program((folder / f"{name}.lua").read_bytes(), f"{name}.lua", shared_modules(folder))


def cases(name: str, count: int, seed: int = 1) -> list[Case]:
    """``count`` different requests for a bundled script."""
    chance = random.Random(f"{name} {seed}")
    return [_MAKERS[name](chance, number) for number in range(count)]


def answers(program: Program, work: Iterable[Case]) -> None:
    """Decide every case and check every answer. Raises AssertionError."""
    for case in work:
        case.check(decide(program, case.request, limits=Limits(), seed=case.seed).answer)


def _request(chance: random.Random, number: int, backends: list[Request], headers: dict[str, str]) -> Request:
    """A request as a gateway sends it, with two headers that no script asks for."""
    return {
        "method": chance.choice(("GET", "POST", "PUT")),
        "path": f"/api/v1/items/{number}",
        "host": f"tenant{number % 97}.example.com",
        "headers": {"User-Agent": f"client/{number}", "X-Request-Id": f"{chance.getrandbits(64):016x}", **headers},
        "body": "" if number % 3 else f'{{"item": {number}}}',
        "backends": backends,
    }


def _backends(chance: random.Random, names: tuple[str, str]) -> list[Request]:
    """Two or three backends; one in twenty is ill."""
    made = [
        {"name": f"{name}-{chance.randrange(100)}", "url": f"http://10.0.{chance.randrange(256)}.{place}:8080",
         "health": chance.random() >= 0.05}
        for place, name in enumerate(names)
    ]  # fmt: skip
    if chance.random() < 0.5:
        made.append({"name": f"spare-{chance.randrange(100)}", "url": "http://10.1.0.1:8080", "health": True})
    return made


def _routed(backends: list[Request], word: str, header: str, value: str) -> Answer:
    """What scripts/lib/backends.lua answers."""
    healthy = [backend for backend in backends if backend["health"]]
    for backend in healthy:
        if word in backend["name"]:
            routed = {header: value, "X-Routed-By": "lua-engine"}
            return {"selected_backend": backend["name"], "modified_headers": routed}
    if healthy:
        return {"selected_backend": healthy[0]["name"], "modified_headers": {"X-Routed-By": "lua-engine-fallback"}}
    return {"selected_backend": "", "reject": True, "reject_reason": "No healthy backends available"}


def _canary(chance: random.Random, number: int) -> Case:
    backends = _backends(chance, ("stable", "canary"))
    headers: dict[str, str] = {}
    kinds = ["canary", "stable"]
    if number % 2:
        forced = chance.random() < 0.5
        headers["X-Canary"] = "true" if forced else "false"
        kinds = ["canary" if forced else "stable"]
    elif chance.random() < 0.5:
        headers["X-Canary-Percent"] = str(chance.randrange(1, 100))
    right = tuple(_routed(backends, kind, "X-Backend-Type", kind) for kind in kinds)
    return Case(_request(chance, number, backends, headers), right, number)


def _blue_green(chance: random.Random, number: int) -> Case:
    backends = _backends(chance, ("blue", "green"))
    state = chance.choice(("blue", "green", None))
    headers = {} if state is None else {"X-Deployment-State": state}
    deployment = state or "blue"
    right = _routed(backends, deployment, "X-Deployment", deployment)
    return Case(_request(chance, number, backends, headers), (right,), number)


def _ab_testing(chance: random.Random, number: int) -> Case:
    backends = _backends(chance, ("version-a", "version-b"))
    user = f"user-{chance.randrange(10**6)}"
    variant = "ab"[hashlib.blake2b(f"variant-1\0{user}".encode(), digest_size=8).digest()[0] >> 7]
    right = _routed(backends, f"version-{variant}", "X-Variant", variant)
    return Case(_request(chance, number, backends, {"X-User-ID": user}), (right,), number)


_MAKERS: dict[str, Callable[[random.Random, int], Case]] = {
    "canary": _canary,
    "blue-green": _blue_green,
    "ab-testing": _ab_testing,
}
