"""Tokens that are read and never verified: anybody can have written what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..library import library_of
from ..rule import Place
from ..script import Script

CODE: Final = "unverified-token"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The script decodes a token and verifies none: its claims are whatever the client wrote."


def places(script: Script) -> Iterator[Place]:
    """Each ``jwt.decode`` of a script without ``jwt.verify``: beside one it may find out which key is meant."""
    library = library_of(script)
    members = [(node, library.member(node)) for node in script.each(nodes.Index, nodes.Name)]
    if any(member is not None and member.path == ("jwt", "verify") for _, member in members):
        return
    for found in library.calls():
        if found.member.path == ("jwt", "decode"):
            message = (
                "anybody can have written this token: decide by what jwt.verify answers, with the keys of who issues it"
            )
            yield Place(*script.start_of(found.call), message)
