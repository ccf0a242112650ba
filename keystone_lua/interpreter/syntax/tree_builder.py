"""Tree builder: the actions of the grammar's rules.

Input: what a rule has matched. Output: nodes, no higher and no wider than the limits allow.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

from ..numerals import string_to_number
from . import nodes
from .lexer import Token, string_value
from .nodes import children
from .syntax_errors import NO_LOOP, NO_TOKEN, NO_VARARG, Refusal

MAX_HEIGHT: Final = 1000
"""Nodes on the way from the chunk to any leaf: later stages may recurse that deep."""


MAX_LOCALS: Final = 200
"""Local variables alive at one point of a function (LUAI_MAXVARS)."""


_SHORT_CHAIN: Final = 16
"""Within these two no tree reaches MAX_HEIGHT: one level adds one chain and at most ten nodes around it. A chain
with more steps is a nodes.Chain."""


_TOO_DEEP: Final = "chunk has too many syntax levels"


class _Function:
    """What is known about a function while its body is being read."""

    __slots__ = ("is_vararg", "line", "locals", "loops")

    def __init__(self, line: int, is_vararg: bool) -> None:
        self.line = line
        self.is_vararg = is_vararg
        self.locals = 0
        self.loops = 0


class Builder:
    """The transformer: a method for each rule and alias of the grammar, called with the rule's symbols in order.

    A symbol is a token or what the method of its rule returned; ``last`` is the token before the one at hand,
    so at the end of an operand the operand's last one.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.last: Token = NO_TOKEN
        self.is_deep = False
        self.functions = [_Function(0, True)]
        self._chains: dict[nodes.Expression, int] = {}
        self._numbers: dict[str, float] = {}
        self._begins: dict[nodes.Expression, int] = {}
        """The lines of what the tree does not hold: parentheses around an expression, a sign before it."""

    # Chunk and blocks

    def chunk(self, block: nodes.Block) -> nodes.Chunk:
        chunk = nodes.Chunk(1, 1, self.name, block)
        if self.is_deep and _height(chunk) > MAX_HEIGHT:
            raise Refusal(_TOO_DEEP, bare=True)
        return chunk

    def block(self, statements: list[Any], last: Any = None, _semicolon: Any = None) -> nodes.Block:
        if last:
            statements.append(last)
        self._forget_locals(statements)
        _, _, line, column = self.last
        if statements:
            line, column = statements[0].line, statements[0].column
        return nodes.Block(line, column, tuple(statements))

    def _forget_locals(self, statements: list[Any]) -> None:
        count = 0
        for statement in statements:
            if statement.__class__ is nodes.Local:
                count += len(statement.names)
            elif statement.__class__ is nodes.LocalFunction:
                count += 1
        self.functions[-1].locals -= count

    def no_statements(self) -> list[Any]:
        return []

    def add_statement(self, statements: list[Any], statement: nodes.Statement) -> list[Any]:
        statements.append(statement)
        return statements

    def skip_semicolon(self, statements: list[Any], _semicolon: Token) -> list[Any]:
        return statements

    # Lists

    def first(self, item: Any) -> list[Any]:
        return [item]

    def more(self, items: list[Any], separator: Token, item: Any) -> list[Any]:
        before = items[-1]
        self._read(before.value if before.__class__ is nodes.Field and before.key is None else before, separator)
        items.append(item)
        return items

    # Statements

    def return_nothing(self, keyword: Token) -> nodes.Return:
        return nodes.Return(keyword[2], keyword[3], ())

    def return_values(self, keyword: Token, values: list[Any]) -> nodes.Return:
        return nodes.Return(keyword[2], keyword[3], tuple(values))

    def assign(self, targets: list[Any], _equals: Token, values: list[Any]) -> nodes.Assign:
        return nodes.Assign(self.last[2], targets[0].column, tuple(targets), tuple(values))

    def call_statement(self, call: nodes.Expression) -> nodes.CallStatement:
        return nodes.CallStatement(call.line, call.column, call)

    def do(self, keyword: Token, body: nodes.Block, _end: Token) -> nodes.Do:
        return nodes.Do(keyword[2], keyword[3], body)

    def while_head(self, keyword: Token, condition: Any) -> tuple[Token, Any]:
        self.functions[-1].loops += 1
        return keyword, condition

    def while_loop(self, head: tuple[Token, Any], _do: Token, body: nodes.Block, _end: Token) -> nodes.While:
        self.functions[-1].loops -= 1
        (_, _, line, column), condition = head
        return nodes.While(line, column, condition, body)

    def repeat_head(self, keyword: Token) -> Token:
        self.functions[-1].loops += 1
        return keyword

    def repeat_loop(self, head: Token, body: nodes.Block, _until: Token, condition: Any) -> nodes.Repeat:
        self.functions[-1].loops -= 1
        return nodes.Repeat(head[2], head[3], body, condition)

    def if_then(
        self, keyword: Token, condition: Any, _then: Token, body: nodes.Block, others: list[Any], _end: Token
    ) -> nodes.If:
        return nodes.If(keyword[2], keyword[3], (nodes.Branch(condition, body), *others), None)

    def if_else(
        self,
        keyword: Token,
        condition: Any,
        _then: Token,
        body: nodes.Block,
        others: list[Any],
        _else: Token,
        orelse: nodes.Block,
        _end: Token,
    ) -> nodes.If:
        return nodes.If(keyword[2], keyword[3], (nodes.Branch(condition, body), *others), orelse)

    def no_elseifs(self) -> list[Any]:
        return []

    def add_elseif(
        self, branches: list[Any], _elseif: Token, condition: Any, _then: Token, body: nodes.Block
    ) -> list[Any]:
        branches.append(nodes.Branch(condition, body))
        return branches

    def numeric(
        self, name: Token, _equals: Token, start: Any, _comma: Token, stop: Any, _comma2: Any = None, step: Any = None
    ) -> tuple[str, Any, Any, Any]:
        self._enter_for(1)
        return name[1], start, stop, step

    def numeric_for(
        self, keyword: Token, head: tuple[str, Any, Any, Any], do: Token, body: nodes.Block, _end: Token
    ) -> nodes.NumericFor:
        self._leave_for(1)
        return nodes.NumericFor(do[2], keyword[3], *head, body)

    def generic(
        self, names: list[Token], _in: Token, values: list[Any]
    ) -> tuple[int, tuple[str, ...], tuple[Any, ...]]:
        self._enter_for(len(names))
        return self._first_line(values[0]), tuple([name[1] for name in names]), tuple(values)

    def _first_line(self, node: Any) -> int:
        """The line that an expression begins on."""
        while node not in self._begins:
            for name in ("object", "function", "first", "operands"):
                if hasattr(node, name):
                    inner = getattr(node, name)
                    node = inner[0] if name == "operands" else inner
                    break
            else:
                return int(node.line)
        return self._begins[node]

    def generic_for(
        self,
        keyword: Token,
        head: tuple[int, tuple[str, ...], tuple[Any, ...]],
        _do: Token,
        body: nodes.Block,
        _end: Token,
    ) -> nodes.GenericFor:
        line, names, values = head
        self._leave_for(len(names))
        return nodes.GenericFor(line, keyword[3], names, values, body)

    def _enter_for(self, names: int) -> None:
        self.functions[-1].loops += 1
        self._declare(3 + names)  # lua5.1 keeps three of its own

    def _leave_for(self, names: int) -> None:
        self.functions[-1].loops -= 1
        self.functions[-1].locals -= 3 + names

    def local_head(self, keyword: Token, names: list[Token]) -> tuple[Token, list[Token]]:
        self._declare(len(names), names)
        return keyword, names

    def local(self, head: tuple[Token, list[Token]], _equals: Any = None, values: Any = ()) -> nodes.Local:
        (_, _, line, column), names = head
        return nodes.Local(line, column, tuple([name[1] for name in names]), tuple(values))

    def local_function(self, local: Token, keyword: Token, name: Token, body: _Body) -> nodes.LocalFunction:
        self._declare(1)
        function = nodes.Function(body[0], keyword[3], name[1], *body[1:])
        return nodes.LocalFunction(local[2], local[3], name[1], function)

    def _declare(self, count: int, names: list[Token] | None = None) -> None:
        function = self.functions[-1]
        function.locals += count
        if function.locals > MAX_LOCALS:
            where = f"function at line {function.line}" if function.line else "main function"
            token = names[MAX_LOCALS - function.locals] if names else None
            raise Refusal(f"{where} has more than {MAX_LOCALS} local variables", token, bare=True)

    def goto(self, keyword: Token, name: Token) -> nodes.Goto:
        return nodes.Goto(keyword[2], keyword[3], name[1])

    def label(self, opening: Token, name: Token, _closing: Token) -> nodes.Label:
        return nodes.Label(opening[2], opening[3], name[1])

    def break_loop(self, keyword: Token) -> nodes.Break:
        if not self.functions[-1].loops:
            raise Refusal(NO_LOOP)
        return nodes.Break(keyword[2], keyword[3])

    # Functions

    def function_statement(self, keyword: Token, target: _Path, body: _Body) -> nodes.Assign:
        _, _, line, column = keyword
        variable, name, is_method = target
        _, names, is_vararg, block, end = body
        parameters = ("self", *names) if is_method else names
        function = nodes.Function(line, column, "".join(name), parameters, is_vararg, block, end)
        return nodes.Assign(line, column, (variable,), (function,))

    def path_start(self, name: Token) -> _Path:
        return nodes.Name(name[2], name[3], name[1]), [name[1]], False

    def path_step(self, path: _Path, dot: Token, name: Token) -> _Path:
        path[1].extend((dot[1], name[1]))
        return self.member(path[0], dot, name), path[1], False

    def method_path(self, path: _Path, colon: Token, name: Token) -> _Path:
        path[1].extend((colon[1], name[1]))
        return self.member(path[0], colon, name), path[1], True

    def function(self, keyword: Token, body: _Body) -> nodes.Function:
        return nodes.Function(body[0], keyword[3], "", *body[1:])

    def body(self, parameters: tuple[str, ...], block: nodes.Block, end: Token) -> _Body:
        function = self.functions.pop()
        return function.line, parameters, function.is_vararg, block, end[2]

    def no_parameters(self, opening: Token, _closing: Token) -> tuple[str, ...]:
        return self._parameters(opening, [], False)

    def fixed_parameters(self, opening: Token, names: list[Token], _closing: Token) -> tuple[str, ...]:
        return self._parameters(opening, names, False)

    def only_varargs(self, opening: Token, _dots: Token, _closing: Token) -> tuple[str, ...]:
        return self._parameters(opening, [], True)

    def parameters_and_varargs(
        self, opening: Token, names: list[Token], _comma: Token, _dots: Token, _closing: Token
    ) -> tuple[str, ...]:
        return self._parameters(opening, names, True)

    def _parameters(self, opening: Token, names: list[Token], is_vararg: bool) -> tuple[str, ...]:
        self.functions.append(_Function(opening[2], is_vararg))
        self._declare(len(names), names)
        return tuple([name[1] for name in names])

    # Operators

    def _read(self, node: Any, token: Token) -> None:
        """PUC reads an index once it has ``token`` behind it, an error is on that line. Parentheses read it, too."""
        kind = node.__class__
        if kind is nodes.Index and node not in self._begins:
            node.line = token[2]

    def operand(self, operator: Token, operand: Any) -> list[Any]:
        return [operator, operand]

    def more_operands(self, operands: list[Any], operator: Token, operand: Any) -> list[Any]:
        if operator[1] == "..":
            self._read(operands[-1], operator)
        operands.append(operand)
        return operands

    def step(self, operator: Token, operand: Any) -> list[Any]:
        return [operator, nodes.Operator(operator[1], self.last[2], operator[3], operand)]

    def more_steps(self, steps: list[Any], operator: Token, operand: Any) -> list[Any]:
        steps.append(nodes.Operator(operator[1], self.last[2], operator[3], operand))
        return steps

    def logical(self, first: Any, rest: list[Any]) -> nodes.Logical:
        _, symbol, line, column = rest[0]
        self._read(first, rest[0])
        rest[0] = first
        return nodes.Logical(line, column, symbol, tuple(rest))

    def compare(self, first: Any, steps: list[Any]) -> nodes.Comparison:
        self._read(first, steps.pop(0))
        return nodes.Comparison(steps[0].line, steps[0].column, first, tuple(steps))

    def concatenate(self, first: Any, rest: list[Any]) -> nodes.Concat:
        column = rest[0][3]
        self._read(first, rest[0])
        rest[0] = first
        inner = rest[-1]  # in parentheses, if it is a concatenation: PUC makes one of both, on its line
        line = inner.line if inner.__class__ is nodes.Concat else self.last[2]
        return nodes.Concat(line, column, tuple(rest))

    def arithmetic(self, first: Any, steps: list[Any]) -> nodes.Arithmetic:
        self._read(first, steps.pop(0))
        return nodes.Arithmetic(steps[0].line, steps[0].column, first, tuple(steps))

    def unary_operator(self, operator: Token, operand: Any) -> nodes.Unary:
        node = nodes.Unary(self.last[2], operator[3], operator[1], operand)
        self._begins[node] = operator[2]
        return node

    def power_operator(self, first: Any, operator: Token, operand: Any) -> nodes.Arithmetic:
        return self.arithmetic(first, self.step(operator, operand))

    # Simple expressions

    def nil(self, token: Token) -> nodes.Nil:
        return nodes.Nil(token[2], token[3])

    def true(self, token: Token) -> nodes.Boolean:
        return nodes.Boolean(token[2], token[3], True)

    def false(self, token: Token) -> nodes.Boolean:
        return nodes.Boolean(token[2], token[3], False)

    def number(self, token: Token) -> nodes.Number:
        _, text, line, column = token
        value = self._numbers.get(text)
        if value is None:
            value = string_to_number(text)
            assert value is not None  # the lexer has refused malformed ones
            self._numbers[text] = value
        return nodes.Number(line, column, value)

    def string(self, token: Token) -> nodes.String:
        _, text, line, column = token
        return nodes.String(line, column, string_value(text))

    def vararg(self, token: Token) -> nodes.Vararg:
        if not self.functions[-1].is_vararg:
            raise Refusal(NO_VARARG, token)
        return nodes.Vararg(token[2], token[3])

    def paren(self, opening: Token, expression: nodes.Expression, closing: Token) -> nodes.Expression:
        if isinstance(expression, nodes.Call | nodes.MethodCall | nodes.Vararg):
            return nodes.Paren(opening[2], opening[3], expression)
        self._read(expression, closing)
        self._begins[expression] = opening[2]
        return expression

    def variable(self, name: Token) -> nodes.Name:
        return nodes.Name(name[2], name[3], name[1])

    def member(self, owner: Any, dot: Token, name: Token) -> nodes.Index:
        _, text, line, column = name
        node = nodes.Index(line, dot[3], owner, nodes.String(line, column, text))
        return self._step(node, owner) if owner.__class__ is not nodes.Name else node

    def index(self, owner: Any, opening: Token, key: Any, closing: Token) -> nodes.Index:
        node = nodes.Index(closing[2], opening[3], owner, key)
        return self._step(node, owner) if owner.__class__ is not nodes.Name else node

    def call(self, function: Any, arguments: _Arguments) -> nodes.Call:
        line, column, values = arguments
        node = nodes.Call(line, column, function, values)
        return self._step(node, function) if function.__class__ is not nodes.Name else node

    def method_call(self, owner: Any, _colon: Token, name: Token, arguments: _Arguments) -> nodes.MethodCall:
        line, column, values = arguments
        self._read(owner, name)
        node = nodes.MethodCall(line, column, owner, name[1], values)
        return self._step(node, owner) if owner.__class__ is not nodes.Name else node

    def _step(self, node: _Step, before: nodes.Expression) -> _Step:
        """``node`` as a step after ``before``: counted, since steps make the tree high without opening a level."""
        length = self._chains[node] = self._chains.get(before, 1) + 1
        return node if length <= _SHORT_CHAIN else self._long_step(node, before, length)

    def _long_step(self, node: _Step, before: Any, length: int) -> _Step:
        """``node`` as the last step of a nodes.Chain, of which ``before`` is the last step now, or as yet the whole."""
        chain: Any = before.function if isinstance(before, nodes.Call) else before.object
        if isinstance(chain, nodes.Chain):
            last = chain.steps[-1] if chain.steps else chain.first
            key = last.key if isinstance(last, nodes.Index) else None
            chain.steps.append(_behind(nodes.Prior(before.line, before.column, key), before))
        else:
            chain = nodes.Chain(before.line, before.column, before, [])
        node = _behind(chain, node)
        self._chains[node] = length
        return node

    def no_arguments(self, opening: Token, _closing: Token) -> _Arguments:
        return opening[2], opening[3], ()

    def arguments(self, opening: Token, values: list[Any], closing: Token) -> _Arguments:
        self._read(values[-1], closing)
        return opening[2], opening[3], tuple(values)

    def table_argument(self, table: nodes.Table) -> _Arguments:
        return table.line, table.column, (table,)

    def string_argument(self, token: Token) -> _Arguments:
        return token[2], token[3], (self.string(token),)

    # Tables

    def table(self, opening: Token, *fields: Any) -> nodes.Table:
        items = fields[0] if len(fields) > 1 else ()
        if items and items[-1].key is None:
            self._read(items[-1].value, fields[-1])
        return nodes.Table(opening[2], opening[3], tuple(items))

    def positional(self, value: Any) -> nodes.Field:
        return nodes.Field(None, value, self.last[2])

    def named(self, name: Token, _equals: Token, value: Any) -> nodes.Field:
        return nodes.Field(nodes.String(name[2], name[3], name[1]), value, self.last[2])

    def keyed(self, _opening: Token, key: Any, _closing: Token, _equals: Token, value: Any) -> nodes.Field:
        return nodes.Field(key, value, self.last[2])


_Body = tuple[int, tuple[str, ...], bool, nodes.Block, int]


_Step = TypeVar("_Step", nodes.Index, nodes.Call, nodes.MethodCall)


_Path = tuple[Any, list[str], bool]
"""A function statement's variable, its name in pieces, whether it is a method."""


_Arguments = tuple[int, int, tuple[Any, ...]]


def _behind(owner: nodes.Expression, step: nodes.Step) -> Any:
    """The step with another owner."""
    if isinstance(step, nodes.Index):
        return nodes.Index(step.line, step.column, owner, step.key)
    if isinstance(step, nodes.Call):
        return nodes.Call(step.line, step.column, owner, step.arguments)
    return nodes.MethodCall(step.line, step.column, owner, step.method, step.arguments)


def _height(chunk: nodes.Chunk) -> int:
    """Nodes on the longest way down, as far as it is of interest."""
    height = 0
    level: list[Any] = [chunk]
    while level and height <= MAX_HEIGHT:
        height += 1
        level = [child for node in level for child in children(node)]
    return height
