"""What lives is looked at once by a full collection; circles are found all the same."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from keystone_lua.server.process import heap
from keystone_lua.server.process.heap import NEVER, Heap


class Circle:
    """An object that no reference count frees."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """As it was before, afterwards."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    gc.collect()


def fill() -> list[list[object]]:
    """Enough that lives for collections of the middle generation."""
    return [[] for _ in range(20_000)]


def test_what_is_new_and_goes_in_circles_is_found(collector: None) -> None:
    made = Heap()
    seen = weakref.ref(Circle())
    kept = fill()
    made.tidy()
    assert seen() is None
    assert kept


def test_what_has_survived_is_set_aside(collector: None) -> None:
    made = Heap()
    before = gc.get_freeze_count()
    kept = fill()
    made.tidy()
    assert gc.get_freeze_count() >= before + len(kept)
    assert gc.get_threshold()[2] == NEVER  # nobody else looks at everything


def test_circles_among_it_are_found_when_it_has_doubled(collector: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Heap()
    least = max(made._kept, 50_000)
    monkeypatch.setattr(heap, "LEAST", least)
    circle = Circle()
    seen = weakref.ref(circle)
    kept = fill()
    made.tidy()
    del circle
    more = fill()
    made.tidy()
    assert seen() is not None
    while gc.get_freeze_count() <= 2 * least + 20_000 and seen() is not None:
        more += fill()
        made.tidy()
    assert seen() is None
    assert kept


def test_what_is_set_aside_is_not_counted_each_time(collector: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # To count it passes each object: with 5,000 tenants the loop was held for 25 ms, four times a second.
    made = Heap()
    monkeypatch.setattr(heap, "LEAST", max(made._kept, 50_000))
    monkeypatch.setattr(gc, "get_freeze_count", lambda: pytest.fail("counted"))
    kept = fill()
    made.tidy()
    kept += fill()
    made.tidy()
    assert kept


def test_little_that_is_new_is_left_to_python(collector: None) -> None:
    made = Heap()
    gc.collect()
    seen = weakref.ref(Circle())
    made.tidy()
    assert seen() is not None
