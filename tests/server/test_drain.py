"""A stop under load: who has sent a whole request has an answer, and hears that there will be no more."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.chaos import drains
from tests.server.support import constant, read_to_end, server_process, write_scripts


@pytest.mark.parametrize("workers", [1, 2])
def test_no_request_is_lost(workers: int, tmp_path: Path) -> None:
    sent = asyncio.run(drains.direct(tmp_path, workers, 1))
    assert sent.statuses.total() > drains.CLIENTS
    assert (sent.lost, sent.wrong, sent.failed) == (0, 0, 0)


def test_a_connection_that_rests_is_answered_once_more(tmp_path: Path) -> None:
    request = b"POST /route/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    with server_process(write_scripts(tmp_path, {"a.lua": constant("b")})) as server:
        with server.client.connect() as connection:
            connection.sendall(request)
            assert b"Connection: close" not in connection.recv(65536)
            server.process.terminate()
            time.sleep(0.1)
            connection.sendall(request)
            answer = read_to_end(connection)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"Connection: close" in answer
        assert server.process.wait(10) == 0
