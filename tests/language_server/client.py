"""A client of the language server: the commands an editor sends, over the pipes of a process of its own.

What comes back is read by lsprotocol, so that a message that is none of the protocol's fails the test.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lsprotocol import converters, types

TIMEOUT = 60.0
CONVERTER = converters.get_converter()


class Client:
    """One editor with its server. ``said`` are the notifications that have come."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "keystone_lua", "lsp", *arguments],
            cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.said: list[dict[str, Any]] = []
        self.number = 0
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for message in _messages(self.process.stdout):
            self.messages.put(message)
        self.messages.put(None)

    # sending

    def raw(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def body(self, data: bytes) -> None:
        self.raw(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))

    def notify(self, method: str, params: Any = None) -> None:
        self.body(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode())

    def ask(self, method: str, params: Any = None) -> int:
        """Send a request; its number."""
        self.number += 1
        self.body(json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}).encode())
        return self.number

    # receiving

    def next(self) -> dict[str, Any]:
        message = self.messages.get(timeout=TIMEOUT)
        assert message is not None, "the server has ended"
        if "method" in message:
            self.said.append(message)
        return message

    def answer(self, number: int) -> dict[str, Any]:
        """The whole answer to a request: it has ``result`` or ``error``."""
        while (message := self.next()).get("id") != number:
            pass
        return message

    def call(self, method: str, params: Any = None) -> Any:
        """The result of a request, read as the protocol has it."""
        answer = self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        response = types.METHOD_TO_TYPES[method][1]
        return CONVERTER.structure(answer, response).result  # type: ignore[union-attr]

    def findings(self, uri: str, version: int | None) -> list[types.Diagnostic]:
        """What is said of a version of a document."""
        while True:
            for message in self.said:
                if message["method"] == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS:
                    params = CONVERTER.structure(message, types.PublishDiagnosticsNotification).params
                    if params.uri == uri and params.version == version:
                        self.said.remove(message)
                        return list(params.diagnostics)
            self.next()

    # an editor's day

    def begin(self, encodings: list[str] | None = None) -> types.InitializeResult:
        capabilities: dict[str, Any] = {"general": {"positionEncodings": encodings}} if encodings else {}
        params = {"processId": None, "rootUri": self.folder.as_uri(), "capabilities": capabilities}
        result: types.InitializeResult = self.call(types.INITIALIZE, params)
        self.notify(types.INITIALIZED, {})
        return result

    def open(self, name: str, text: str, version: int = 1) -> str:
        """Open a document; its URI."""
        uri = (self.folder / name).as_uri()
        document = {"uri": uri, "languageId": "lua", "version": version, "text": text}
        self.notify(types.TEXT_DOCUMENT_DID_OPEN, {"textDocument": document})
        return uri

    def change(self, uri: str, text: str, version: int) -> None:
        identity = {"uri": uri, "version": version}
        self.notify(types.TEXT_DOCUMENT_DID_CHANGE, {"textDocument": identity, "contentChanges": [{"text": text}]})

    def at(self, method: str, uri: str, line: int, character: int) -> Any:
        """Ask a question about a place, from 0."""
        place = {"line": line, "character": character}
        return self.call(method, {"textDocument": {"uri": uri}, "position": place})

    def end(self) -> int:
        """The exit code of a server that is asked to end as the protocol has it."""
        self.call(types.SHUTDOWN)
        self.notify(types.EXIT)
        return self.process.wait(TIMEOUT)

    def errors(self) -> str:
        """What the server, which has ended, said on standard error."""
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join(TIMEOUT)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def _messages(stream: Any) -> Iterator[dict[str, Any]]:
    while line := stream.readline():
        name, _, length = line.partition(b":")
        assert name == b"Content-Length", line
        while stream.readline() != b"\r\n":
            pass
        yield json.loads(stream.read(int(length)))
