"""An event loop that says when a turn of it ends: when all that was ready has been done, before it waits again.

In: what asyncio's own loop takes. Out: a call of ``at_end`` after each turn. A callback that asks for
the end with ``call_soon`` gives the loop another turn; that is the way on any other loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


def nothing() -> None:
    """What there is to do at the end of a turn as long as nobody has said."""


class TurnLoop(asyncio.SelectorEventLoop):
    """asyncio's loop; ``_run_once`` has been a turn in it since 3.4."""

    def __init__(self) -> None:
        super().__init__()
        self.at_end: Callable[[], None] = nothing

    def _run_once(self) -> None:
        super()._run_once()  # type: ignore[misc]  # not in typeshed
        try:
            self.at_end()
        except Exception as error:  # as of any other callback; the loop must go on
            self.call_exception_handler({"message": "the end of a turn failed", "exception": error})


def run(main: Coroutine[Any, Any, None]) -> None:
    """`asyncio.run` on such a loop."""
    with asyncio.Runner(loop_factory=TurnLoop) as runner:
        runner.run(main)
