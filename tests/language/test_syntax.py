"""What the parser refuses, with Lua 5.1's messages, and what it accepts.

``refused.txt`` holds one chunk a line, ``\\n`` and ``\\\\`` escaped, and after it the message that
``python -m tests.lua.regenerate`` got from lua5.1. ``accepted.txt`` holds one chunk a line.
"""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import LuaSyntaxError, compile_program

from ..lua import expectations

REFUSED = expectations.refused()
ACCEPTED = (expectations.ROOT / "syntax" / "accepted.txt").read_text("latin-1").split("\n")


@pytest.mark.parametrize(("chunk", "message"), REFUSED)
def test_refused(chunk: str, message: str) -> None:
    with pytest.raises(LuaSyntaxError) as refusal:
        compile_program(chunk.encode("latin-1"), "s")
    assert refusal.value.message == message


@pytest.mark.parametrize("chunk", [line for line in ACCEPTED if line])
def test_accepted(chunk: str) -> None:
    compile_program(chunk.encode("latin-1"), "s")


def test_every_refusal_has_its_message() -> None:
    assert len(REFUSED) > 200
    assert all(message.startswith("s:") for _, message in REFUSED)
