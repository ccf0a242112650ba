"""Reloads while files are half-written, deleted and renamed and decisions go on: no request fails."""

from __future__ import annotations

import random
import threading
from collections import Counter
from pathlib import Path

import pytest

from keystone_lua.routing import scripts_folder
from tests.server.support import Client, server_in_thread, write_scripts
from tests.soak.http import Connection, request

MODULE = 'return {{version = "{0}"}}\n'
SCRIPT = """-- {0}
local shared = require "shared"
function on_route_request()
  return {{selected_backend = "{0}", modified_path = shared.version}}
end
-- {0}
"""


def test_no_request_fails_and_each_answer_is_of_one_version(tmp_path: Path) -> None:
    """The script and its module always carry the same version; a half-written one of either must not show."""
    beside = tmp_path / "beside"
    beside.mkdir()
    folder = write_scripts(tmp_path / "scripts", {"lib/shared.lua": MODULE.format(0), "a.lua": SCRIPT.format(0)})
    stop = threading.Event()
    answers: Counter[tuple[int, bytes]] = Counter()
    problems: list[BaseException] = []

    def decide(client: Client) -> None:
        connection = Connection(client.port)
        try:
            while not stop.is_set():
                answers[connection.ask(request("/route/a", b"{}"))] += 1
        except OSError as error:
            problems.append(error)
        finally:
            connection.close()

    with server_in_thread(folder) as client:
        threads = [threading.Thread(target=decide, args=(client,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        choice = random.Random(5)
        for version in range(1, 13):
            text = SCRIPT.format(version).encode()
            half = text[: choice.randrange(text.index(b"function") + 1, text.rindex(b"end"))]
            for action in (
                lambda half=half: (folder / "a.lua").write_bytes(half),
                lambda: (folder / "a.lua").write_bytes(b"\xff\xfe"),
                lambda: (folder / "other.lua").write_bytes(b"x ="),
                (folder / "other.lua").unlink,
                (folder / "lib/shared.lua").unlink,
            ):
                action()
                client.send("POST", "/reload")
            (beside / "shared.lua").write_text(MODULE.format(version))
            (beside / "a.lua").write_bytes(text)
            (beside / "shared.lua").replace(folder / "lib/shared.lua")
            (beside / "a.lua").replace(folder / "a.lua")
            answer = client.send("POST", "/reload")
            assert answer.status == 200, answer
        stop.set()
        for thread in threads:
            thread.join()
    assert problems == []
    assert {status for status, _ in answers} == {200}
    versions = {f'{{"selected_backend":"{v}","modified_path":"{v}"}}\n'.encode() for v in range(13)}
    assert {body for _, body in answers} <= versions
    assert len(answers) > 5


class Growing:
    """A file that somebody appends to each time it is read, so many times."""

    def __init__(self, path: Path, times: int) -> None:
        self._path = path
        self._file = path.open("rb")
        self._times = times
        self.fileno = self._file.fileno
        self.seek = self._file.seek
        self.close = self._file.close

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        if self._times:
            self._times -= 1
            with self._path.open("ab") as end:
                end.write(b"-- more\n")
        return data


@pytest.mark.parametrize("times", [0, 1, scripts_folder.READ_ATTEMPTS - 1])
def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path, times: int) -> None:
    path = tmp_path / "a.lua"
    path.write_bytes(b"return 1\n")
    file = Growing(path, times)
    assert scripts_folder._read_unchanged(file, 1000) == b"return 1\n" + b"-- more\n" * times  # type: ignore[arg-type]
    file.close()


def test_a_file_that_keeps_changing_is_no_script(tmp_path: Path) -> None:
    path = tmp_path / "a.lua"
    path.write_bytes(b"return 1\n")
    file = Growing(path, scripts_folder.READ_ATTEMPTS)
    with pytest.raises(scripts_folder._BadFile, match="keeps changing"):
        scripts_folder._read_unchanged(file, 1000)  # type: ignore[arg-type]
    file.close()
