"""What used a budget up, for some of the decisions that a budget ended.

In: a decision that a lane has taken, with its program and request. Out: the same decision; where it may be explained,
its failure has `top`.

That takes a second run, with a profile recorder (see routing.spending). So that this does not make attacks dearer for
us, each process explains a script at most once a minute, by a bounded part of its run, and not at all if the script
is long or its run has taken long already.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ...interpreter import Limits
from ...routing.decision import Decision
from ...routing.spending import EXPLAINED, spent

INTERVAL: Final = 60.0
"""Seconds between explanations of one script."""

REMEMBERED: Final = 256
"""Scripts whose last explanation is remembered. One that is forgotten is explained again."""

INSTRUCTIONS: Final = 1_000_000
"""Of the second run, at most: about 0.2 s."""

SOURCE: Final = 64 << 10
"""Bytes of a script and its modules, at most: what compiles in 0.2 s."""

TIME_LEFT: Final = 2.0
"""Seconds of the wall-clock limit that must be left."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a program was compiled from."""

    script: bytes
    modules: Mapping[str, bytes]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return len(self.script) + sum(map(len, self.modules.values()))


class Explainer:
    """Remembers which scripts it has explained lately."""

    def __init__(self) -> None:
        self._explained: OrderedDict[tuple[str, str], float] = OrderedDict()

    def explained(
        self,
        decision: Decision,
        name: str,
        digest: str,
        sources: Sources,
        request: Mapping[str, Any],
        limits: Limits,
        taken: float = 0.0,
    ) -> Decision:
        """The decision, explained or not. ``taken``: seconds that the run has taken. Runs the script again."""
        failure = decision.failure
        if failure is None or failure.kind not in EXPLAINED or failure.kind == "timeout" or sources.size > SOURCE:
            return decision
        if limits.seconds is not None and limits.seconds - taken < TIME_LEFT:
            return decision
        if not self._may_explain((name, digest)):
            return decision
        top = spent(
            sources.script,
            name,
            sources.modules,
            request,
            kind=failure.kind,
            limits=limits,
            seed=decision.seed,
            now=decision.now,
            at_most=INSTRUCTIONS,
        )
        return decision if top is None else decision._replace(failure=replace(failure, top=top.to_json()))

    def _may_explain(self, key: tuple[str, str]) -> bool:
        now = time.monotonic()
        if now - self._explained.get(key, -INTERVAL) < INTERVAL:
            return False
        self._explained[key] = now
        self._explained.move_to_end(key)
        if len(self._explained) > REMEMBERED:
            self._explained.popitem(last=False)
        return True
