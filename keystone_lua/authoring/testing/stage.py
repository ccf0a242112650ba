"""The stage: the scripts under test, and decisions by them.

Input: sources by tenant, shared modules, a reader of requests. Output: decisions as the gateway would see them, and the
``route`` function that tests call. Refuses an unknown script, a request that the gateway's wire format refuses
or that has a field which it does not know.

Each decision is a run of its own with its own budgets, seed and clock. What it used is charged to the test that
asked for it, so that a test ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from ...interpreter import DEFAULT, Limits, LuaSyntaxError, Program, compile_program
from ...interpreter.execution.host_functions import HostFunction
from ...interpreter.execution.run import Run
from ...interpreter.profiling.recorder import CountedRun
from ...interpreter.runtime.tracebacks import library_error
from ...interpreter.runtime.values import LuaValue
from ...interpreter.stdlib.args import check_number, check_string, check_table
from ...routing.decision import Decision, decision_of
from ...routing.request_fields import unknown
from .assertions import ASSERTIONS
from .cases import RANGES
from .coverage import Coverage
from .values import to_lua, to_plain

SEED: Final = 0
NOW: Final = 1767225600.0
"""2026-01-01 00:00:00 UTC, unless a test gives its clock."""

FUNCTIONS: Final = frozenset({"route", *ASSERTIONS})
"""The globals that tests find."""

_ROUTE_PRICE: Final = 200
_OPTIONS: Final = ("seed", "now", "max_instructions", "max_memory")


class Stage:
    """``read_request`` takes JSON and answers the request that scripts get; it raises ``refusals``, with a text that
    names the field. ``seed`` and ``now`` are the defaults of every decision and test."""

    def __init__(
        self,
        scripts: Mapping[str, bytes],
        modules: Mapping[str, bytes],
        read_request: Callable[[bytes], Mapping[str, Any]],
        refusals: tuple[type[Exception], ...],
        seed: int = SEED,
        now: float = NOW,
        coverage: Coverage | None = None,
    ) -> None:
        self.scripts = scripts
        self.modules = modules
        self.read_request = read_request
        self.refusals = refusals
        self.seed = seed
        self.now = now
        self.coverage = coverage
        self.programs: dict[str, Program] = {}

    def program(self, script: str) -> Program:
        """A script, compiled once. Raises LuaSyntaxError, KeyError."""
        if script not in self.programs:
            self.programs[script] = compile_program(
                self.scripts[script], f"{script}.lua", self.modules, accounted=self.coverage is not None
            )
        return self.programs[script]

    def decide(self, script: str, request: Any, seed: int, now: float, limits: Limits = DEFAULT) -> Decision:
        """A decision on plain data. Raises LuaSyntaxError, KeyError, and what ``read_request`` raises."""
        program = self.program(script)
        if (mistake := unknown(request)) is not None:
            raise mistake
        given = self.read_request(json.dumps(request).encode())
        if self.coverage is None:
            return decision_of(Run(program, limits, seed, now), given)
        run = CountedRun(program, limits, seed, now)
        decision = decision_of(run, given)
        self.coverage.add(program, run.hits)
        return decision

    def functions(self) -> dict[str, HostFunction]:
        """What tests in Lua find as globals."""
        return {**ASSERTIONS, "route": HostFunction(_ROUTE_PRICE, self.route)}

    def route(self, run: Run, d: int, arguments: tuple[LuaValue, ...]) -> LuaValue:
        """``route(script, request [, options])``: the answer, and what the run used and logged.

        Options: seed, now, max_instructions, max_memory. A script that fails is an error.
        """
        script, given, options = (*arguments, None, None, None)[:3]
        name = check_string(script, 1)
        request = to_plain(run, check_table(given, 2), "request") if given is not None else {}
        chosen = self._options(run, options)
        if name not in self.scripts:
            raise library_error(f"no script '{name}' here; there are {', '.join(sorted(self.scripts)) or 'none'}")
        limits = Limits(
            instructions=int(chosen.get("max_instructions", DEFAULT.instructions)),
            memory=int(chosen.get("max_memory", DEFAULT.memory)),
        )
        seed, now = int(chosen.get("seed", self.seed)), chosen.get("now", self.now)
        try:
            decision = self.decide(name, request, seed, now, limits)
        except self.refusals as error:
            raise library_error(f"request: {error}") from None
        except LuaSyntaxError as error:
            raise library_error(error.message) from None
        run.charge(decision.instructions)
        if decision.failure is not None:
            raise library_error(f"{name} failed ({decision.failure.kind}): {decision.failure.message}")
        details = {
            "instructions": decision.instructions,
            "allocated_bytes": decision.allocated_bytes,
            "log": [line.text for line in decision.log],
        }
        return to_lua(run, decision.answer), to_lua(run, details)

    def _options(self, run: Run, options: LuaValue) -> dict[str, float]:
        if options is None:
            return {}
        chosen = {}
        for key, value in check_table(options, 3).items():
            if key not in _OPTIONS:
                raise library_error(f"route knows no option {key!r}; there are {', '.join(_OPTIONS)}")
            number = chosen[key] = check_number(run, value, 3)
            least, most = RANGES[key]
            if not least <= number <= most:
                raise library_error(f"{key}: expected a number from {least:g} to {most:g}")
        return chosen
