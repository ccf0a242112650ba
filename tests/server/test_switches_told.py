"""A switch of versions is told to who records it, also where its folder cannot be read afterwards."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from keystone_lua.routing.scripts import ScriptStore
from keystone_lua.routing.scripts_folder import Folder, ScriptsFolderError
from keystone_lua.server.decisions.observers import FileObserver
from keystone_lua.server.orders import Switch
from keystone_lua.server.process.control import Control
from keystone_lua.server.scripts import reload as reload_module
from keystone_lua.server.settings.config import Guard
from keystone_lua.server.telemetry.metrics import Counts
from tests.server.support import constant, server_in_thread
from tests.server.test_versions import SHADOWED, standing, two_versions


class Told(FileObserver):
    """Hears of switches."""

    missed = 0

    def __init__(self) -> None:
        self.switches: list[Switch] = []

    def decided(self, *_: object) -> None: ...

    def close(self) -> None: ...

    def switched(self, switch: Switch) -> None:
        self.switches.append(switch)


def test_a_switch_to_a_folder_that_cannot_be_read_is_recorded_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts, told = two_versions(tmp_path, constant("a"), constant("b")), Told()

    def unreadable(_folder: Path, _limit: int) -> Folder:
        raise ScriptsFolderError("cannot be read")

    with server_in_thread(scripts, replace(SHADOWED, guard=Guard(0.0, 100.0)), [told]) as client:
        client.send("POST", "/reload")
        before = standing(client)["current"]["version"]
        monkeypatch.setattr(reload_module, "read_folder", unreadable)
        done = client.send("POST", "/promote?who=ops&force=1")
        assert (done.status, done.json["errors"]) == (422, ["cannot be read"])
        assert client.route("t", {}).json["selected_backend"] == "a", "what was in force stays"
    assert [(switch.act, switch.who, switch.before, switch.after) for switch in told.switches] == [
        ("promote", "ops", before, before)
    ]


def test_workers_hear_of_such_a_switch() -> None:
    told: list[Switch] = []

    async def hear() -> None:
        with socket.socket() as line:
            control = Control(line, ScriptStore(Path()), Counts())
            control.told, control._loop = told.append, asyncio.get_running_loop()
            switch = Switch("promote", "ops", "x", "x", True, {})
            control._hear({"say": "switched", "switch": switch.plain()})
            await asyncio.sleep(0)
            assert told == [switch]

    asyncio.run(hear())
