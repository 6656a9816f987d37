"""Mutations of DynamoDB expressions: a comparison turned, a clause dropped.

The core's conditions are texts, which general tools for mutation testing take for data. DynamoDB refuses an expression
that does not use all its values. So a clause is not deleted, which every test would notice: it is made always true, or
in an OR always false, and still names its values.
"""

import re
from collections.abc import Iterator

IS_EXPRESSION = re.compile(r"(attribute_(not_)?exists|contains)\(|(=|<|>) :")
COMPARISON = re.compile(r"<>|<=|>=|=|<|>")
COMPARISONS = {"=": "<>", "<>": "=", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}
FUNCTION = re.compile(r"NOT contains|attribute_exists|attribute_not_exists")
FUNCTIONS = {
    "NOT contains": "contains",
    "attribute_exists": "attribute_not_exists",
    "attribute_not_exists": "attribute_exists",
}
IS_TRUE = " OR attribute_exists(mutated) OR attribute_not_exists(mutated)"
IS_FALSE = " AND attribute_exists(mutated) AND attribute_not_exists(mutated)"


def is_expression(text: str) -> bool:
    """Whether a text looks like a condition, a filter or a key condition."""
    return bool(IS_EXPRESSION.search(text)) and not text.startswith(("SET ", "#"))


def key_condition_mutants(text: str) -> Iterator[str]:
    """Mutations that a key condition allows: it has no OR and no inequality."""
    yield from (mutant for mutant in _turned(text, COMPARISON, COMPARISONS) if "<>" not in mutant)


def condition_mutants(text: str) -> Iterator[str]:
    """Every mutation of a condition or a filter."""
    yield from _turned(text, COMPARISON, COMPARISONS)
    yield from _turned(text, FUNCTION, FUNCTIONS)
    yield from _without_a_clause(text)


def _turned(text: str, pattern: re.Pattern[str], others: dict[str, str]) -> Iterator[str]:
    for found in pattern.finditer(text):
        yield text[: found.start()] + others[found.group()] + text[found.end() :]


def _without_a_clause(text: str) -> Iterator[str]:
    for operator, no_effect in ((" OR ", IS_FALSE), (" AND ", IS_TRUE)):
        clauses = _split(text, operator)
        if len(clauses) > 1:
            for place, clause in enumerate(clauses):
                others = clauses[:place], clauses[place + 1 :]
                for mutant in (f"({clause}{no_effect})", *_inner_mutants(clause)):
                    yield operator.join([*others[0], mutant, *others[1]])
            return
    yield f"({text}{IS_TRUE})"


def _inner_mutants(clause: str) -> Iterator[str]:
    inner = clause.strip()
    if inner.startswith("(") and inner.endswith(")"):
        yield from (f"({mutant})" for mutant in _without_a_clause(inner[1:-1]))
    elif len(_split(inner, " AND ")) > 1:
        yield from _without_a_clause(inner)


def _split(text: str, operator: str) -> list[str]:
    """The parts of a text between an operator, outside of parentheses."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and text.startswith(operator, place):
            parts.append(text[start:place])
            start = place + len(operator)
    return [*parts, text[start:]]
