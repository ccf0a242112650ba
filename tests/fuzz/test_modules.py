"""A short form of ``python -m tests.fuzz modules``."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter.modules import catalogue

from . import modules

pytestmark = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")


@pytest.mark.parametrize("name", catalogue.FILES)
def test_no_call_does_what_none_may_do(name: str) -> None:
    assert list(modules.campaign(300, 1, (name,))) == []


def test_the_same_seed_gives_the_same_calls() -> None:
    one, two = (str(list(modules.calls("json", 50, 3))) for _ in range(2))
    assert one == two


def test_what_is_wrong_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that sees nothing would find nothing."""
    monkeypatch.setattr(modules, "_is_lua", lambda value: False)
    assert next(modules.campaign(50, 1, ("base64",)))[1].endswith("a value that is none of Lua's")


def test_another_answer_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(range(1000))
    monkeypatch.setattr(modules, "_answer", lambda *_: (str(next(answers)), 0, 0))
    assert "asked again" in next(modules.campaign(50, 1, ("base64",)))[1]
