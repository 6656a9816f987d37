"""The mutations of Python code: what may replace a node of the syntax tree.

Not mutated: what only people read (log lines, the texts of errors), annotations, decorators, and the figures at the top
of a module, which are choices that a test could only repeat.
"""

import ast
import re
from collections.abc import Iterator

from tools.mutate.expressions import condition_mutants, is_expression, key_condition_mutants

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
KEY_CONDITION = "KeyConditionExpression"
PLACE_OF_VALUE = re.compile("\0(\\d+)\0")


def is_left_alone(node: ast.AST) -> bool:
    """Whether nothing below a node is mutated."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="logger"))):
            return True  # a log line
        case ast.Raise() | ast.Assert() | ast.Import() | ast.ImportFrom():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Expr(value=ast.Constant()):
            return True  # a docstring
        case _:
            return False


def mutants(node: ast.AST, *, in_key_condition: bool = False) -> Iterator[ast.AST]:
    """What may replace a node, one mutation each."""
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str()) | ast.JoinedStr():
            yield from _texts(node, in_key_condition=in_key_condition)
        case ast.Compare(left=left, ops=[operator], comparators=comparators):
            yield ast.Compare(left, [COMPARISONS[type(operator)]()], comparators)
        case ast.BoolOp(op=operator, values=values):
            for place in range(len(values)):
                others = values[:place] + values[place + 1 :]
                yield others[0] if len(others) == 1 else ast.BoolOp(operator, others)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.BinOp():
            yield from _operations(node)
        case ast.Call():
            yield from _calls(node)
        case ast.Dict(keys=keys, values=values) if not _is_request(node):
            for place in range(len(keys)):
                yield ast.Dict(keys[:place] + keys[place + 1 :], values[:place] + values[place + 1 :])
        case ast.Set(elts=elements) | ast.Tuple(elts=elements) if _are_names(elements):
            for place in range(len(elements)):
                others = elements[:place] + elements[place + 1 :]
                yield ast.Tuple(others, ast.Load()) if isinstance(node, ast.Tuple) or not others else ast.Set(others)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            if not isinstance(test, ast.Constant):
                yield body
                yield orelse
        case ast.comprehension(target=target, iter=values, ifs=conditions, is_async=is_async):
            for place in range(len(conditions)):
                yield ast.comprehension(target, values, conditions[:place] + conditions[place + 1 :], is_async)
        case ast.stmt() | ast.ExceptHandler():
            yield from _statements(node)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.If(body=body, orelse=orelse):
            yield ast.If(ast.Constant(True), body, orelse)
            yield ast.If(ast.Constant(False), body, orelse)
        case ast.While(body=body, orelse=orelse):
            yield ast.While(ast.Constant(False), body, orelse)
        case ast.Raise():
            yield ast.Pass()
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom() as value) if not is_left_alone(value):
            yield ast.Pass()
        case ast.AugAssign(target=target, op=operator, value=value):
            yield ast.Pass()
            if type(operator) in ARITHMETIC:
                yield ast.AugAssign(target, ARITHMETIC[type(operator)](), value)
        case ast.Break() | ast.Continue():
            yield ast.Pass()
        case ast.ExceptHandler(type=kind, name=name):
            yield ast.ExceptHandler(kind, name, [ast.Raise()])
        case ast.Match(subject=subject, cases=cases):
            for place in range(len(cases)):
                yield ast.Match(subject, cases[:place] + cases[place + 1 :] or [_no_case()])


def _operations(node: ast.BinOp) -> Iterator[ast.AST]:
    """Arithmetic turned; of conditions and dicts that are joined, one left out."""
    if isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield node.left
        yield node.right
    elif type(node.op) in ARITHMETIC and not _is_text(node.left) and not _is_text(node.right):
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
            yield ast.Call(ast.Name(FUNCTIONS[name], ast.Load()), node.args, node.keywords)
        case ast.Call(func=ast.Name(id="with_retries" | "retry_on_conflict"), args=[attempt, *_]):
            yield ast.Call(attempt, [], [])  # a retry left out
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=[]) if name.startswith("with_"):
            yield value


def _texts(node: ast.AST, *, in_key_condition: bool) -> Iterator[ast.AST]:
    """Mutations of a DynamoDB expression; the values of an f-string keep their places."""
    text, values = _flat(node)
    if not is_expression(text):
        return
    for mutant in key_condition_mutants(text) if in_key_condition else condition_mutants(text):
        yield _unflat(mutant, values)


def _flat(node: ast.AST) -> tuple[str, list[ast.expr]]:
    if isinstance(node, ast.Constant):
        return str(node.value), []
    values: list[ast.expr] = []
    text = ""
    for part in node.values if isinstance(node, ast.JoinedStr) else []:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            text += f"\0{len(values)}\0"
            values.append(part)
    return text, values


def _unflat(text: str, values: list[ast.expr]) -> ast.AST:
    if not values:
        return ast.Constant(text)
    parts = PLACE_OF_VALUE.split(text)  # texts and places in turn
    return ast.JoinedStr(
        [values[int(part)] if place % 2 else ast.Constant(part) for place, part in enumerate(parts) if part]
    )


def _is_request(node: ast.Dict) -> bool:
    """Whether DynamoDB would refuse the request without one of these entries."""
    keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
    return "TableName" in keys or any(isinstance(key, str) and key.startswith(":") for key in keys)


def _are_names(elements: list[ast.expr]) -> bool:
    return bool(elements) and all(
        isinstance(element, ast.Constant) and isinstance(element.value, str) for element in elements
    )


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _no_case() -> ast.match_case:
    return ast.match_case(ast.MatchAs(), None, [ast.Pass()])
