"""DynamoDB's expressions: conditions, filters, key conditions, updates and projections become trees.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from tests.support.memory_dynamodb.values import refused

Path = tuple[str | int, ...]
Tree = tuple[Any, ...]  # ("path", Path), ("value", ":name"), or (name of the operator, *operands)

TOKEN = re.compile(r"\s*([#:][A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|\d+|<=|>=|<>|[=<>+\-,().\[\]])")
COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
CONDITION_FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}
UPDATE_FUNCTIONS = {"if_not_exists": 2, "list_append": 2}
CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")


@dataclass(frozen=True, eq=False)
class Expression:
    """A parsed expression, and the names and values that it uses. Each is parsed once, so it is compared by identity."""

    tree: Tree
    names: frozenset[str]
    values: frozenset[str]


@dataclass
class _Parser:
    text: str
    aliases: Mapping[str, str]
    names: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._tokens = list(self._tokenized())
        self._position = 0

    def finished(self, tree: Tree) -> Expression:
        if self._position < len(self._tokens):
            raise self.error(f"unexpected {self._peek()}")
        return Expression(tree, frozenset(self.names), frozenset(self.values))

    def error(self, problem: str) -> Exception:
        return refused(f"Invalid expression: {problem} in {self.text!r}")

    # --- conditions

    def condition(self) -> Tree:
        tree = self._conjunction()
        while self._takes("OR"):
            tree = ("or", tree, self._conjunction())
        return tree

    def _conjunction(self) -> Tree:
        tree = self._negation()
        while self._takes("AND"):
            tree = ("and", tree, self._negation())
        return tree

    def _negation(self) -> Tree:
        if self._takes("NOT"):
            return ("not", self._negation())
        if self._takes("("):
            tree = self.condition()
            self._expect(")")
            return tree
        return self._comparison()

    def _comparison(self) -> Tree:
        if self._peek() in CONDITION_FUNCTIONS and self._peek(1) == "(":
            return self._call(CONDITION_FUNCTIONS)
        left = self.operand()
        if self._takes("BETWEEN"):
            low = self.operand()
            self._expect("AND")
            return ("between", left, low, self.operand())
        if self._takes("IN"):
            self._expect("(")
            return ("in", left, *self._operands_to_the_end())
        comparator = self._next()
        if comparator not in COMPARATORS:
            raise self.error(f"{comparator} is no comparator")
        return (comparator, left, self.operand())

    def operand(self) -> Tree:
        if self._peek() == "size" and self._peek(1) == "(":
            return self._call({"size": 1})
        token = self._next()
        if token.startswith(":"):
            self.values.add(token)
            return ("value", token)
        return ("path", self._path(token))

    def _call(self, functions: Mapping[str, int]) -> Tree:
        name = self._next()
        self._expect("(")
        operands = self._operands_to_the_end()
        if len(operands) != functions[name]:
            raise self.error(f"{name} takes {functions[name]} operands")
        return (name, *operands)

    def _operands_to_the_end(self) -> list[Tree]:
        operands = [self._update_operand()]
        while self._takes(","):
            operands.append(self._update_operand())
        self._expect(")")
        return operands

    # --- updates

    def update(self) -> Tree:
        clauses: dict[str, list[Tree]] = {}
        while self._position < len(self._tokens):
            clause = self._next().upper()
            if clause not in CLAUSES or clause in clauses:
                raise self.error(f"unexpected {clause}")
            clauses[clause] = [self._action(clause)]
            while self._takes(","):
                clauses[clause].append(self._action(clause))
        if not clauses:
            raise self.error("it is empty")
        actions = tuple(action for found in clauses.values() for action in found)
        paths = [action[1] for action in actions]
        for index, path in enumerate(paths):
            if any(_overlap(path, other) for other in paths[index + 1 :]):
                raise self.error(f"two document paths overlap: {path}")
        return ("update", *actions)

    def _action(self, clause: str) -> Tree:
        path = self._path(self._next())
        match clause:
            case "SET":
                self._expect("=")
                value = self._update_operand()
                if self._peek() in ("+", "-"):
                    value = (self._next(), value, self._update_operand())
                return ("SET", path, value)
            case "REMOVE":
                return ("REMOVE", path)
            case _:
                value = self.operand()
                if value[0] != "value":
                    raise self.error(f"{clause} takes a value")
                return (clause, path, value)

    def _update_operand(self) -> Tree:
        if self._peek() in UPDATE_FUNCTIONS and self._peek(1) == "(":
            return self._call(UPDATE_FUNCTIONS)
        return self.operand()

    # --- projections

    def projection(self) -> Tree:
        paths = [self._path(self._next())]
        while self._takes(","):
            paths.append(self._path(self._next()))
        return ("projection", *paths)

    # --- tokens

    def _tokenized(self) -> Iterator[str]:
        text, position = self.text.rstrip(), 0
        while position < len(text):
            found = TOKEN.match(text, position)
            if not found:
                raise self.error(f"cannot read {text[position:]!r}")
            yield found[1]
            position = found.end()

    def _path(self, token: str) -> Path:
        path: list[str | int] = [self._name(token)]
        while self._peek() in (".", "["):
            if self._takes("."):
                path.append(self._name(self._next()))
            else:
                self._expect("[")
                path.append(int(self._next()))
                self._expect("]")
        return tuple(path)

    def _name(self, token: str) -> str:
        if token.startswith("#"):
            if token not in self.aliases:
                raise self.error(f"{token} is not defined")
            self.names.add(token)
            return self.aliases[token]
        if not re.fullmatch(r"[A-Za-z_]\w*", token):
            raise self.error(f"{token} is no name")
        return token

    def _peek(self, ahead: int = 0) -> str | None:
        place = self._position + ahead
        return self._tokens[place] if place < len(self._tokens) else None

    def _next(self) -> str:
        token = self._peek()
        if token is None:
            raise self.error("it ends too early")
        self._position += 1
        return token

    def _takes(self, word: str) -> bool:
        if (self._peek() or "").upper() != word:
            return False
        self._position += 1
        return True

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise self.error(f"{token} is missing")


def _overlap(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def parse(kind: str, text: str, names: Mapping[str, str]) -> Expression:
    """Parse an expression; `kind` is `condition`, `update` or `projection`."""
    return _parse(kind, text, tuple(names.items()))


@lru_cache(10_000)
def _parse(kind: str, text: str, names: tuple[tuple[str, str], ...]) -> Expression:
    parser = _Parser(text, dict(names))
    return parser.finished(getattr(parser, kind)())
