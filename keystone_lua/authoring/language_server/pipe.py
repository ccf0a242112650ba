"""Messages on standard input and output: bounded, and nothing else on the latter.

Input: two pipes. Output: the exit code that the protocol asks for. Refuses a message larger than MOST: the server ends,
as there is no telling where the next one begins. What is no message is passed over; one that asks for something gets an
error as its answer (JSON-RPC 2.0, 5.1).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import AsyncIterator
from typing import Any, Final

from lsprotocol.types import ErrorCodes
from pygls.io_ import StdoutWriter

from ...untrusted.text import printable
from .server import Server

logger = logging.getLogger("keystone.lsp")

MOST: Final = 64 << 20
"""Bytes of a message: a document of the largest size that is looked at takes a tenth, with all of it escaped."""

LINE: Final = 64 << 10
"""Bytes of a header line."""

HEADERS: Final = 100
"""Lines of a message's head."""

MOST_TOLD: Final = 500
"""Characters of a line on standard error."""


class Refused(Exception):
    """Something that no client sends. The text says what."""


class _Brief(logging.Formatter):
    """A line an event: an error's last, not its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        cause = record.exc_info[1] if record.exc_info else None
        told = f": {type(cause).__name__}: {cause}" if cause is not None else ""
        return printable(f"keystone-lua: {record.getMessage()}{told}"[:MOST_TOLD])


def serve(server: Server) -> int:
    """Answer messages until the client says ``exit`` or goes away. Returns the exit code."""
    told = logging.StreamHandler(sys.stderr)
    told.setFormatter(_Brief())
    logging.basicConfig(level=logging.ERROR, handlers=[told])
    # What prints to standard output would break a message.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output, contextlib.redirect_stdout(sys.stderr):
        writer = StdoutWriter(output)
        server.protocol.protocol.set_writer(writer)
        try:
            asyncio.run(_serve(server, writer))
        except SystemExit as end:
            return int(end.code or 0)
        except Refused as error:
            logger.error("the client sent %s", error)
            return 1
        except (BrokenPipeError, ConnectionResetError):
            return 1
        finally:
            server.checker.shutdown(wait=False, cancel_futures=True)
            with contextlib.suppress(BrokenPipeError, ValueError):
                output.close()
    return 0


async def _serve(server: Server, writer: StdoutWriter) -> None:
    stream = asyncio.StreamReader(LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), sys.stdin.buffer)
    async for body in _bodies(stream):
        _handle(server, writer, body)


async def _bodies(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Messages without their heads, up to the end or to one that is cut off."""
    while (size := await _size(stream)) is not None:
        if size > MOST:
            raise Refused(f"a message of {size} bytes, more than {MOST}")
        try:
            yield await stream.readexactly(size)
        except asyncio.IncompleteReadError:
            return


async def _size(stream: asyncio.StreamReader) -> int | None:
    """The length that a head gives; None at the end of the stream."""
    size = 0
    for _ in range(HEADERS):
        try:
            line = await stream.readline()
        except ValueError:
            raise Refused(f"a header line of more than {LINE} bytes") from None
        if not line.endswith(b"\n"):
            return None
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            size = int(value.strip()[:20])
        elif not line.strip():
            return size
    raise Refused(f"a head of more than {HEADERS} lines")


def _handle(server: Server, writer: StdoutWriter, body: bytes) -> None:
    protocol = server.protocol.protocol
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        _refuse(writer, None, ErrorCodes.ParseError, f"no JSON: {error}")
        return
    number = data.get("id") if isinstance(data, dict) else None
    if not isinstance(data, dict) or data.get("jsonrpc") != "2.0" or not isinstance(number, (str, int, type(None))):
        _refuse(writer, None, ErrorCodes.InvalidRequest, "no message of JSON-RPC 2.0")
        return
    try:
        message = protocol.structure_message(data)
    except Exception as error:  # a field is missing or of another type
        if number is not None and "method" in data:
            _refuse(writer, number, ErrorCodes.InvalidParams, str(error))
        else:
            logger.error("a message is none of the protocol's: %s", error)
        return
    protocol.handle_message(message)


def _refuse(writer: StdoutWriter, number: Any, code: ErrorCodes, message: str) -> None:
    logger.error("%s", message)
    answer = {"jsonrpc": "2.0", "id": number, "error": {"code": code.value, "message": message[:MOST_TOLD]}}
    data = json.dumps(answer).encode()
    writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
