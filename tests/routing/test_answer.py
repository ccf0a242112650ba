"""The answer's fields: read, limited, written, and the same in every place that has a list of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_lua.authoring.checker.rules import unknown_result_field
from keystone_lua.hidden import Secrets
from keystone_lua.interpreter import compile_program
from keystone_lua.routing import answer
from keystone_lua.routing.answer import FIELDS, MORE, MOST_ENTRIES, USUAL, answer_text, table_row
from keystone_lua.routing.decision import Decision, decide
from keystone_lua.routing.request import read_request
from keystone_lua.server.api import models

DOCUMENT = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text()


def decided(result: str, before: str = "") -> Decision:
    """What is decided by a script that returns the Lua expression ``result``."""
    source = f"{before}\nfunction on_route_request(request, backends) return {result} end"
    return decide(compile_program(source.encode(), "t.lua", {}), read_request(b"{}"))


def read(result: str, before: str = "") -> dict[str, Any]:
    decision = decided(result, before)
    assert decision.failure is None, decision.failure
    assert decision.answer is not None
    return decision.answer


def refusal(result: str) -> str:
    decision = decided(result)
    assert decision.answer is None
    assert decision.failure is not None
    assert decision.failure.kind == "result"
    return decision.failure.message


GOOD = {
    "selected_backend": ('"b"', "b"),
    "modified_headers": ('{["X-A"] = 1}', {"X-A": "1"}),
    "modified_path": ('"/x?a=1"', "/x?a=1"),
    "reject": ("true", True),
    "reject_reason": ('"why"', "why"),
    "reject_status": ("401", 401),
    "reject_headers": ('{Location = "/login", ["Set-Cookie"] = {"a=1", "b=2"}}', None),
    "reject_body": ('"two\\nlines"', "two\nlines"),
    "response_headers": ('{["Set-Cookie"] = {"a=1"}, Age = 0}', {"Set-Cookie": ["a=1"], "Age": "0"}),
    "append_response_headers": ('{Vary = "Cookie"}', {"Vary": "Cookie"}),
    "remove_response_headers": ('{"Server", "X-Powered-By"}', ["Server", "X-Powered-By"]),
    "remove_headers": ('{"Cookie"}', ["Cookie"]),
    "append_headers": ('{["X-Tag"] = {"a", "b"}}', {"X-Tag": ["a", "b"]}),
    "modified_host": ('"inner.example"', "inner.example"),
    "modified_method": ('"POST"', "POST"),
    "modified_query": ('""', ""),
    "candidates": ('{"b", "c"}', ["b", "c"]),
    "retries": ("0", 0),
    "timeout_ms": ("1500", 1500),
    "mirror": ('"shadow"', "shadow"),
    "mirror_percent": ("2.5", 2.5),
    "tags": ('{plan = "free", shard = 7}', {"plan": "free", "shard": "7"}),
    "cache": ("{seconds = 60}", {"seconds": 60, "vary": []}),
}


def test_every_field_is_tried() -> None:
    assert list(GOOD) == [field.name for field in FIELDS], "GOOD has an example of each"


@pytest.mark.parametrize("name", GOOD)
def test_a_field_is_read_and_alone(name: str) -> None:
    lua, expected = GOOD[name]
    made = read(f"{{ {name} = {lua} }}")
    if expected is None:
        expected = {"Location": "/login", "Set-Cookie": ["a=1", "b=2"]}
    assert made == {"selected_backend": "", name: expected}
    assert json.loads(answer_text(made)) == made
    models.RouteAnswer(**made)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2^53", "9007199254740992"), ("-2^53", "-9007199254740992"), ("123456789012345", "123456789012345"),
        ("1e14", "100000000000000"), ("2^53 + 2", "9.007199254741e+15"), ("1e300", "1e+300"), ("0/0", "-nan"),
        ("1/0", "inf"), ("0.1 + 0.2", "0.3"), ("99999999999999.5", "1e+14"), ("562949953421312.5", "5.6294995342131e+14"),
    ],
)  # fmt: skip
def test_whole_numbers_are_told_in_full(number: str, text: str) -> None:
    assert read(f"{{ selected_backend = {number}, tags = {{a = {number}}} }}") == {
        "selected_backend": text, "tags": {"a": text},
    }  # fmt: skip


def test_all_fields_together_in_their_order() -> None:
    made = read("{" + ", ".join(f"{name} = {lua}" for name, (lua, _) in reversed(GOOD.items())) + "}")
    assert list(made) == [field.name for field in FIELDS]
    assert json.loads(answer_text(made)) == made


@pytest.mark.parametrize("field", [field for field in MORE if not field.empty], ids=lambda field: field.name)
def test_what_is_empty_is_left_out(field: answer.AnswerField) -> None:
    if field.kind in (answer.WHOLE, answer.NUMBER):
        return  # none of them is empty: 0 says something
    empty = {answer.LINE: '""', answer.TEXT: '""', answer.HOLDS: "{seconds = 0}"}.get(field.kind, "{}")
    assert read(f"{{ {field.name} = {empty} }}") == {"selected_backend": ""}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_wrong_type_names_the_field(field: answer.AnswerField) -> None:
    if field.kind != answer.FLAG:  # every value is true or false to Lua
        assert refusal(f"{{ {field.name} = print }}").startswith(field.name)
    if field.kind in (answer.LINES, answer.HEADERS, answer.TAGS):
        assert refusal(f"{{ {field.name} = {{a = print}} }}").startswith(f"{field.name}['a']")
        assert refusal(f"{{ {field.name} = {{[1] = 'x'}} }}").startswith(field.name)
    if field.kind in (answer.NAMES, answer.LIST):
        assert refusal(f"{{ {field.name} = {{print}} }}").startswith(field.name)
        assert refusal(f"{{ {field.name} = {{a = 'x'}} }}").startswith(field.name)
    if field.kind in (answer.WHOLE, answer.NUMBER):
        assert refusal(f"{{ {field.name} = '1' }}").startswith(field.name)


@pytest.mark.parametrize("field", [field for field in MORE if field.kind in (answer.WHOLE, answer.NUMBER)],
                         ids=lambda field: field.name)  # fmt: skip
def test_numbers_have_limits_on_both_sides(field: answer.AnswerField) -> None:
    assert read(f"{{ {field.name} = {field.least} }}")[field.name] == field.least
    assert read(f"{{ {field.name} = {field.most} }}")[field.name] == field.most
    for wrong in (field.least - 1, field.most + 1, "0/0", "1/0", "-1/0"):
        assert refusal(f"{{ {field.name} = {wrong} }}").startswith(field.name)
    if field.kind == answer.WHOLE:
        assert "whole number" in refusal(f"{{ {field.name} = {field.least}.5 }}")


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_texts_have_limits_on_both_sides(field: answer.AnswerField) -> None:
    most = field.most
    forms = {
        answer.LINE: "('x'):rep(%d)",
        answer.TEXT: "('x'):rep(%d)",
        answer.HEADERS: "{a = ('x'):rep(%d - 1)}",
        answer.LINES: "{a = {('x'):rep(%d - 2), ''}}",
        answer.TAGS: "{a = ('x'):rep(%d - 1)}",
    }
    form = forms.get(field.kind)
    if form is None:
        return
    assert read(f"{{ {field.name} = {form % most} }}")[field.name]
    assert refusal(f"{{ {field.name} = {form % (most + 1)} }}").startswith(field.name)


MANY = """
local function many(n, of)
  local made = {}
  for i = 1, n do made[of == "list" and i or "n" .. i] = "x" end
  return made
end
"""


@pytest.mark.parametrize("field", MORE, ids=lambda field: field.name)
def test_entries_have_limits_on_both_sides(field: answer.AnswerField) -> None:
    kinds = {answer.LINES: "map", answer.TAGS: "map", answer.NAMES: "list", answer.LIST: "list"}
    if field.kind not in kinds:
        return
    most = field.most if field.kind == answer.LIST else MOST_ENTRIES
    assert len(read(f"{{ {field.name} = many({most}, '{kinds[field.kind]}') }}", MANY)[field.name]) == most
    decision = decided(f"{{ {field.name} = many({most + 1}, '{kinds[field.kind]}') }}", MANY)
    assert decision.failure is not None
    assert decision.failure.message.startswith(field.name)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_no_line_break_gets_into_a_message(field: answer.AnswerField) -> None:
    forms = {
        answer.LINE: "'a\\r\\nb'",
        answer.LIST: "{'a\\nb'}",
        answer.NAMES: "{'a\\nb'}",
        answer.TAGS: "{a = 'a\\nb'}",
    }
    for form in (forms[field.kind],) if field.kind in forms else ():
        assert refusal(f"{{ {field.name} = {form} }}").startswith(field.name)
    if field.kind in (answer.HEADERS, answer.LINES):
        for form in ("{a = 'a\\nb'}", "{['a\\nb'] = 'a'}", "{['a:'] = 'a'}", "{[''] = 'a'}"):
            assert refusal(f"{{ {field.name} = {form} }}").startswith(field.name)
    if field.kind == answer.LINES:
        assert refusal(f"{{ {field.name} = {{a = {{'b', 'a\\nb'}}}} }}").startswith(field.name)


def test_fields_are_inherited_from_tables_and_not_asked_of_functions() -> None:
    parent = "local parent = {reject_status = 429}"
    assert read("setmetatable({reject = true}, {__index = parent})", parent)["reject_status"] == 429
    asked = """
        local asked = {}
        local function index(_, name) asked[#asked + 1] = name return nil end
    """
    tags = 'setmetatable({selected_backend = table.concat(asked, " "), tags = {a = "b"}}, {__index = index})'
    assert read(tags, asked)["tags"] == {"a": "b"}
    loop = "local a, b = {}, {} setmetatable(a, {__index = b}) setmetatable(b, {__index = a})"
    assert decided("a", loop).failure is not None  # as a script would: a loop in gettable


def test_many_headers_are_paid_for_where_they_are_returned() -> None:
    """`m04`: a constant has them for nothing, and to check and write each takes a microsecond."""
    constant = "local H = constant(function() local t = {} for i = 1, COUNT do t['x' .. i] = '' end return t end)"
    returned = "{selected_backend = 'a', modified_headers = H}"
    few, many = (decided(returned, constant.replace("COUNT", count)).instructions for count in ("64", "2064"))
    assert many - few == 2000 * 30
    assert decided(returned, constant.replace("COUNT", "1")).instructions == few


def test_secrets_are_masked_in_lists_too() -> None:
    made = Secrets(["hunter22"]).in_data({"response_headers": {"Set-Cookie": ["a=hunter22"]}, "retries": 1})
    assert made == {"response_headers": {"Set-Cookie": ["a=[masked]"]}, "retries": 1}


# every list of the fields


def test_the_first_five_are_those_of_the_first_version() -> None:
    names = [field.name for field in USUAL]
    assert names == ["selected_backend", "modified_headers", "modified_path", "reject", "reject_reason"]


def test_the_documentation_has_a_row_for_each() -> None:
    rows = "\n".join(map(table_row, FIELDS))
    assert f"| field | kind | at most | meaning |\n|---|---|---|---|\n{rows}\n\n" in DOCUMENT, (
        "table_row makes the rows"
    )


def test_the_model_and_the_rule_have_them_in_the_same_order() -> None:
    names = tuple(field.name for field in FIELDS)
    members = models.RouteAnswer.__fields__ if models.PYDANTIC_1 else models.RouteAnswer.model_fields
    assert tuple(members) == names
    assert names == unknown_result_field.FIELDS


texts = st.text(max_size=5)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    answer.LINE: texts,
    answer.TEXT: texts,
    answer.FLAG: st.just(True),
    answer.HEADERS: st.dictionaries(texts, texts),
    answer.LINES: st.dictionaries(texts, texts | st.lists(texts, max_size=3)),
    answer.NAMES: st.lists(texts),
    answer.LIST: st.lists(texts),
    answer.TAGS: st.dictionaries(texts, texts),
    answer.WHOLE: st.integers(0, 2**53),
    answer.NUMBER: st.floats(0, 100) | st.integers(0, 100),
    answer.HOLDS: st.fixed_dictionaries({"seconds": st.integers(0, 9)}, optional={"vary": st.lists(texts)}),
}
ANSWERS = st.fixed_dictionaries({}, optional={field.name: VALUES[field.kind] for field in FIELDS})


@given(ANSWERS)
def test_answers_are_written_as_by_the_json_module(made: dict[str, Any]) -> None:
    assert answer_text(made) == json.dumps(made, separators=(",", ":"))


def test_every_kind_has_a_type_in_the_description() -> None:
    assert {field.kind for field in FIELDS} <= models._TYPES.keys()
