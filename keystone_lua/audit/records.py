"""The format of a decision log: one line of JSON a record, written and read.

In: the outcome of a run. Out: the text of a line without its link in the chain, which `recorder` puts before it. And
back: a line's bytes as a record. Raises `RecordError` for a line that is not, to the byte, what this module writes:
compact ASCII JSON, the fields in the order of the format, headers in the order of the request (``pairs`` shows it to
scripts). So a line has one reading and one hash.

``kind`` is the first field. It is ``decision``, or one of those in `notes`: ``start`` and ``stop`` of the process
that writes, ``gap`` where records were lost, ``version`` where another version of the scripts came into force.
``number`` counts all of them, ``prev`` is the hash of the line before.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as quoted
from types import MappingProxyType
from typing import Any, Final

from ..interpreter import MAX_DEPTH, Failure, Limits, Program
from ..interpreter.text import from_text, to_text
from ..routing.answer import answer_text
from ..routing.decision import Decision, clock_text
from ..routing.request_fields import MORE, OWN, BadRequest, read_backend_more, read_more, read_own
from ..routing.watched_headers import SECRET
from ..untrusted.documents import misshapen
from . import notes
from .fields import hash_of, list_of, number_of, object_of, text_of, whole_of, zones_of
from .notes import VERSIONS, Note, encode, read_note

MAX_LINE: Final = 64 << 20
"""Bytes. A request of a megabyte takes 6 MB when every character is escaped."""

MAX_NESTING: Final = 16
"""Objects and arrays within each other; the format needs 5. Python's decoder recurses in C."""

MAX_COMMON: Final = 4096
MAX_COMMON_NAME: Final = 256
"""Entries of _COMMON, and characters of a tenant's name in one."""

MAX_MASKED: Final = 4 << 20
"""Bytes that the masked values of one record may claim to have had. A request is a megabyte, or what a server takes."""

MAX_VALUES: Final = 200_000
"""Values, and objects and arrays, of one line: ten times what a server takes in a body. Each is 60 bytes and more as
Python has it, for two in the line."""

FIELDS: Final[Mapping[str, Sequence[str]]] = {
    kind: ("kind", "number", "prev", *own.split())
    for kind, own in {
        "decision": "id time tenant script name lane engine costs limits seed clock request answer error read "
        "instructions bytes",
        **notes.FIELDS,
    }.items()
}
"""Of each kind of record, in their order."""

ZONES: Final = "zones"
"""The last field of a decision whose script read tables of time zones."""

REQUEST: Final = ("method", "path", "host", "headers", "body", "backends")


class RecordError(Exception):
    """A line that is no record. The text says why."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a record stands in its chain."""

    number: int
    prev: str


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision. ``script`` is None for an unknown tenant or one that never compiled; ``ran`` says whether a run
    came to its end, with a seed and a clock."""

    id: str
    time: float
    tenant: str
    script: str | None
    ran: bool
    name: str
    lane: str
    costs: str
    limits: Limits
    seed: int
    clock: float
    request: dict[str, Any]
    masked: frozenset[str]
    """The names, in lower case, of the request's headers whose value is masked; a filler of its length stands there."""
    read: tuple[str, ...]
    """Masked headers whose value the script read: what it did with them cannot be seen from the record."""
    answer: dict[str, Any] | None
    error: dict[str, str] | None
    instructions: int
    bytes: int
    closed: frozenset[str] = frozenset()
    """Of ``masked``, those whose value no vault has."""
    veiled: bool = False
    """Whether fillers stand in the path or the body."""
    zones: str = ""
    """The version of the tables of time zones that the script read; "" if it read none."""
    opened: tuple[tuple[str, str], ...] = ()
    """What a vault has: names of headers, as they were sent, or "" for others, and the values."""


Record = DecisionRecord | Note


# writing


def decision_text(
    request_id: str,
    time: float,
    tenant: str,
    request: Mapping[str, Any],
    program: Program | None,
    decision: Decision | None,
    answer: Mapping[str, Any] | None,
    failure: Failure | None,
    limits: Limits,
    lane: str,
    answered: str = "",
) -> str:
    """The text of a decision's line after ``prev``; ``answered`` is that of its answer, if known."""
    if decision is None:
        ran, read, counts = 'null,"clock":null', "[]", '0,"bytes":0'
        zones = ""
    else:
        ran = f'{decision.seed},"clock":{clock_text(decision.now)}'
        read = encode(decision.read) if decision.read else "[]"
        counts = f'{decision.instructions},"bytes":{decision.allocated_bytes}'
        zones = f',"zones":{quoted(decision.zones)}' if decision.zones else ""
    script, name = (None, "") if program is None else (program.hash, program.name)
    known = _COMMON.get((tenant, script, lane))
    common = known[1] if known and known[0] is limits else _circumstances(tenant, script, name, lane, limits)
    error = "null" if failure is None else encode(error_fields(failure))
    if not answered:
        answered = "null" if answer is None else answer_text(answer)
    return (
        f'"id":{quoted(request_id)},"time":{_time_text(int(time * 1000))},{common},'
        f'"seed":{ran},"request":{_request_text(request)},"answer":{answered},"error":{error},'
        f'"read":{read},"instructions":{counts}{zones}}}'
    )


_COMMON: Final[dict[tuple[str, str | None, str], tuple[Limits, str]]] = {}
"""What many records have in common, by tenant, script and lane; made for these limits. No lru_cache: hashing limits
takes longer than all the rest of it."""


def _circumstances(tenant: str, script: str | None, name: str, lane: str, limits: Limits) -> str:
    hash_ = "null" if script is None else f'"{script}"'
    text = (
        f'"tenant":{quoted(tenant)},"script":{hash_},"name":{quoted(to_text(name))},"lane":{quoted(lane)},'
        f'{VERSIONS},"limits":{limits_text(limits)}'
    )
    if len(tenant) <= MAX_COMMON_NAME:
        if len(_COMMON) >= MAX_COMMON:
            _COMMON.clear()
        _COMMON[tenant, script, lane] = limits, text
    return text


@functools.lru_cache(1)
def _time_text(milliseconds: int) -> str:
    return repr(milliseconds / 1000)


def _headers_text(headers: Mapping[str, Any]) -> str:
    """``encode(headers)`` by hand, in half its time: most values are text."""
    try:
        return "{" + ",".join([f"{quoted(name)}:{quoted(value)}" for name, value in headers.items()]) + "}"
    except TypeError:  # a masked one
        return encode(headers)


def _request_text(request: Mapping[str, Any]) -> str:
    """``encode(request)``, likewise."""
    backends = ",".join(
        [
            f'{{"name":{quoted(backend["name"])},"url":{quoted(backend["url"])},'
            f'"health":{"true" if backend["health"] else "false"}}}'
            if len(backend) == _BACKEND_USUAL
            else encode(backend)
            for backend in request["backends"]
        ]
    )
    more = ""
    if len(request) > len(REQUEST):
        newer = [each.name for each in (*MORE, *OWN) if each.name in request]
        more = "".join([f',"{name}":{encode(request[name])}' for name in newer])
    return (
        f'{{"method":{quoted(request["method"])},"path":{_shown(request["path"])},"host":{quoted(request["host"])},'
        f'"headers":{_headers_text(request["headers"])},"body":{_shown(request["body"])},"backends":[{backends}]{more}}}'
    )


_BACKEND_USUAL: Final = 3
"""Fields of a backend of the first version of the wire format."""


def _shown(value: Any) -> str:
    """A text, or its parts where some are masked."""
    return quoted(value) if value.__class__ is str else encode(value)


def error_fields(failure: Failure) -> dict[str, str]:
    """A failure as a record has it."""
    return {"kind": failure.kind, "message": failure.message, "position": failure.position}


def limits_text(limits: Limits) -> str:
    """The limits as every record has them; ``load`` and ``inert_io`` only where they are on."""
    names = ("instructions", "memory", "depth", "log", "seconds")
    values = limits.instructions, limits.memory, limits.depth, limits.log, limits.seconds
    on = {name: True for name, value in (("load", limits.load), ("inert_io", limits.inert_io)) if value}
    return encode({**dict(zip(names, values, strict=True)), **on})


def line(kind: str, number: int, prev: str, text: str) -> bytes:
    """A whole line, without its newline."""
    return f'{{"kind":"{kind}","number":{number},"prev":"{prev}",{text}'.encode("ascii")


# reading


def read_record(data: bytes, vault: Mapping[str, str] = MappingProxyType({})) -> tuple[Link, Record]:
    """Read one line without its newline. ``vault`` has masked values by their hashes. Raises `RecordError`."""
    problem = misshapen(data, MAX_NESTING, MAX_VALUES)
    if problem is not None:
        raise RecordError(problem)
    try:
        value = json.loads(data.decode("ascii"))
        canonical = value.__class__ is dict and encode(value).encode("ascii") == data
    except ValueError:
        raise RecordError("not JSON in ASCII") from None
    if not canonical:
        raise RecordError("not as it was written: the JSON is not in its canonical form")
    try:
        link = Link(whole_of(value["number"]), hash_of(value["prev"]))
        kind = value["kind"]
        fields = FIELDS.get(kind, ()) if kind.__class__ is str else ()
        _check_fields(value, (*fields, ZONES) if kind == "decision" and ZONES in value else fields)
        if kind == "decision":
            return link, _decision(value, vault)
        if fields:
            return link, read_note(kind, value)
    except KeyError as missing:
        raise RecordError(f"field {missing} is missing") from None
    except TypeError as wrong:
        raise RecordError(str(wrong)) from None
    raise RecordError("of no known kind")


def _check_fields(value: dict[str, Any], names: Sequence[str]) -> None:
    """Refuse other fields, and another order: nobody should find in a proved record what nobody has proved."""
    if names and tuple(value) != tuple(names):
        for name in names:
            value[name]  # one that is missing is told as that
        raise TypeError("fields that are not the format's, or in another order")


def _decision(value: dict[str, Any], vault: Mapping[str, str]) -> DecisionRecord:
    asked = _Opener(vault)
    request = asked.request(object_of(value["request"]))
    limits, script, error, answer = value["limits"], value["script"], value["error"], value["answer"]
    ran = value["seed"] is not None
    if script is None and ran:
        raise TypeError("a run without a script")
    if (value["clock"] is not None) != ran:
        raise TypeError("a seed and a clock belong together")
    return DecisionRecord(
        id=text_of(value["id"]),
        time=number_of(value["time"]),
        tenant=text_of(value["tenant"]),
        script=None if script is None else hash_of(script),
        ran=ran,
        name=text_of(value["name"]),
        lane=text_of(value["lane"]),
        costs=text_of(value["costs"]),
        limits=_limits(
            whole_of(limits["instructions"]),
            whole_of(limits["memory"]),
            min(whole_of(limits["depth"]), MAX_DEPTH),
            whole_of(limits["log"]),
            limits.get("load") is True,
            limits.get("inert_io") is True,
        ),
        seed=whole_of(value["seed"]) if ran else 0,
        clock=number_of(value["clock"]) if ran else 0.0,
        request=request,
        masked=frozenset(name.lower() for name in _masked_names(value["request"])),
        closed=frozenset(asked.closed),
        veiled=asked.veiled,
        opened=tuple(asked.opened),
        read=tuple(map(text_of, list_of(value["read"]))),
        answer=None if answer is None else object_of(answer),
        error=None if error is None else {name: text_of(error[name]) for name in ("kind", "message", "position")},
        instructions=whole_of(value["instructions"]),
        bytes=whole_of(value["bytes"]),
        zones=zones_of(value[ZONES]) if ZONES in value else "",
    )


@functools.lru_cache(256)
def _limits(instructions: int, memory: int, depth: int, log: int, load: bool, inert_io: bool) -> Limits:
    """Limits, made once for all records that have them."""
    return Limits(instructions=instructions, memory=memory, depth=depth, log=log, load=load, inert_io=inert_io)


def _masked_names(request: dict[str, Any]) -> Iterator[str]:
    """The headers of a record's request of which a value is masked, and its secrets."""
    for name, content in request["headers"].items():
        if content.__class__ is dict:
            yield name
    for name, several in request.get("headers_multi", {}).items():
        if any(content.__class__ is dict for content in several):
            yield name
    yield from (SECRET + name for name in request.get("secrets", {}))


def _newer(read: Callable[..., None], *arguments: Any) -> None:
    """Have the newer fields of the wire format read as a server reads them."""
    try:
        read(*arguments)
    except BadRequest as error:
        raise TypeError(f"request: {error}") from None


class _Opener:
    """The request as the run is to have it: of a masked value what the vault has, else its length."""

    def __init__(self, vault: Mapping[str, str]) -> None:
        self._vault = vault
        self._left = MAX_MASKED
        self.closed: set[str] = set()
        self.veiled = False
        self.opened: list[tuple[str, str]] = []

    def request(self, value: dict[str, Any]) -> dict[str, Any]:
        return {
            "method": text_of(value["method"]),
            "path": self._joined(value["path"]),
            "host": text_of(value["host"]),
            "headers": {name: self._header(name, content) for name, content in object_of(value["headers"]).items()},
            "body": self._joined(value["body"]),
            "backends": [self._backend(object_of(backend)) for backend in list_of(value["backends"])],
            **self._newer(value),
        }

    def _backend(self, backend: dict[str, Any]) -> dict[str, Any]:
        made = {"name": text_of(backend["name"]), "url": text_of(backend["url"]), "health": bool(backend["health"])}
        if len(backend) > _BACKEND_USUAL:
            _newer(read_backend_more, backend, made, "backends.")
        return made

    def _newer(self, value: dict[str, Any]) -> dict[str, Any]:
        if len(value) == len(REQUEST):
            return {}
        shown = {name: content for name, content in value.items() if name not in REQUEST}
        for name in ("query", "raw_path"):
            if name in shown:
                shown[name] = self._joined(shown[name])
        if "headers_multi" in shown:
            several = object_of(shown["headers_multi"]).items()
            shown["headers_multi"] = {name: [self._header(name, each) for each in list_of(of)] for name, of in several}
        if "body_base64" in shown:
            encoded = self._joined(shown["body_base64"])
            # A filler of the body's length: base64 of zero bytes.
            shown["body_base64"] = "A" * len(encoded) if encoded.startswith("*") else encoded
        if "secrets" in shown:
            own = object_of(shown["secrets"]).items()
            shown["secrets"] = {name: self._header(SECRET + name, content) for name, content in own}
        made: dict[str, Any] = {}
        _newer(read_more, shown, made)
        _newer(read_own, shown, made)
        return made

    def _header(self, name: str, content: Any) -> str:
        if content.__class__ is str:
            return str(content)
        known = self._value(name, content)
        if known is None:
            self.closed.add(name.lower())
        return self._filler(content) if known is None else known

    def _joined(self, value: Any) -> str:
        if value.__class__ is str:
            return str(value)
        return "".join([self._part(part) for part in list_of(value)])

    def _part(self, part: Any) -> str:
        if part.__class__ is str:
            return str(part)
        known = self._value("", part)
        if known is None:
            self.veiled = True
        return self._filler(part) if known is None else known

    def _value(self, name: str, content: Any) -> str | None:
        if not self._vault:
            return None
        known = self._vault.get(hash_of(object_of(content)["hmac"]))
        if known is None or len(from_text(known)) != content["bytes"]:
            return None
        self.opened.append((name, known))
        return known

    def _filler(self, content: Any) -> str:
        size = whole_of(content["bytes"])
        self._left -= size
        if self._left < 0:
            raise TypeError(f"masked values of more than {MAX_MASKED} bytes")
        return "*" * size
