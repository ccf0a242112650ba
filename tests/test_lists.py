"""One list of each thing: what is written down in two places is compared, and a list of what is missing fails when it arrives."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from keystone_lua.authoring.checker.rules import RULES, string_method, unused_result
from keystone_lua.authoring.checker.script import STRING_METHODS
from keystone_lua.interpreter import costs, signatures
from keystone_lua.interpreter.analysis import pricing
from keystone_lua.interpreter.stdlib.registry import LIBRARIES
from keystone_lua.interpreter.syntax import nodes
from tests.budgets import growth
from tests.test_house import FLOORS

ROOT = Path(__file__).parents[1]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


# prices


def digest() -> str:
    """A hash of every number of the cost table."""
    table = {
        name: value for name, value in vars(costs).items() if name.isupper() and name not in ("VERSION", "RELEASED")
    }
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()


def test_a_released_cost_table_does_not_change() -> None:
    """If it must: a new VERSION. With the release its hash goes into RELEASED."""
    if costs.VERSION in costs.RELEASED:
        assert digest() == costs.RELEASED[costs.VERSION], "a price has changed: VERSION must, too"


def test_a_table_that_is_not_in_released_is_not_released() -> None:
    unreleased = (ROOT / "CHANGELOG.md").read_text().partition("## Unreleased")[2].partition("\n## ")[0]
    assert costs.VERSION in costs.RELEASED or f"Cost table {costs.VERSION}" in unreleased, digest()


@pytest.mark.parametrize("name", ["CALL", "LIBRARY", "WORK"])
def test_a_changed_price_is_another_hash(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest()
    monkeypatch.setattr(costs, name, {**getattr(costs, name), "type": 9} if name != "CALL" else costs.CALL + 1)
    assert digest() != before


SIZES = {
    *("FEW", "RUNS", "LARGE_NUMERAL", "LONG_SUBJECT", "MAX_PATTERN", "LONGEST", "MAX_KEY"),
    *("_FIELDS", "_JUMPS", "_SERIALIZED", "_SCAN", "_COPY"),
}
"""Names in charges that are no prices: bounds of what is paid for, and logarithms of prices."""

MOST = 16
"""A number in a charge that is no price: copies of a text, fields of a result."""


def charged() -> Iterator[tuple[str, ast.Module, ast.expr]]:
    """The arguments of all calls that charge, and the modules that they stand in."""
    for room in ("stdlib", "modules", "patterns", "runtime", "execution"):
        for path in sorted((ROOT / "keystone_lua" / "interpreter" / room).glob("*.py")):
            tree = ast.parse(path.read_text())
            for call in ast.walk(tree):
                name = getattr(call.func, "id", getattr(call.func, "attr", "")) if isinstance(call, ast.Call) else ""
                if isinstance(call, ast.Call) and (name == "charge" or name == "refuel"):
                    yield from ((f"{path.name}:{call.lineno}", tree, argument) for argument in call.args)


def test_every_price_stands_in_the_cost_table() -> None:
    """Or a price could change with no hash to tell, and old decisions would replay with other counts."""
    found = 0
    outside = []
    for where, tree, argument in charged():
        own = {
            node.target.id: {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
            for node in tree.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None
        }
        for part in ast.walk(argument):
            found += 1
            names = own.get(part.id) if isinstance(part, ast.Name) and part.id not in SIZES else None
            if names is not None and not names & {"costs", *vars(costs), *own}:
                outside.append(f"{where}: {ast.unparse(part)} belongs into costs.py")
            if isinstance(part, ast.Constant) and isinstance(part.value, int) and part.value > MOST:
                outside.append(f"{where}: {part.value} belongs into costs.py")
    assert outside == []
    assert found > 1000


@pytest.mark.parametrize("table", ["WORK", "WORK_BYTES", "PER_INSTRUCTION"])
def test_every_price_is_charged(table: str) -> None:
    texts = [path.read_text() for path in (ROOT / "keystone_lua" / "interpreter").glob("*/*.py")]
    unused = [key for key in getattr(costs, table) if not any(f'{table}["{key}"]' in text for text in texts)]
    assert not unused, f"in costs.{table}, and nobody charges it: {unused}"


PRICED_BY_PARTS = {nodes.Paren, nodes.Chain, nodes.Do, nodes.If}
"""What costs what its parts do."""


def test_every_kind_of_node_has_a_price_or_none_on_purpose() -> None:
    kinds = {kind for kind in vars(nodes).values() if isinstance(kind, type) and issubclass(kind, nodes.Node)}
    abstract = {nodes.Node, nodes.Expression, nodes.Statement, nodes.Chunk}
    missing = kinds - abstract - PRICED_BY_PARTS - pricing._RULES.keys()
    assert not missing, f"analysis/pricing.py has no rule for {sorted(kind.__name__ for kind in missing)}"
    assert not PRICED_BY_PARTS & pricing._RULES.keys()


# library functions

SEVERAL = set(
    """(constant) (header) (ipairs) assert bit.tohex collectgarbage constant coroutine.resume coroutine.yield
    debug.getinfo debug.traceback error ipairs load loadstring log math.frexp math.modf
    math.randomseed next os.date os.time pairs pcall print rawset require select string.byte string.find string.gfind
    string.gmatch string.gsub string.match table.foreach table.foreachi table.insert table.maxn table.pack table.remove
    table.setn table.sort table.unpack unpack xpcall""".split()
)
"""Functions that may answer none or several values, or one that the compiler need not know the kind of."""


def test_every_library_function_says_what_it_answers() -> None:
    kinds = {f"{library}.{name}" if library else name for library, name in signatures.RESULT_KINDS}
    assert kinds | SEVERAL == costs.LIBRARY.keys(), "RESULT_KINDS of signatures.py, or SEVERAL here"
    assert not kinds & SEVERAL


def test_what_is_said_to_be_missing_is_missing() -> None:
    """Advice for a name that has arrived would never be shown, and examples of missing names would teach wrongly."""
    for path in signatures.OTHER_MEMBERS:
        library, _, name = path.partition(".")
        assert name not in LIBRARIES[library], f"{path} is there: take it out of OTHER_MEMBERS in signatures.py"
    assert not signatures.OTHER_GLOBALS.keys() & LIBRARIES.keys()
    for library, names in signatures.LEFT_OUT.items():
        assert not set(names) & LIBRARIES.get(library, {}).keys()
        assert names or library not in LIBRARIES[""].keys() | LIBRARIES.keys(), library
    (row,) = re.findall(r"^\| `unavailable-library` .*", page("scripts.md"), re.MULTILINE)
    shown = set(re.findall(r"`([\w.]+)`", row))
    missing = signatures.OTHER_MEMBERS.keys() | signatures.OTHER_GLOBALS.keys() | signatures.LEFT_OUT.keys()
    there = shown - missing - set(signatures.SWITCHED)
    assert not there, f"docs/scripts.md#check, unavailable-library, shows what is there: {there}"
    there = string_method.INSTEAD.keys() & STRING_METHODS
    assert not there, f"INSTEAD of rules/string_method.py tells what to write for what is there: {there}"


def test_the_rule_on_unused_results_knows_the_strings_functions() -> None:
    strings = {path.partition(".")[2] for path in costs.LIBRARY if path.startswith("string.")}
    assert strings - NOT_PURE <= unused_result.STRING, "STRING of rules/unused_result.py, or NOT_PURE here"
    assert not unused_result.STRING & NOT_PURE


NOT_PURE = frozenset(["gsub"])
"""Functions of strings that may call what a script gave them."""


# tables of the documents


def test_the_table_of_rules_has_every_rule() -> None:
    rows = re.findall(r"^\| (`.*?) \|", page("scripts.md").partition("| rule |")[2].partition("\n\n")[0], re.MULTILINE)
    named = [(code, row) for row in rows for code in re.findall(r"`([a-z-]+)`", row)]
    assert sorted(code for code, _ in named) == sorted(["syntax", *(rule.CODE for rule in RULES)]), (
        "docs/scripts.md#check"
    )
    marks = {"error": "(error)", "note": "(notes)"}
    for rule in RULES:
        assert rule.SEVERITY not in marks or marks[rule.SEVERITY] in dict(named)[rule.CODE], rule.CODE


def test_every_file_of_a_rule_is_in_the_list_of_rules() -> None:
    folder = ROOT / "keystone_lua" / "authoring" / "checker" / "rules"
    files = {path.stem for path in folder.glob("*.py") if re.search("^CODE", path.read_text(), re.MULTILINE)}
    listed = {rule.CODE.replace("-", "_") for rule in RULES}
    assert files == listed, "a rule's file is named after its CODE, and it has a line in RULES of rules/__init__.py"


def test_the_table_of_what_pays_for_what_is_the_declared_one() -> None:
    assert growth.table().strip() in page("security.md"), "python -m tests.budgets growth"


def test_every_room_is_in_the_architecture() -> None:
    """docs/architecture.md names each room of the package, of its interpreter and of its server."""
    named = set(re.findall(r"`?([a-z_]+)(?:/|\.py|`)", page("architecture.md")))
    for wing, floors in FLOORS.items():
        assert {room for rooms in floors for room in rooms} - {"__main__", "version"} <= named, wing


# metrics

SHOWN_ONLY = {
    *("keystone_build_info", "keystone_lane_decisions_total", "keystone_lane_queue_length"),
    *("keystone_log_lines_dropped_total", "keystone_script_allocated_bytes", "keystone_script_instructions"),
    "keystone_worker_resident_memory_bytes",
}
"""Metrics whose names and labels are tested, and whose values are not: no more are to come."""


def test_a_test_makes_every_metric_count() -> None:
    documented = set(re.findall(r"`(keystone_\w+)`", page("operations.md")))
    texts = [path.read_text() for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    unseen = {name for name in documented if not any(name.removesuffix("_total") in text for text in texts)}
    assert unseen == SHOWN_ONLY, "a metric needs a test that makes it count, in tests/server/test_metrics.py"


# references


SEE = re.compile(r"\(?\bsee ((?:[a-z_]+\.)*[A-Za-z_]+)\)")
"""What a comment or docstring sends a reader to: ``(see codegen.builder)``."""


def test_what_a_reader_is_sent_to_is_there() -> None:
    """A module, or a name in one: by its path or the end of it, or a name of the file itself."""
    texts = {path: path.read_text() for path in sorted((ROOT / "keystone_lua").rglob("*.py"))}
    paths = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in texts}
    ends = {".".join(parts[start:]) for path in paths for parts in [path.split(".")] for start in range(len(parts))}
    missing = []
    for path, text in texts.items():
        for named in SEE.findall(text):
            module, _, _ = named.rpartition(".")
            own = re.search(
                rf"^\s*(?:def|class) {named}\b|^\s*(?:self\.)?{named}\b.*=|^\s*{named}:", text, re.MULTILINE
            )
            if named not in ends and module not in ends and not own:
                missing.append(f"{path.relative_to(ROOT)}: {named}")
    assert not missing, "\n".join(missing)
