"""The mutants of a module, and how one takes the place of its original in this process."""

import ast
import copy
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from tools.mutate.expressions import IS_FALSE, IS_TRUE
from tools.mutate.operators import KEY_CONDITION, is_left_alone, mutants

PROJECT = Path(__file__).parent.parent.parent
FUNCTIONS = PROJECT / "functions"
# A name at the top of a module, for example a condition; it is not a function.
Definition = ast.FunctionDef | ast.Assign | ast.AnnAssign
Step = tuple[str, int | None]  # a field of a node, and the place in it if it is a list
WHOLE_LENGTH_MAX = 60
CONTEXT_LENGTH = 30


@dataclass(frozen=True, eq=False)
class Mutant:
    """A function, or a name at the top of a module, with one mutation."""

    module: str  # for example inventory.stock.units
    name: str  # for example hold, StockStore.levels
    line: int
    offset: int  # of the line from the first of the function
    mutation: str  # the original and its replacement; equal ones in one function are numbered
    source_hash: str  # of the function
    tree: Definition

    @property
    def key(self) -> str:
        """What names it in results and in the list of survivors, also after other lines have changed."""
        return f"{self.function}: {self.mutation}"

    @property
    def function(self) -> str:
        """Its function or name with the module."""
        return f"{self.module}:{self.name}"

    @property
    def is_function(self) -> bool:
        """Whether a test must call it to notice it; otherwise it is a name that several functions may use."""
        return isinstance(self.tree, ast.FunctionDef)

    def places(self) -> list[str]:
        """Where a test must run to notice it: its line, or the lines that use its name."""
        return [f"{self.function}+{self.offset}"] if self.is_function else _lines_that_use(self.name)

    def apply(self) -> None:
        """Put it in the place of its original, in this process."""
        module = sys.modules[self.module]
        if isinstance(self.tree, ast.FunctionDef):
            undecorated = copy.copy(self.tree)
            undecorated.decorator_list = []
            mutated = _executed(undecorated, undecorated.name, vars(module))
            original = _live_function(module, self.name)
            original.__code__ = mutated.__code__
            original.__defaults__ = mutated.__defaults__
            original.__kwdefaults__ = mutated.__kwdefaults__
            return
        _replace_everywhere(self.name, getattr(module, self.name), _executed(self.tree, self.name, vars(module)))


def source_of(module: str) -> Path:
    """The file of a module."""
    return FUNCTIONS / Path(*module.split(".")).with_suffix(".py")


def mutants_of(module: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(source_of(module).read_text())
    return [mutant for name, node in _definitions(tree) for mutant in _mutants_of(module, name, node)]


def _definitions(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, Definition]]:
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name):
                yield prefix + name, node
            case ast.ClassDef(name=name):
                yield from _definitions(node, f"{prefix}{name}.")
            case ast.Assign(value=ast.Subscript()):
                pass  # another name of a type
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)) if not prefix:
                yield name, node


@cache
def function_hashes() -> dict[str, str]:
    """The hashes of the sources of all functions of the component."""
    return {name: _hash(node) for name, node in _all_functions()}


@cache
def _lines_that_use(name: str) -> list[str]:
    """The lines of all functions of the component that use a name at the top of a module."""
    lines = []
    for function, node in _all_functions():
        used = {part.lineno for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == name}
        lines += [f"{function}+{line - _first_line(node)}" for line in sorted(used)]
    return lines


@cache
def _all_functions() -> list[tuple[str, ast.FunctionDef]]:
    found = []
    for path in sorted((FUNCTIONS / "inventory").rglob("*.py")):
        module = ".".join(path.relative_to(FUNCTIONS).with_suffix("").parts)
        for name, node in _definitions(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                found.append((f"{module}:{name}", node))
    return found


def _hash(node: ast.AST) -> str:
    return hashlib.sha256(ast.dump(node).encode()).hexdigest()[:16]


def _first_line(node: Definition) -> int:
    """The line from which Python counts the lines of a function."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _mutants_of(module: str, name: str, node: Definition) -> Iterator[Mutant]:
    source_hash = _hash(node)
    seen: Counter[str] = Counter()
    is_function = isinstance(node, ast.FunctionDef)
    first = _first_line(node)
    for path, original, in_key_condition in _sites(node):
        if not is_function and isinstance(original, ast.Constant) and isinstance(original.value, int):
            continue  # a figure
        for replacement in mutants(original, in_key_condition=in_key_condition):
            mutation = _difference(_text(original), _text(replacement))
            seen[mutation] += 1
            if seen[mutation] > 1:
                mutation += f" #{seen[mutation]}"
            tree = _replaced(node, path, replacement)
            line = getattr(original, "lineno", node.lineno)
            yield Mutant(module, name, line, line - first, mutation, source_hash, tree)


def _sites(node: ast.AST) -> Iterator[tuple[tuple[Step, ...], ast.AST, bool]]:
    """Every node that may be mutated, with the way to it, and whether it is in a key condition."""
    fields = {
        ast.FunctionDef: ("args", "body"),
        ast.arguments: ("defaults", "kw_defaults"),
        ast.Assign: ("value",),
        ast.AnnAssign: ("value",),
        ast.ExceptHandler: ("body",),
        ast.JoinedStr: (),  # mutated as a whole
    }

    def walk(
        node: ast.AST, path: tuple[Step, ...], in_key_condition: bool
    ) -> Iterator[tuple[tuple[Step, ...], ast.AST, bool]]:
        if path:
            yield path, node, in_key_condition
        if is_left_alone(node):
            return
        for field in fields.get(type(node), node._fields):
            child = getattr(node, field, None)
            children = list(enumerate(child)) if isinstance(child, list) else [(None, child)]
            for place, inner in children:
                if isinstance(inner, ast.AST) and not _are_values_of_condition(node, place):
                    is_key = in_key_condition or _is_key_condition(node, field, place)
                    yield from walk(inner, (*path, (field, place)), is_key)

    yield from walk(node, (), False)


def _are_values_of_condition(node: ast.AST, place: int | None) -> bool:
    """Whether a node holds the values of a condition, of which DynamoDB takes neither fewer nor more."""
    match node:
        case ast.Call(func=ast.Name(id="Condition"), args=[_, ast.Dict()]):
            return place == 1
        case _:
            return False


def _is_key_condition(node: ast.AST, field: str, place: int | None) -> bool:
    if not isinstance(node, ast.Dict) or field != "values" or place is None:
        return False
    key = node.keys[place]
    return isinstance(key, ast.Constant) and key.value == KEY_CONDITION


def _replaced(tree: Definition, path: tuple[Step, ...], replacement: ast.AST) -> Definition:
    copied = copy.deepcopy(tree)
    parent: Any = copied
    for field, place in path[:-1]:
        parent = getattr(parent, field) if place is None else getattr(parent, field)[place]
    field, place = path[-1]
    if place is None:
        setattr(parent, field, replacement)
    else:
        getattr(parent, field)[place] = replacement
    return copied


def _text(node: ast.AST) -> str:
    """The code of a node in one line."""
    match node:
        case ast.comprehension(ifs=conditions):
            text = "".join(f" if {ast.unparse(condition)}" for condition in conditions) or "no condition"
        case ast.If(test=test) | ast.While(test=test):
            text = f"if {ast.unparse(test)}"
        case ast.Match(cases=cases):
            text = "match " + ", ".join(ast.unparse(case.pattern) for case in cases)
        case ast.ExceptHandler(type=kind, body=body):
            text = f"except {ast.unparse(kind) if kind else ''}: {ast.unparse(body[0])}"
        case _:
            text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node)))
    return " ".join(text.replace(IS_TRUE, " OR TRUE").replace(IS_FALSE, " AND FALSE").split())


def _difference(original: str, replacement: str) -> str:
    """`original -> replacement`; of long ones only what differs, with some characters before and after it."""
    if len(original) <= WHOLE_LENGTH_MAX:
        return f"{original} -> {replacement}"
    shorter = min(len(original), len(replacement))
    start = next((place for place in range(shorter) if original[place] != replacement[place]), shorter)
    end = next(
        (place for place in range(shorter - start) if original[-1 - place] != replacement[-1 - place]), shorter - start
    )
    before, after = original[:start][-CONTEXT_LENGTH:], original[len(original) - end :][:CONTEXT_LENGTH]
    return (
        f"…{before}[{original[start : len(original) - end]} -> {replacement[start : len(replacement) - end]}]{after}…"
    )


def _executed(tree: Definition, name: str, namespace: dict[str, Any]) -> Any:
    """What a definition defines. It finds the names of its module, and does not replace its original there."""
    module = ast.fix_missing_locations(ast.Module([tree], []))
    made: dict[str, Any] = {}
    exec(compile(module, "mutant", "exec"), namespace, made)  # noqa: S102  # the component's own code
    return made[name]


def _live_function(module: Any, name: str) -> FunctionType:
    found = module
    for part in name.split("."):
        found = vars(found)[part]
    for wrapper in ("fget", "__func__", "__wrapped__"):
        found = getattr(found, wrapper, found)
    if not isinstance(found, FunctionType):
        raise TypeError(f"{name} is no function")
    return found


def _replace_everywhere(name: str, original: Any, value: Any) -> None:
    """Replace a name in every module that has imported it."""
    for module in list(sys.modules.values()):
        if vars(module).get(name) is original:
            setattr(module, name, value)
