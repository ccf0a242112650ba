"""Records of requests that make masking do its worst, a hundredth of what the campaign tries: nothing grows, no secret shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keystone_lua.audit.masking import Masks
from keystone_lua.hidden import MASK, MOST_ESCAPES, MOST_FOUND, MOST_PARTS, MOST_VALUES, Hidden, Secret, Secrets

from . import recorded


@pytest.mark.parametrize("answer", recorded.ANSWERS)
def test_records_are_as_long_as_what_they_tell(answer: str, tmp_path: Path) -> None:
    campaign = recorded.Campaign(tmp_path)
    program = campaign.script(recorded.ANSWERS[answer])
    requests = recorded.requests(9_000)
    for fields in requests.values():
        assert campaign.record(program, fields) is not None
    campaign.recorder.close()
    lines = campaign.file.read_bytes().splitlines()[1:-1]
    assert len(lines) == len(requests)
    for line, fields in zip(lines, requests.values(), strict=True):
        assert len(line) < 100 * len(json.dumps(fields)) + 2_000_000  # the answer's texts, each letter of them masked
        assert b'"password":"secret-' not in line
        assert b"secret-1" not in line


def test_a_masked_value_is_not_looked_for_in_what_stands_for_another() -> None:
    """28 spellings of a header, a letter of the mask each, made a request's id of nine letters 3 GB long."""
    headers = dict(zip(recorded.spellings("cookie", 16), "[masked]" * 2, strict=True))
    masks = Masks(["cookie"])
    assert masks.name("masked-id", {"headers": headers}) == MASK * 6 + "-i" + MASK
    assert Secrets("[masked]").without("mask it") == MASK * 4 + " it"


def test_beyond_what_is_counted_the_rest_is_one_secret() -> None:
    hidden = Hidden(frozenset(), frozenset({"token"}), frozenset({"password"}))
    for count in (MOST_FOUND, MOST_FOUND + 1, 60_000):  # of these the last is longer than any query that is looked at
        bodies = '"password":1,' * count, '"\\u0061":1,' * count + '"password":1,'
        queries = "token=1&" * count, "%61=1&" * count + "token=1"
        for parts in (*map(hidden.body, bodies), *map(hidden.parameters, queries)):
            secrets = [part.value for part in parts if isinstance(part, Secret)]
            assert len(secrets) <= MOST_FOUND + 1
            assert "".join([part if isinstance(part, str) else part.value for part in parts]) in bodies + queries
            if count <= MOST_FOUND:
                assert set(map(len, secrets)) <= {1, 2}
            else:
                assert isinstance(parts[-1], Secret)


def test_in_a_text_with_too_much_to_look_for_nothing_shows() -> None:
    usual = {"selected_backend": "a", "reject": True, "tags": ["", "x"]}
    most = [
        Secrets([f"{number}-secret" for number in range(MOST_VALUES + 1)]),
        Secrets(["%41" * (MOST_ESCAPES + 1)]),
        Secrets([" ".join([f"part-{number:06}" for number in range(MOST_PARTS + 1)])]),
    ]
    for secrets in most:
        assert secrets.in_data(usual) == {MASK: ["", MASK]}
    few = Secrets(["s3cret-value"])
    assert few.in_data(usual) == usual
    assert few.without("x" * 5_000_000) == MASK
