"""Records which JSONata expressions the engine evaluates, and compares them with the reference implementation."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from moto.stepfunctions.parser.asl.jsonata import jsonata as engine_jsonata

from tests.support.language_service import Evaluation, Expression, evaluate
from tests.support.workflow.definition import Scope, definition, states

FAILED = "failed"  # in the place of the result of an expression that failed


@dataclass(frozen=True)
class Evaluated:
    """One expression with the values of its variables before it, as the engine evaluated it, and its result as JSON."""

    text: str
    result: str

    @property
    def written(self) -> str | None:
        """The expression of the definition at its end; None for an expression of the engine's own."""
        ends = [
            expression for expression in expressions() if self.text.endswith((f";{expression})", f"({expression})"))
        ]
        return max(ends, key=len, default=None)

    @property
    def start(self) -> int:
        """Where the expression of the definition begins, after the values of its variables, as JavaScript counts."""
        return _utf16_length(self.text) - _utf16_length(self.written or "") - 1


def _utf16_length(text: str) -> int:
    """The length in JavaScript, where an emoji has two characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def expressions(scope: Scope | None = None) -> set[str]:
    """Every expression of a definition, without its `{% %}`."""
    return set(_expressions_in(scope or definition()))


def conditions() -> set[str]:
    """The expression of each condition of a Choice."""
    choices = [choice for state in states().values() for choice in state.get("Choices", ())]
    return {expression for choice in choices for expression in _expressions_in(choice["Condition"])}


def _expressions_in(content: Any) -> Iterator[str]:
    if isinstance(content, str) and content.startswith("{%") and content.endswith("%}"):
        yield content[2:-2].strip()
    elif isinstance(content, dict):
        for field in content.values():
            yield from _expressions_in(field)
    elif isinstance(content, list):
        for item in content:
            yield from _expressions_in(item)


@contextmanager
def recorded_evaluations(directory: Path) -> Iterator[None]:
    """Write every expression that the engine evaluates in this time to a file of its own."""
    evaluate_here = engine_jsonata._eval_jsonata
    evaluated: set[Evaluated] = set()

    def record(text: str) -> Any:
        try:
            result = evaluate_here(text)
        except Exception:
            evaluated.add(Evaluated(text, FAILED))
            raise
        evaluated.add(Evaluated(text, json.dumps(result)))
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_jsonata, "_eval_jsonata", record)
        yield
    unfinished = directory / uuid4().hex
    unfinished.write_text(json.dumps([[one.text, one.result] for one in evaluated]))
    unfinished.rename(unfinished.with_suffix(".json"))


def read_evaluations(directory: Path) -> set[Evaluated]:
    """Every recorded evaluation of all tests."""
    return {Evaluated(*one) for file in directory.glob("*.json") for one in json.loads(file.read_text())}


def compare(evaluated: Iterable[Evaluated]) -> tuple[list[str], list[str]]:
    """Evaluate the same with the reference implementation.

    Returns:
        The differences between the results, and what of the definition was not evaluated: an expression, one of its
        branches, or one of the results of a condition.
    """
    ours = list(evaluated)
    theirs = evaluate([Expression(one.text, one.start) for one in ours])
    pairs = list(zip(ours, theirs, strict=True))
    differences = [
        f"{one.text}: here {one.result}, by the reference implementation {_result(other)}"
        for one, other in pairs
        if not _is_same(one, other)
    ]
    return differences, sorted(_not_covered(pairs))


def _result(evaluation: Evaluation) -> str:
    return FAILED if evaluation.failed else json.dumps(evaluation.value)


def _is_same(ours: Evaluated, theirs: Evaluation) -> bool:
    if theirs.failed or ours.result == FAILED:
        return theirs.failed and ours.result == FAILED
    return _canonical(ours.result) == _canonical(json.dumps(theirs.value))


def _canonical(text: str) -> str:
    """JSON in which equal values have the same text: 1.0 is 1, but true is not 1."""
    return json.dumps(json.loads(text, parse_float=_number), sort_keys=True)


def _number(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _not_covered(pairs: list[tuple[Evaluated, Evaluation]]) -> Iterator[str]:
    covered = [(one.written, one, other) for one, other in pairs if one.written is not None]
    yield from expressions() - {written for written, _, _ in covered}
    results = {(written, one.result) for written, one, _ in covered}
    for condition in conditions():
        yield from (f"{condition} is {result}" for result in ("true", "false") if (condition, result) not in results)
    branches = {(written, branch) for written, _, other in covered for branch in other.branches}
    for written, branch in branches - {(written, branch) for written, _, other in covered for branch in other.taken}:
        yield f"{written}, branch {branch}"
