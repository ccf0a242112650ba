"""Hostile JSON and YAML: what is read, what is refused and where, and that a bad case file hides no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.authoring.testing import BadTestFile
from keystone_lua.authoring.testing.cases import RANGES, read_cases
from keystone_lua.cli import main
from keystone_lua.gateway.tenant_file import TenantFileError, parse_tenant_file
from keystone_lua.untrusted import documents
from keystone_lua.untrusted.documents import DocumentError, plain, read_json, read_yaml


def yaml(text: str) -> Any:
    root = read_yaml(text.encode("utf-8", "surrogatepass"))
    return None if root is None else plain(root)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("a", "a"), ("2026-01-01", "2026-01-01"), ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("[1, -2, +3, 0o17, 0x1F, 1.5, .5, 1e3]", [1, -2, 3, 15, 31, 1.5, 0.5, 1000.0]),
        ("[yes, no, on, true, False, null, ~, '', \"1\", 1_000, 1:30]",
         ["yes", "no", "on", True, False, None, None, "", "1", "1_000", "1:30"]),
        ("{a: {b: [c, {d: e}]}, 1: x, true: y}", {"a": {"b": ["c", {"d": "e"}]}, "1": "x", "true": "y"}),
        ("<<: {a: 1}", {"<<": {"a": 1}}), ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}), ("|\n  é\n  x\n", "é\nx\n"),
    ],
)  # fmt: skip
def test_what_yaml_means(text: str, value: Any) -> None:
    assert yaml(text) == value


BAD_YAML = {
    "a tag": ("a: !!binary aGk=", 1, 4),
    "a set": ("a:\n  !!set {x, y}", 2, 3),
    "a bad bool": ("- !!bool maybe", 1, 3),
    "a bad int": ("- !!int x", 1, 3),
    "a class": ("!!python/object/apply:os.system [echo]", 1, 1),
    "itself": ("&a [1, *a]", 1, 8),
    "itself as a value": ("&a {x: {y: *a}}", 1, 12),
    "no anchor": ("[*a]", 1, 2),
    "a number": (f"\n- {'9' * 400}", 2, 3),
    "a float": (f"- 0.{'9' * 400}", 1, 3),
    "infinity": ("- 1e999", 1, 3),
    "inf": ("- .inf", 1, 3),
    "nan": ("- .nan", 1, 3),
    "no character": ('- "\\UFFFFFFFF"', 1, 1),
    "a surrogate": ("- \ud800", 1, 3),
    "a list as a key": ("? [a]\n: b", 1, 3),
    "a key twice": ("a: 1\na: 2", 2, 1),
    "two documents": ("a\n---\nb", 2, 1),
    "brackets": ("[" * 100_000, 1, documents.MAX_NESTING + 1),
    "braces": ("{a: " * 10_000, 1, 4 * documents.MAX_NESTING + 1),
    "dashes": ("- " * 100_000, 1, 2 * documents.MAX_NESTING + 1),
    "an alias too deep": ("- &a " + "[" * 31 + "]" * 31 + "\n- [*a]", 2, 4),
    "a bomb": ("- &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"- &{name} [{','.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ), 5, 16),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_YAML)
def test_what_yaml_is_refused_and_where(name: str) -> None:
    text, line, column = BAD_YAML[name]
    with pytest.raises(DocumentError) as refused:
        yaml(text)
    assert refused.value.line == line
    assert refused.value.column == column or name == "no character"


BAD_JSON = {
    "brackets": "[" * 1_000_000,
    "a number": "9" * 400,
    "many numbers": f"[{','.join(['9' * 4000] * 100)}]",
    "a float": f"0.{'9' * 400}",
    "infinity": "[1e999]",
    "constants": "[NaN]",
    "another encoding": "\ufeff[]",
    "no end": '{"a": ["',
    "values": f"[{'0,' * documents.MAX_JSON_VALUES}0, 0]",
    "nothing": "",
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_what_json_is_refused(name: str) -> None:
    with pytest.raises(DocumentError):
        read_json(BAD_JSON[name].encode())


def test_the_limits_on_both_sides() -> None:
    deep = documents.MAX_NESTING
    for more in (0, 1):
        for read, text in (
            (read_json, "[" * (deep + more) + "]" * (deep + more)),
            (yaml_bytes, "- " * (deep + more) + "x"),
        ):
            if more:
                with pytest.raises(DocumentError, match="nested deeper"):
                    read(text.encode())
            else:
                read(text.encode())
    assert read_json(b"9" * documents.MAX_DIGITS)
    assert read_json(b'"\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["')
    flat = "[" + "a," * (documents.MAX_VALUES - 1) + "]"
    assert len(yaml(flat)) == documents.MAX_VALUES - 1
    with pytest.raises(DocumentError, match="more than"):
        yaml(flat[:-1] + "a]")


def yaml_bytes(data: bytes) -> Any:
    return yaml(data.decode())


SCRIPT = "function on_route_request(r, b) return {selected_backend = b[1].name} end"
REQUEST = {"method": "GET", "path": "/", "backends": [{"name": "a", "url": "http://a", "health": True}]}


def test_a_bad_case_file_hides_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tmp_path / "a.lua").write_text(SCRIPT)
    good = json.dumps([{"script": "a", "request": REQUEST, "expect": {"includes": {"selected_backend": "a"}}}])
    (tests / "good.json").write_text(good)
    (tests / "also.yaml").write_text(good)
    for number, (text, _, _) in enumerate(BAD_YAML.values()):
        (tests / f"bad{number:02}.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    for number, text in enumerate(BAD_JSON.values()):
        (tests / f"bad{number:02}.json").write_text(text)
    assert main(["test", str(tmp_path), "--junit", str(tmp_path / "out.xml")]) == 1
    out = capsys.readouterr().out
    count = len(BAD_YAML) + len(BAD_JSON)
    assert f"2 passed, {count} errors" in out
    errors = [line for line in out.splitlines() if "/tests/bad" in line]
    assert len(errors) == count
    assert all(": not YAML: " in line or ": not JSON: " in line for line in errors)
    assert all("line " in line for line in errors)
    assert (tmp_path / "out.xml").read_text().count("<testcase ") == count + 2


@pytest.mark.parametrize("field", RANGES)
def test_numbers_of_a_case_are_in_range(field: str) -> None:
    least, most = RANGES[field]
    whole = field != "now"
    for value, good in ((least, True), (most, True), (least - 1, False), (most * 2, False)):
        case = json.dumps([{field: int(value) if whole else value, "expect": {"error": "x"}}]).encode()
        if good:
            read_cases("a.json", case)
        else:
            with pytest.raises(BadTestFile, match=f"{field}: expected a number from"):
                read_cases("a.json", case)


@pytest.mark.parametrize("field", RANGES)
@pytest.mark.parametrize("value", ["0/0", "1/0", "-1/0", "-1e16", "1e300"])
def test_numbers_of_route_are_in_range(
    field: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.lua").write_text(SCRIPT)
    text = (
        f"function test_a() local ok, e = pcall(route, 'a', {{}}, {{{field} = {value}}}) assert(not ok) error(e, 0) end"
    )
    (tmp_path / "a_test.lua").write_text(text)
    assert main(["test", str(tmp_path / "a_test.lua")]) == 1
    assert f"{field}: expected a number from" in capsys.readouterr().out


@pytest.mark.parametrize("name", BAD_YAML)
def test_no_tenant_file_is_read_otherwise(name: str) -> None:
    with pytest.raises(TenantFileError, match=r"\At\.yaml:\d+:\d+: "):
        parse_tenant_file(BAD_YAML[name][0].encode("utf-8", "surrogatepass"), "t.yaml")


def test_a_tenant_file_of_shared_aliases_is_counted_as_what_it_repeats() -> None:
    services = "".join(f"  - {{name: s{number}, url: 'http://s{number}'}}\n" for number in range(1000))
    tenants = "".join(f"- {{name: t{number}, path_prefix: /{number}, services: *s}}\n" for number in range(3000))
    with pytest.raises(TenantFileError, match="more than"):
        parse_tenant_file(
            f"tenants:\n- name: first\n  path_prefix: /\n  services: &s\n{services}{tenants}".encode(), "t"
        )


def test_a_thousand_tenants_fit() -> None:
    text = "tenants:\n" + "".join(
        f"- name: tenant{n}\n  domains: [t{n}.example.com]\n  lua_script: s{n}\n  lua_engine_url: http://e:1\n"
        f"  services:\n  - {{name: a, url: 'http://a{n}'}}\n  - {{name: b, url: 'http://b{n}'}}\n" for n in range(1000)
    )  # fmt: skip
    assert len(parse_tenant_file(text.encode(), "t.yaml").tenants) == 1000
