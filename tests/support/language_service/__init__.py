"""AWS's own language service of state machines, and the JSONata that Step Functions implements, in Node.js.

Step Functions implements JSONata 2.0.6:
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.processes.node import run_script

DIRECTORY = Path(__file__).parent


@dataclass(frozen=True)
class Definition:
    """The text of a state machine's definition; `language` is `json` or `yaml`."""

    language: str
    text: str


@dataclass(frozen=True)
class Expression:
    """A JSONata expression. The part from `start` on is the one whose branches are observed."""

    text: str
    start: int = 0


@dataclass(frozen=True)
class Evaluation:
    """The result of an expression, None if it failed or returned nothing.

    A branch is a part of `condition ? then : otherwise`, named by its position and part.
    """

    value: Any
    failed: bool
    branches: frozenset[str]
    taken: frozenset[str]


def diagnostics(definitions: Sequence[Definition]) -> list[list[str]]:
    """What the language service says about each definition."""
    requests = [{"language": definition.language, "text": definition.text} for definition in definitions]
    found: list[list[str]] = _run("validate.mjs", requests)
    return found


def evaluate(expressions: Sequence[Expression]) -> list[Evaluation]:
    """Evaluate expressions with the reference implementation, all in one process."""
    requests = [{"text": expression.text, "start": expression.start} for expression in expressions]
    return [
        Evaluation(
            answer.get("value"),
            "error" in answer,
            frozenset(answer["branches"]),
            frozenset(answer["taken"]),
        )
        for answer in _run("evaluate.mjs", requests)
    ]


def _run(script: str, requests: list[dict[str, Any]]) -> Any:
    if not (DIRECTORY / "node_modules").is_dir():
        raise FileNotFoundError("The language service is not installed. Install it: make install")
    return run_script(DIRECTORY / script, requests)
