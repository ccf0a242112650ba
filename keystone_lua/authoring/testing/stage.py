"""The stage: the scripts under test, and decisions by them.

Input: sources by tenant, shared modules, a reader of requests. Output: decisions as the gateway would see them, and
the ``route`` function that tests call. Refuses an unknown script, and a request that the wire format refuses or that
has a field which the wire format does not know.

Each decision is a run of its own with its own budgets, seed and clock. What it used is charged to the test that
asked for it, so that a test ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ...interpreter import DEFAULT, Limits, LuaSyntaxError, Program, compile_program
from ...interpreter.execution.host_functions import HostFunction
from ...interpreter.execution.run import Run
from ...interpreter.modules.lists import items_of
from ...interpreter.profiling.recorder import CountedRun
from ...interpreter.runtime.tracebacks import library_error
from ...interpreter.runtime.values import LuaValue
from ...interpreter.stdlib.args import check_number, check_string, check_table
from ...interpreter.stdlib.math import STREAM
from ...routing.decision import Decision, decision_of
from ...routing.request_fields import unknown
from ..remarks import remarks, returned_at
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
_OPTIONS: Final = ("seed", "now", "max_instructions", "max_memory", "modules", "random")


MOST_PLACED: Final = 20
"""Results of which the place is looked for: each takes another run, which no test pays for."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Of one decision: ``modules`` are sources in place of those in lib/, ``random`` what math.random draws."""

    seed: int
    now: float
    limits: Limits = DEFAULT
    modules: Mapping[str, bytes] = field(default_factory=dict)
    random: Sequence[float] | None = None


class Stage:
    """``read_request`` takes JSON and answers the request that scripts get; it raises ``refusals``, with a text that
    names the field. ``seed`` and ``now`` are the defaults of every decision and test, ``load`` is whether they may
    load text, ``inert_io`` whether there is an ``io`` that does nothing."""

    def __init__(
        self,
        scripts: Mapping[str, bytes],
        modules: Mapping[str, bytes],
        read_request: Callable[[bytes], Mapping[str, Any]],
        refusals: tuple[type[Exception], ...],
        seed: int = SEED,
        now: float = NOW,
        coverage: Coverage | None = None,
        load: bool = False,
        inert_io: bool = False,
    ) -> None:
        self.scripts = scripts
        self.modules = modules
        self.read_request = read_request
        self.refusals = refusals
        self.seed = seed
        self.now = now
        self.coverage = coverage
        self.load = load
        self.inert_io = inert_io
        self.programs: dict[str, Program] = {}
        self.placed = 0
        self.warnings: dict[str, None] = {}
        """What is odd about answers, each once, in order."""

    def program(self, script: str) -> Program:
        """A script, compiled once. Raises LuaSyntaxError, KeyError."""
        if script not in self.programs:
            self.programs[script] = compile_program(
                self.scripts[script], f"{script}.lua", self.modules, accounted=self.coverage is not None
            )
        return self.programs[script]

    def decide(self, script: str, request: Any, chosen: Circumstances) -> Decision:
        """A decision on plain data. Raises LuaSyntaxError, KeyError, and what ``read_request`` raises."""
        chosen = replace(chosen, limits=replace(chosen.limits, load=self.load, inert_io=self.inert_io))
        modules = {**self.modules, **chosen.modules}
        program = self._with(script, modules) if chosen.modules else self.program(script)
        if (mistake := unknown(request)) is not None:
            raise mistake
        given = self.read_request(json.dumps(request).encode())
        counted = self.coverage is not None and not chosen.modules
        run = (CountedRun if counted else Run)(program, chosen.limits, chosen.seed, chosen.now)
        if chosen.random is not None:
            run.library_state[STREAM] = _drawn(chosen.random)
        decision = decision_of(run, given)
        if self.coverage is not None and isinstance(run, CountedRun):
            self.coverage.add(program, run.hits)
        for remark in remarks(given, decision.answer):
            self.warnings[f"{script}: {remark}"] = None
        return self._placed(decision, script, modules, given, chosen)

    def _placed(
        self, decision: Decision, script: str, modules: Mapping[str, bytes], request: Any, chosen: Circumstances
    ) -> Decision:
        """The decision with the place of the return in its failure, if its result was no answer."""
        failure = decision.failure
        if failure is None or failure.kind != "result" or chosen.random is not None or self.placed >= MOST_PLACED:
            return decision
        self.placed += 1
        name, limits = f"{script}.lua", replace(chosen.limits, seconds=1.0)
        place = returned_at(self.scripts[script], name, modules, request, limits, chosen.seed, chosen.now)
        told = replace(failure, message=f"{failure.message}, returned at {place}") if place else failure
        return decision._replace(failure=told)

    def _with(self, script: str, modules: Mapping[str, bytes]) -> Program:
        """A script with other modules. Raises LuaSyntaxError."""
        return compile_program(self.scripts[script], f"{script}.lua", modules)

    def functions(self) -> dict[str, HostFunction]:
        """What tests in Lua find as globals."""
        return {**ASSERTIONS, "route": HostFunction(_ROUTE_PRICE, self.route)}

    def route(self, run: Run, d: int, arguments: tuple[LuaValue, ...]) -> LuaValue:
        """``route(script, request [, options])``: the answer, and what the run used and logged.

        Options: seed, now, max_instructions, max_memory; ``modules``, sources by name in place of those in lib/;
        ``random``, the numbers that math.random draws. A script that fails is an error.
        """
        script, given, options = (*arguments, None, None, None)[:3]
        name = check_string(script, 1)
        request = to_plain(run, check_table(given, 2), "request") if given is not None else {}
        chosen = self._options(run, options)
        if name not in self.scripts:
            raise library_error(f"no script '{name}' here; there are {', '.join(sorted(self.scripts)) or 'none'}")
        try:
            decision = self.decide(name, request, chosen)
        except self.refusals as error:
            raise library_error(f"request: {error}") from None
        except LuaSyntaxError as error:
            raise library_error(error.told) from None
        run.charge(decision.instructions)
        if decision.failure is not None:
            raise library_error(f"{name} failed ({decision.failure.kind}): {decision.failure.message}")
        details = {
            "instructions": decision.instructions,
            "allocated_bytes": decision.allocated_bytes,
            "log": [line.text for line in decision.log],
        }
        return to_lua(run, decision.answer), to_lua(run, details)

    def _options(self, run: Run, options: LuaValue) -> Circumstances:
        numbers: dict[str, float] = {}
        modules: dict[str, bytes] = {}
        drawn: list[float] | None = None
        for key, value in check_table(options, 3).items() if options is not None else ():
            if key not in _OPTIONS:
                raise library_error(f"route knows no option {key!r}; there are {', '.join(_OPTIONS)}")
            if key == "modules":
                modules = _sources(value)
            elif key == "random":
                drawn = [_fraction(item) for item in items_of(run, check_table(value, 3))]
            else:
                number = numbers[key] = check_number(run, value, 3)
                least, most = RANGES[key]
                if not least <= number <= most:
                    raise library_error(f"{key}: expected a number from {least:g} to {most:g}")
        run.charge(MODULE * sum(map(len, modules.values())))
        limits = Limits(
            instructions=int(numbers.get("max_instructions", DEFAULT.instructions)),
            memory=int(numbers.get("max_memory", DEFAULT.memory)),
        )
        seed, now = int(numbers.get("seed", self.seed)), numbers.get("now", self.now)
        return Circumstances(seed, now, limits, modules, drawn)


MODULE: Final = 100
"""Instructions for a byte of a module that a test brings: the script is compiled with it each time."""


def _sources(value: LuaValue) -> dict[str, bytes]:
    """Sources by name."""
    found = {}
    for name, source in check_table(value, 3).items():
        if name.__class__ is not str or source.__class__ is not str:
            raise library_error("modules: expected the modules' sources by their names, as in {backends = 'return {}'}")
        found[name] = source.encode("latin-1")
    return found


def _fraction(value: LuaValue) -> float:
    """A number that math.random may draw."""
    if value.__class__ is not float or not 0.0 <= value < 1.0:
        raise library_error("random: expected numbers from 0 on, below 1")
    return float(value)


def _drawn(numbers: Sequence[float]) -> Callable[[], float]:
    left = iter(numbers)

    def draw() -> float:
        number = next(left, None)
        if number is None:
            raise library_error(f"math.random was asked for more than the {len(numbers)} numbers of the test")
        return number

    return draw
