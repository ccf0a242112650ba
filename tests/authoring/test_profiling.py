"""``keystone-lua profile``, and what ``run`` and ``exec`` say of a budget that was used up."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from benchmarks import programs
from keystone_lua.cli import main
from keystone_lua.cli.programs import EXPLAIN_SOURCE

ROOT = Path(__file__).parents[2]
REQUEST = {
    "method": "GET",
    "path": "/<b>&amp;",
    "headers": {"X-User-ID": "4711", "X-Html": "</pre><script>alert(1)</script>"},
    "backends": [{"name": name, "url": "", "health": True} for name in ("blue", "version-a", "version-b", "stable")],
}
HOSTILE = """\
-- <script>alert("comment")</script> \u202e reversed \x07
function on_route_request(request, backends)
  log(request.headers["X-Html"] .. "\\27[31m")
  if request.method == "DELETE" then
    return { reject = true }
  end
  return { selected_backend = "<b>", modified_headers = { ["X-A"] = "</style><img src=x onerror=alert(1)>" } }
end
"""


class Command:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        (folder / "request.json").write_text(json.dumps(REQUEST))

    def script(self, source: str) -> str:
        (self.folder / "x.lua").write_text(source)
        return "x.lua"

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        return code, *self.capsys.readouterr()

    def json(self, *arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self(*arguments, "--json")[1])
        return found


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(tmp_path, capsys)


# totals


@pytest.mark.parametrize("script", sorted((ROOT / "scripts").glob("*.lua")), ids=lambda path: path.stem)
def test_the_parts_add_up_to_what_run_shows(script: Path, command: Command) -> None:
    arguments = [str(script), "--request", "request.json", "--seed", "1", "--now", "0"]
    ran, profiled = command.json("run", *arguments), command.json("profile", *arguments)
    parts = [*profiled["lines"], profiled["base"]]
    for amount in ("instructions", "allocated_bytes"):
        assert sum(part[amount] for part in parts) == ran[amount] == profiled[amount]
    assert profiled["answer"] == ran["answer"]


def test_the_parts_of_a_plain_script(command: Command) -> None:
    (command.folder / "fib.lua").write_bytes(programs.load()["fib"].source(12))
    ran, profiled = command.json("exec", "fib.lua"), command.json("profile", "fib.lua")
    assert sum(line["instructions"] for line in profiled["lines"]) == ran["instructions"]


# text


def test_the_text(command: Command) -> None:
    script = command.script(
        "local n = 0\nfor i = 1, 100 do\n\tn = n + i\nend\nif n < 0 then\n  n = 0\nend\nlocal s = ('x'):rep(n)\n"
    )
    code, shown, _ = command("profile", script)
    assert code == 0
    table, functions, ends = shown.split("\n\n")
    assert table.splitlines()[0].split() == ["instructions", "bytes", "runs", "x.lua"]
    rows = {int(row.split()[-1]): row for row in (line[:54] for line in table.splitlines()[1:])}
    assert list(rows) == [1, 2, 3, 5, 8]
    # These numbers follow costs.py.
    assert re.match(r" +200 +38.9% +0 +100 +3 $", rows[3])
    assert "    n = n + i" in table
    assert functions.splitlines()[1].endswith("string.rep")
    assert ends.splitlines()[1].split()[:4] == ["514", "100.0%", "9195", "100.0%"]


def test_a_hostile_script_in_a_terminal(command: Command) -> None:
    shown = command("profile", command.script(HOSTILE), "--request", "request.json")[1]
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", shown)
    assert "\\u{202e} reversed \\u{7}" in shown


def test_a_failed_run_is_profiled(command: Command) -> None:
    script = command.script("local t = {}\nwhile true do\n  t[#t + 1] = 1\nend")
    code, shown, error = command("profile", script, "--max-instructions", "5000")
    assert code == 1
    assert re.search(r"^ +5000 100.0% .* in all$", shown, re.MULTILINE)
    assert error == "keystone-lua: instruction budget exceeded (5000) (instructions)\n"


def test_a_script_that_does_not_compile(command: Command) -> None:
    code, shown, error = command("profile", command.script("x ="))
    assert (code, shown, error) == (1, "", "keystone-lua: x.lua:1: unexpected symbol near '<eof>'\n")
    assert command.json("profile", command.script("x ="))["kind"] == "syntax"


def test_a_page_that_cannot_be_written_is_wrong_usage(command: Command) -> None:
    code, _, error = command("profile", command.script("x = 1"), "--html", "nowhere/x.html")
    assert (code, error) == (2, "keystone-lua: cannot write nowhere/x.html: No such file or directory\n")


# the page


class Page(HTMLParser):
    """Elements with their attributes, and the text inside each."""

    VOID = ("meta", "br", "img", "link", "input")

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1], data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(command: Command, source: str, *arguments: str) -> Page:
    command("profile", command.script(source), "--html", "out.html", *arguments)
    return Page((command.folder / "out.html").read_text(encoding="utf-8"))


def test_nothing_of_a_hostile_script_is_markup(command: Command) -> None:
    page = page_of(command, HOSTILE, "--request", "request.json")
    tags = {tag for tag, _ in page.elements}
    assert tags == {
        "html", "head", "meta", "title", "style", "body", "header", "main", "section", "div", "h1", "h2", "p", "b",
        "span", "pre", "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "a",
    }  # fmt: skip
    assert len(page.all("style")) == 1
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not [name for _, attributes in page.elements for name in attributes if name == "src"]
    assert all(str(link["href"]).startswith("#f0-") for link in page.all("a"))
    texts = "\n".join(text for _, text in page.texts)
    assert '-- <script>alert("comment")</script> \\u{202e} reversed \\u{7}' in texts
    assert "x.lua:3  </pre><script>alert(1)</script>\\u{1b}[31m" in texts
    assert '"selected_backend": "<b>"' in texts
    assert '"X-A": "</style><img src=x onerror=alert(1)>"' in texts


def test_a_hostile_file_name_is_no_markup(command: Command) -> None:
    name = '"><script>.lua'
    (command.folder / name).write_text("local a = 1")
    command("profile", name, "--html", "out.html")
    page = Page((command.folder / "out.html").read_text())
    assert page.all("script") == []
    assert ("h1", name) in page.texts
    assert page.all("div")[-1]["aria-label"] == f"Source of {name}"


def test_the_page_forbids_everything_but_its_style(command: Command) -> None:
    page = page_of(command, "local a = 1")
    policies = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    style = next(text for tag, text in page.texts if tag == "style")
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style
    assert "@import" not in style


def test_a_row_for_each_line_with_its_heat(command: Command) -> None:
    page = page_of(command, HOSTILE, "--request", "request.json")
    ran = command.json("profile", "x.lua", "--request", "request.json")
    cells = page.all("td")
    lines = [str(cell.get("id")) for cell in page.all("th") if cell.get("id")]
    assert lines == [f"f0-{number}" for number in range(1, len(HOSTILE.splitlines()) + 1)]
    line = next(line for line in ran["lines"] if line["line"] == 3)
    share = 100 * line["instructions"] / ran["instructions"]
    assert f"--share: {share:.2f}%" in [cell.get("style") for cell in cells if cell.get("class") == "bar"]
    assert len([row for row in page.all("tr") if row.get("class") == "missed"]) == 1


def test_the_hottest_lines_come_first_and_lead_to_their_place(command: Command) -> None:
    body = "local t = 0\nfor i = 1, 2000 do\n  t = t + i * 2\nend\nlocal s = ('x'):rep(100)\n"
    page = page_of(command, body)
    found = command.json("profile", "x.lua")
    order = sorted(found["lines"], key=lambda line: -line["instructions"])
    links = [link["href"] for link in page.all("a")]
    assert links == ["#f0-3", "#f0-2", "#f0-5"]
    assert [f"#f0-{line['line']}" for line in order][: len(links)] == links
    assert {link[1:] for link in map(str, links)} <= {heading.get("id") for heading in page.all("th")}
    assert ("td", f"{order[0]['instructions']:,}") in page.texts
    assert "," in f"{order[0]['instructions']:,}"


def test_the_source_is_coloured(command: Command) -> None:
    page = page_of(command, "--[[ a\nb ]] local x = 'and <b>' -- end\nreturn 0x1F\n")
    kinds = [(attributes.get("class"), tag) for tag, attributes in page.elements if tag == "span"]
    assert ("keyword", "span") in kinds
    spans = [text for tag, text in page.texts if tag == "span"]
    for text in ("--[[ a", "b ]]", "local", "'and <b>'", "-- end", "return", "0x1F"):
        assert text in spans


@pytest.mark.parametrize(
    ("script", "budget", "words"),
    [
        ("while true do end", "--max-instructions", "5,000 of 5,000 (all used up)"),
        ("local t = {} while true do t[#t + 1] = {} end", "--max-memory", "5,000 of 5,000 bytes (all used up)"),
        ("while true do print('no more than this') end", "--max-log", "4,986 of 5,000 bytes (all used up)"),
    ],
)
def test_a_budget_that_is_used_up_says_so(script: str, budget: str, words: str, command: Command) -> None:
    page = page_of(command, script, budget, "5000")
    full = [gauge for gauge in page.all("div") if gauge.get("class") == "gauge full"]
    assert len(full) == 1
    assert ("span", words) in page.texts


def test_gauges_say_how_full_each_budget_is(command: Command) -> None:
    page = page_of(command, HOSTILE, "--request", "request.json", "--max-instructions", "1000", "--max-log", "100")
    ran = command.json("profile", "x.lua", "--request", "request.json")
    meters = {meter["aria-label"]: meter for meter in page.all("div") if meter.get("role") == "meter"}
    assert list(meters) == ["Instructions", "Memory", "Log"]
    assert meters["Instructions"]["aria-valuemax"] == "1000"
    assert meters["Instructions"]["aria-valuenow"] == str(ran["instructions"])
    assert meters["Memory"]["aria-valuenow"] == str(ran["allocated_bytes"])
    assert meters["Log"]["aria-valuetext"] == f"{len('</pre><script>alert(1)</script>') + 6} of 100 bytes"


def test_the_page_is_usable_without_eyes(command: Command) -> None:
    page = page_of(command, HOSTILE, "--request", "request.json")
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(heading.get("scope") in ("col", "row") for heading in page.all("th"))


def test_a_failures_page(command: Command) -> None:
    page = page_of(command, "error('<i>')")
    assert ("p", "x.lua:1: <i> (runtime)") in page.texts
    assert ("h2", "Failure") in page.texts


def test_a_page_of_a_plain_script(command: Command) -> None:
    page = page_of(command, "print('a')\nreturn 1, 'x'")
    assert ("p", "returned 1, x") in page.texts
    assert ("pre", "x.lua:1  a") in page.texts


def test_only_files_that_ran_are_shown(command: Command) -> None:
    (command.folder / "lib").mkdir()
    (command.folder / "lib" / "used.lua").write_text("return 1")
    (command.folder / "lib" / "unused.lua").write_text("return 2")
    page = page_of(command, "local u = require 'used'")
    assert [text for tag, text in page.texts if tag == "h2" and "Source" in text] == [
        "Source of x.lua",
        "Source of lib/used.lua",
    ]


# what used a budget up


def test_run_and_exec_say_what_used_a_budget_up(command: Command) -> None:
    body = "  local t = {}\n  while true do\n    t[#t + 1] = ('x'):rep(500)\n  end\n"
    script = command.script(f"function on_route_request()\n{body}end")
    code, _, error = command("run", script, "--request", "request.json")
    assert code == 1
    assert error.splitlines()[-1].startswith("spent: 10485760 bytes: x.lua:4 99%, ")
    found = command.json("run", script, "--request", "request.json", "--max-instructions", "1000")
    assert found["top"]["unit"] == "instructions"
    assert found["top"]["total"] == found["instructions"] == 1000
    assert found["top"]["functions"][0]["function"] == "string.rep"
    code, _, error = command("exec", command.script(body))
    assert error.splitlines()[-1].startswith("spent: 10485760 bytes: x.lua:3 99%, ")


def test_the_second_run_is_bounded_in_time(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keystone_lua.cli.programs.EXPLAIN_SECONDS", 1e-9)
    found = command.json("exec", command.script("while true do end"))
    assert found["instructions"] == 10_000_000
    assert 0 < found["top"]["total"] < 1_000_000


def test_run_and_exec_have_a_clock_up_to_the_default_instructions(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keystone_lua.cli.programs.RUN_SECONDS", 1e-9)
    endless = command.script("while true do end")
    assert command.json("exec", endless)["kind"] == "timeout"
    assert command.json("run", endless, "--request", "request.json")["kind"] == "timeout"
    assert command.json("exec", endless, "--max-instructions", "10000001")["kind"] == "instructions"
    assert command.json("exec", endless, "--max-seconds", "60")["kind"] == "instructions"


def test_what_the_first_run_leaves_of_the_clock_is_the_seconds(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = command.script("while true do end")
    assert "top" not in command.json("exec", endless, "--max-instructions", "1000", "--max-seconds", "0.000001")
    assert "top" in command.json("exec", endless, "--max-instructions", "1000", "--max-seconds", "60")


def test_a_long_script_is_not_compiled_again(command: Command) -> None:
    short, long = (f"while true do end --{'x' * (size - 20)}" for size in (EXPLAIN_SOURCE, EXPLAIN_SOURCE + 1))
    assert "top" in command.json("exec", command.script(short), "--max-instructions", "1000")
    assert "top" not in command.json("exec", command.script(long), "--max-instructions", "1000")


def test_other_failures_spend_nothing(command: Command) -> None:
    assert "spent" not in command("exec", command.script("error('x')"))[2]
    assert "top" not in command.json("exec", command.script("error('x')"))
    assert "top" not in command.json("exec", command.script("return 1"))
