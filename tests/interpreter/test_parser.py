"""The nodes that the parser makes: shapes, values, places."""

from __future__ import annotations

import math
from typing import Any

import pytest

from keystone_lua.interpreter.syntax import nodes
from keystone_lua.interpreter.syntax.parser import parse


def block(source: str | bytes) -> tuple[Any, ...]:
    return parse(source, "x.lua").body.statements


def statement(source: str | bytes) -> Any:
    (only,) = block(source)
    return only


def expression(source: str) -> Any:
    (only,) = statement("return " + source).values
    return only


def shape(node: Any) -> str:
    """An expression with all its brackets."""
    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Number(value=value):
            return f"{value:g}"
        case nodes.Arithmetic(first=first, rest=rest) | nodes.Comparison(first=first, rest=rest):
            return "(" + shape(first) + "".join(f" {step.symbol} {shape(step.operand)}" for step in rest) + ")"
        case nodes.Concat(operands=operands):
            return "(" + " .. ".join(map(shape, operands)) + ")"
        case nodes.Logical(symbol=symbol, operands=operands):
            return "(" + f" {symbol} ".join(map(shape, operands)) + ")"
        case nodes.Unary(symbol=symbol, operand=operand):
            return f"({symbol} {shape(operand)})"
        case nodes.Index(object=owner, key=nodes.String(value=key)):
            return f"{shape(owner)}.{key}"
        case nodes.Index(object=owner, key=key):
            return f"{shape(owner)}[{shape(key)}]"
        case nodes.Call(function=function, arguments=arguments):
            return f"{shape(function)}({', '.join(map(shape, arguments))})"
        case nodes.MethodCall(object=owner, method=method, arguments=arguments):
            return f"{shape(owner)}:{method}({', '.join(map(shape, arguments))})"
        case nodes.Paren(expression=inner):
            return f"<{shape(inner)}>"
        case nodes.String(value=value):
            return repr(value)
        case nodes.Table(fields=fields):
            return "{" + ", ".join((f"[{shape(f.key)}] = " if f.key else "") + shape(f.value) for f in fields) + "}"
    return str(type(node).__name__).lower()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a + b - c + d", "(a + b - c + d)"),
        ("a + (b - c) + d", "(a + (b - c) + d)"),
        ("(a + b) - c", "((a + b) - c)"),
        ("a * b + c / d % e", "((a * b) + (c / d % e))"),
        ("a .. b .. c", "(a .. b .. c)"),
        ("a .. (b .. c)", "(a .. (b .. c))"),
        ("(a .. b) .. c", "((a .. b) .. c)"),
        ("a + b .. c + d", "((a + b) .. (c + d))"),
        ("a < b == c ~= d", "(a < b == c ~= d)"),
        ("a .. b == c", "((a .. b) == c)"),
        ("a and b and c or d and e or f", "((a and b and c) or (d and e) or f)"),
        ("a and (b and c)", "(a and (b and c))"),
        ("a or b and c", "(a or (b and c))"),
        ("not a == b", "((not a) == b)"),
        ("not not a", "(not (not a))"),
        ("-x ^ 2", "(- (x ^ 2))"),
        ("2 ^ -3", "(2 ^ (- 3))"),
        ("2 ^ -3 ^ 2", "(2 ^ (- (3 ^ 2)))"),
        ("2 ^ -3 * 4", "((2 ^ (- 3)) * 4)"),
        ("a ^ b ^ c", "(a ^ (b ^ c))"),
        ("- - a", "(- (- a))"),
        ("-a * b", "((- a) * b)"),
        ("#a + 1", "((# a) + 1)"),
        ("-#a.b", "(- (# a.b))"),
        ("a.b.c[d].e", "a.b.c[d].e"),
        ("a.b(c):d(e, f)[g]", "a.b(c):d(e, f)[g]"),
        ("f'x'{}[1]", "f('x')({})[1]"),
        ("f[[x]]", "f('x')"),
        ("a:b'x':c{}", "a:b('x'):c({})"),
        ("(a)", "a"),
        ("((a))", "a"),
        ("(a).b", "a.b"),
        ("(f())", "<f()>"),
        ("((f()))", "<f()>"),
        ("(a:b())", "<a:b()>"),
        ("(...)", "<vararg>"),
        ("(f()).x", "<f()>.x"),
        ("('x'):y()", "'x':y()"),
        ("{}", "{}"),
        ("{a, b; c = d, [e] = f, g(), ...}", "{a, b, ['c'] = d, [e] = f, g(), vararg}"),
        ("{a,}", "{a}"),
        ("{a = 1;}", "{['a'] = 1}"),
        ("{a == 1}", "{(a == 1)}"),
        ("{[a] = 1, [b]=2}", "{[a] = 1, [b] = 2}"),
        ("nil, true, false", ""),
    ],
)
def test_expressions(source: str, expected: str) -> None:
    values = statement("return " + source).values
    assert ", ".join(map(shape, values)) == (expected or "nil, boolean, boolean")


def test_booleans_and_nil() -> None:
    nothing, true, false = statement("return nil, true, false").values
    assert isinstance(nothing, nodes.Nil)
    assert true.value is True
    assert false.value is False


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("3", 3.0),
        ("3.", 3.0),
        (".5", 0.5),
        ("3e10", 3e10),
        ("3E+2", 300.0),
        ("5e-1", 0.5),
        ("007", 7.0),
        ("0x10", 16.0),
        ("0XfF", 255.0),
        ("0x.8", 0.5),
        ("0xA.8", 10.5),
        ("0x1p4", 16.0),
        ("0x1P-1", 0.5),
        ("0x1.8p+1", 3.0),
        ("1e999", math.inf),
        ("9" * 5000, math.inf),
        ("0." + "0" * 5000 + "1", 0.0),
        ("0x" + "f" * 5000, math.inf),
        ("0x" + "0" * 5000 + "1", 1.0),
        ("9007199254740993", 9007199254740992.0),
        ("0x20000000000001", 9007199254740992.0),
    ],
    ids=lambda value: str(value)[:20],
)
def test_numbers(source: str, value: float) -> None:
    node = expression(source)
    assert isinstance(node, nodes.Number)
    assert node.value.__class__ is float
    assert node.value == value


def test_numbers_end_where_lua_ends_them() -> None:
    assert shape(expression("0xA..b")) == "(10 .. b)"
    assert shape(expression("0xe+1")) == "(14 + 1)"
    assert shape(expression("3-2")) == "(3 - 2)"
    assert shape(expression("a.b-.5")) == "(a.b - 0.5)"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (r"'\a\b\f\n\r\t\v\\\"\''", "\a\b\f\n\r\t\v\\\"'"),
        (r"'\65\066\0679'", "ABC9"),
        (r"'\0\00\000'", "\0\0\0"),
        (r"'\255\x41\xff'", "\xffA\xff"),
        (r"'\q\%\[\u{41}'", "q%[u{41}"),
        ("'a\\\nb'", "a\nb"),
        ("'a\\\r\nb\\\n\rc\\\rd'", "a\nb\nc\nd"),
        ("'a\\z  \n\t b'", "ab"),
        ("'a\\zb\\z'", "ab"),
        ('"\'"', "'"),
        ("''", ""),
        ("'--'", "--"),
        ("[[]]", ""),
        ("[[\n]]", ""),
        ("[[\n\na]]", "\na"),
        ("[[a\r\nb\n\rc\rd\n\ne]]", "a\nb\nc\nd\n\ne"),
        ("[[\r\na\\n]]", "a\\n"),
        ("[==[]]]=]]==]", "]]]=]"),
        ("[=[]]=]", "]"),
        ("[[a[[b]]", "a[[b"),
        ("'\xe9\xff\x80'", "\xe9\xff\x80"),
        ("'\0'", "\0"),
    ],
)
def test_strings(source: str, value: str) -> None:
    node = expression(source)
    assert isinstance(node, nodes.String)
    assert node.value == value


def test_bytes_become_one_character_each() -> None:
    assert statement("return 'é'".encode()).values[0].value == "\xc3\xa9"


def test_comments_and_white_space() -> None:
    assert block("--\n--[[ x\n]] --[==[ ]] ]==] --[ x\n\t\v\f -- end") == ()
    assert block("") == ()
    assert block("#!/bin/lua x y") == ()
    assert shape(expression("a--[[b]]+--\nc")) == "(a + c)"


def test_statements() -> None:
    assert [type(node).__name__ for node in block(
        "local a; a = 1 f() do end while a do end repeat until a if a then end for i = 1, 2 do end "
        "for k in a do end function f() end local function g() end goto l ::l:: ; ; return"
    )] == [
        "Local", "Assign", "CallStatement", "Do", "While", "Repeat", "If", "NumericFor", "GenericFor", "Assign",
        "LocalFunction", "Goto", "Label", "Return",
    ]  # fmt: skip


def test_local() -> None:
    node = statement("local a, b = 1, f()")
    assert (node.names, len(node.values)) == (("a", "b"), 2)
    assert statement("local a").values == ()


def test_assignment() -> None:
    node = statement("a, b.c, d[1] = 1, 2")
    assert [shape(target) for target in node.targets] == ["a", "b.c", "d[1]"]
    assert [shape(value) for value in node.values] == ["1", "2"]


def test_if() -> None:
    node = statement("if a then b() elseif c then d() elseif e then else f() g() end")
    assert [shape(branch.condition) for branch in node.branches] == ["a", "c", "e"]
    assert [len(branch.body.statements) for branch in node.branches] == [1, 1, 0]
    assert len(node.orelse.statements) == 2
    assert statement("if a then end").orelse is None
    assert statement("if a then else end").orelse.statements == ()


def test_loops() -> None:
    numeric = statement("for i = a, b do break end")
    assert (numeric.name, shape(numeric.start), shape(numeric.stop), numeric.step) == ("i", "a", "b", None)
    assert shape(statement("for i = a, b, c do end").step) == "c"
    generic = statement("for k, v in f, s do end")
    assert (generic.names, [shape(value) for value in generic.values]) == (("k", "v"), ["f", "s"])
    repeat = statement("repeat local x until x")
    assert (len(repeat.body.statements), shape(repeat.condition)) == (1, "x")
    assert isinstance(statement("while a do break end").body.statements[0], nodes.Break)


def test_function_statement() -> None:
    node = statement("function a.b:c(x, ...) return end")
    (target,), (function,) = node.targets, node.values
    assert shape(target) == "a.b.c"
    assert (function.name, function.parameters, function.is_vararg) == ("a.b:c", ("self", "x"), True)
    (function,) = statement("function a.b() end").values
    assert (function.name, function.parameters, function.is_vararg) == ("a.b", (), False)
    assert isinstance(statement("function f() end").targets[0], nodes.Name)


def test_other_functions() -> None:
    node = statement("local function f(a, b)\nend")
    assert (node.name, node.function.name, node.function.parameters, node.function.end_line) == (
        "f",
        "f",
        ("a", "b"),
        2,
    )
    assert expression("function(...) end").name == ""
    assert expression("function(...) end").is_vararg
    assert expression("function(a, b, ...) end").parameters == ("a", "b")


def test_goto_is_a_name_where_no_label_follows() -> None:
    jump, assignment, label = block("goto goto_ goto = goto.goto ::goto_::")
    assert (jump.label, label.name) == ("goto_", "goto_")
    assert shape(assignment.values[0]) == "goto.goto"
    _, jump, _ = block("x = goto goto l ::l::")
    assert isinstance(jump, nodes.Goto)


def test_a_call_may_not_begin_a_line_but_a_statement_may() -> None:
    _, call = block("local x = 1\n(f)(x)")
    assert shape(call.call) == "f(x)"
    assert shape(block("function f\n(a)\nend\nf(\n(a)\n)")[1].call) == "f(a)"
    assert len(block("local t = {}\n;(f or g)()")) == 2


def places(source: str) -> list[tuple[str, int, int]]:
    """Type, line and column of all nodes, children after their parents."""
    found = []
    level: list[Any] = [parse(source, "x.lua").body]
    while level:
        node = level.pop(0)
        if isinstance(node, nodes.Node | nodes.Operator):
            found.append((type(node).__name__, node.line, node.column))
        for name in type(node).__match_args__:
            value = getattr(node, name)
            level += [v for v in (value if isinstance(value, tuple) else (value,)) if hasattr(v, "__match_args__")]
    return found


@pytest.mark.parametrize(
    ("source", "kind", "line", "column"),
    [
        ("  x = 1", "Name", 1, 3),
        ("  x = 1", "Assign", 1, 3),
        ("x\n=\n1", "Assign", 3, 1),
        ("\n\t x = 1", "Number", 2, 7),
        ("x = 'a\\\n' y = 2", "String", 2, 5),
        ("f --[[\n]](\n1)", None, 0, 0),
        ("f(\n1\n)", "Call", 1, 2),
        ("f {\n}", "Call", 1, 3),
        ("f [[\n\n]]", "Call", 3, 3),
        ("f  'x'", "Call", 1, 4),
        ("a\n:\nb(\n)", "MethodCall", 3, 2),
        ("x = a\n.\nb", "Index", 3, 1),
        ("x = a\n[\n1\n]", "Index", 4, 1),
        ("x = a +\nb", "Operator", 2, 7),
        ("x = a +\nb", "Arithmetic", 2, 7),
        ("x = 1 <\n\n2", "Comparison", 3, 7),
        ("x = a ..\nb ..\nc", "Concat", 3, 7),
        ("x = -\na", "Unary", 2, 5),
        ("x = a ^\nb", "Operator", 2, 7),
        ("x = a and\nb", "Logical", 1, 7),
        ("x = (\nf())", "Paren", 1, 5),
        ("x = function\n(\n)\nend", "Function", 2, 5),
        ("function f\n(\n)\nend", "Function", 1, 1),
        ("function f\n(\n)\nend", "Assign", 1, 1),
        (" local function f\n(\n)\nend", "LocalFunction", 1, 2),
        ("for i = 1,\n2\ndo end", "NumericFor", 3, 1),
        ("for k\nin\nf do end", "GenericFor", 3, 1),
        ("  while x do end", "While", 1, 3),
        ("  repeat until x", "Repeat", 1, 3),
        ("  if x then end", "If", 1, 3),
        ("  return\n x", "Return", 1, 3),
        ("  local x\n", "Local", 1, 3),
        ("do\n  x = 1 end", "Block", 2, 3),
        ("goto a ::a::", "Label", 1, 8),
        ("x = {\n1}", "Table", 1, 5),
        ("x = ...", "Vararg", 1, 5),
        ("x = nil", "Nil", 1, 5),
        ("x = true", "Boolean", 1, 5),
        ("--[[\n\n]] x = 1", "Name", 3, 4),
        ("\r\n\r\n x = 1", "Name", 3, 2),
        ("#!lua\n x = 1", "Name", 2, 2),
    ],
)
def test_places(source: str, kind: str | None, line: int, column: int) -> None:
    """The line is the one that lua5.1 names in an error there."""
    if kind is None:
        with pytest.raises(Exception, match="ambiguous"):
            parse(source, "x.lua")
        return
    found = [place for place in places(source) if place[0] == kind]
    assert (kind, line, column) in (found[-1], found[0])


def test_the_chunk() -> None:
    chunk = parse("return ...", "dir/name.lua")
    assert (chunk.name, chunk.line, chunk.column) == ("dir/name.lua", 1, 1)


def test_nodes_hash_by_identity() -> None:
    one, other = (parse("return x", "x.lua") for _ in range(2))
    assert one != other
    assert len({one, other}) == 2
