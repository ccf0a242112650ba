"""A short form of ``python -m tests.fuzz tools``, with everything that failed once."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from keystone_lua.interpreter import EngineError

from . import tools
from .__main__ import TOOLS_CORPUS
from .mutation import Mutator

pytestmark = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")

KEPT: dict[str, list[str]] = json.loads(TOOLS_CORPUS.read_text())


def test_no_input_does_what_none_may_do() -> None:
    assert list(tools.campaign(250, 1, KEPT)) == []


def test_every_reader_has_a_seed_and_is_chosen() -> None:
    assert KEPT.keys() | {"logs"} == tools.WEIGHTS.keys() == (tools.READERS | tools.DIRECT).keys()


def test_the_same_seed_gives_the_same_inputs() -> None:
    known = {name: [text.encode("latin-1") for text in texts] for name, texts in KEPT.items()}
    first, second = (Mutator(random.Random(7), known) for _ in range(2))
    for name in known:
        assert [first(name) for _ in range(20)] == [second(name) for _ in range(20)]


def test_what_is_wrong_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that sees nothing would find nothing."""
    monkeypatch.chdir(tmp_path)
    tools.prepare(tmp_path)

    def bad(arguments: list[str]) -> int:
        if arguments[0] == "test":
            raise EngineError("oops")
        print({"check": "\x1b[2J", "gateway": "Traceback (most recent call last)"}.get(arguments[0], ""))
        return 3 if arguments[0] == "config" else 0

    monkeypatch.setattr(tools, "main", bad)
    for name, wrong in {
        "scripts": r"wrote \['\\x1b'\]", "tenant files": "Traceback", "json cases": "oops", "settings": "exit code 3",
    }.items():  # fmt: skip
        with pytest.raises(tools.Wrong, match=wrong):
            tools.examine(name, b"")
    for limit, wrong in (("SECONDS", "s$"), ("MEMORY", "MiB$")):
        monkeypatch.setattr(tools, limit, -1)
        with pytest.raises(tools.Wrong, match=wrong):
            tools.examine("decisions", b"{}")
        monkeypatch.undo()
