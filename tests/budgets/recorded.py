"""What the record of a decision takes of the event loop: requests that make masking do its worst.

Input: a size. Output: requests by name, and scripts that answer them; for ``python -m tests.budgets recording`` the
milliseconds that each record took, which no budget of a run bounds.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from keystone_lua.audit.masking import Masks
from keystone_lua.audit.recorder import Recorder
from keystone_lua.audit.vault import Vault
from keystone_lua.hidden import Hidden
from keystone_lua.interpreter import Limits, Program, compile_program
from keystone_lua.routing.decision import decide
from keystone_lua.routing.request import BadRequest, request_of

SIZE: Final = 900_000
HIDDEN: Final = Hidden(frozenset({"cookie", "authorization"}), frozenset({"token"}), frozenset({"password"}))
LIMITS: Final = Limits(instructions=10**8, memory=10**9)

ANSWERS: Final = {
    "a short answer": "return {selected_backend = 'a'}",
    "long texts": "local t = ('ab '):rep(21000) return {selected_backend = t, reject_reason = t, modified_path = '/' .. ('abc'):rep(21000)}",
    "many headers": "local h = {} for i = 1, 6000 do h['x' .. i] = 'ab' end return {selected_backend = 'a', modified_headers = h}",
    "an error": "error(('s'):rep(9000))",
    "a log": "for i = 1, 100 do log(('s'):rep(600)) end return {selected_backend = 'a'}",
}


def spellings(name: str, count: int) -> Iterator[str]:
    """A header's name in so many mixtures of cases, which a JSON object may have side by side."""
    for cases in itertools.islice(itertools.product((str.lower, str.upper), repeat=len(name)), count):
        yield "".join([case(letter) for case, letter in zip(cases, name, strict=True)])


def requests(size: int = SIZE) -> dict[str, dict[str, Any]]:
    """What differs from a plain request."""

    def repeated(piece: str) -> str:
        return piece * (size // len(piece))

    def numbered(form: str, between: str = "") -> str:
        return between.join([form % number for number in range(size // (len(form) + len(between) + 5))])

    def one(secret: str) -> str:
        return f'"password":"{secret}"'

    bodies = {
        "letters": repeated("a"), "names": repeated('":'), "quotes": repeated('"'), "backslashes": repeated("\\"),
        "escaped quotes": repeated('\\"'), "escaped names": repeated('"\\u0061":'), "blank names": repeated('" :'),
        "almost names": repeated('"passwore":1,'), "names of others": numbered('"a%d":1', ","),
        "secrets": numbered('"password":"secret-%d"', ","), "numbers": numbered('"password":%d '),
        "escaped secrets": repeated('"pass\\u0077ord":1 '), "endless secrets": repeated('{"password":"'),
        "open lists": numbered('"password":[%d,'), "a deep secret": '"password":' + repeated("["),
        "a secret list": '"password":[' + repeated("[],") + "1]", "one of letters": one(repeated("a")),
        "one of escapes": one(repeated("%41")), "one of accents": one(repeated("\u00e4\u4e00")),
        "one of words": one(repeated("ab ")), "one of parts": one(numbered("part-%d", " ")),
        "one of JSON escapes": one(repeated("\\u0061")),
        "single letters": "".join(map(one, "[masked]" * 40)),
    }  # fmt: skip
    queries = {
        "separators": repeated("&"), "pairs": repeated("a=b&"), "tokens": numbered("token=%d", "&"),
        "escaped names": repeated("%74oken=1&"), "escaped others": repeated("%61=1&"), "a long name": repeated("%74") + "=1",
        "plus signs": repeated("+&"), "semicolons": numbered("a=;token=%d", ";"), "almost names": repeated("tokem=1&"),
        "one of escapes": "token=" + repeated("%41"), "single letters": "&".join([f"token={x}" for x in "[masked]"] * 40),
    }  # fmt: skip
    found: dict[str, dict[str, Any]] = {f"a body of {name}": {"body": body} for name, body in bodies.items()}
    found |= {f"a query of {name}": {"path": f"/?{query}"} for name, query in queries.items()}
    few = min(8_000, size // 20)
    found["a long cookie"] = {"headers": {"cookie": repeated("abcdefgh;")}}
    found["a cookie in all spellings"] = {
        "headers": {name: f"secret-{n}" for n, name in enumerate(spellings("authorization", few))}
    }
    found["single letters in all spellings"] = {
        "headers": dict(zip(spellings("cookie", 24), "[masked]" * 3, strict=True))
    }
    found["many headers"] = {"headers": {f"h{number}": "v" for number in range(few)}}
    return found


class Campaign:
    """Records in a folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "decisions.log"
        self.recorder = Recorder(self.file, Masks(HIDDEN, b"k" * 32, Vault(folder / "vault")))

    @staticmethod
    def script(statements: str) -> Program:
        """One that has read all headers, and answers."""
        return compile_program(
            f"function on_route_request(r) for k, v in pairs(r.headers) do end {statements} end".encode(), "x.lua"
        )

    def record(self, program: Program, fields: dict[str, Any]) -> float | None:
        """Processor seconds of the record, and of what the server's log has to know; None if no server takes the request."""
        try:
            request = request_of(
                {"method": "GET", "path": "/", "host": "h", "headers": {}, "body": "", "backends": [], **fields}
            )
        except BadRequest:
            return None
        decision = decide(program, request, limits=LIMITS, watched=HIDDEN.headers)
        started = time.process_time()
        self.recorder.record(
            "t", request, program, decision, decision.answer, decision.failure, limits=LIMITS, request_id="masked-id"
        )
        texts = [line.text for line in decision.log]
        if decision.failure is not None:
            texts.append(decision.failure.message)
        found = HIDDEN.secrets(request) if texts else None
        if found is not None:
            for text in texts:
                found.without(text)
        return time.process_time() - started


def records() -> Iterator[tuple[str, float]]:
    """Each request with each answer: a name, and the seconds of its record."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(Path(folder))
        for answer, statements in ANSWERS.items():
            program = campaign.script(statements)
            for name, fields in requests().items():
                seconds = campaign.record(program, fields)
                if seconds is not None:
                    yield f"{answer} to {name}", seconds
        campaign.recorder.close()
