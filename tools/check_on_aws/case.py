"""A case: one state with its input and a mocked result, and what AWS's interpreter must answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = Any
Status = Literal["SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"]

CAUSE = "the cause"


@dataclass(frozen=True)
class Failure:
    """A mocked error, and how often its Retry has been tried before."""

    error: str
    retries: int = 0

    @property
    def output(self) -> Json:
        """What a Catch without an Output passes on."""
        return {"Error": self.error, "Cause": CAUSE}


@dataclass(frozen=True)
class Result:
    """A mocked result: what the service answers, or for a Map what all its iterations return."""

    value: Json


@dataclass(frozen=True)
class Retrying:
    """The Retry entry that applies, and the longest pause before the next attempt in seconds."""

    index: int
    longest_pause: float


@dataclass(frozen=True)
class Expected:
    """The answer of TestState. None means: the answer must not have it, or for `arguments`: it is not compared."""

    status: Status
    next_state: str | None = None
    output: Json = None
    assigns: Mapping[str, Json] = field(default_factory=dict)
    arguments: Json = None
    error: str | None = None
    cause: str | None = None
    retrying: Retrying | None = None
    catch: int | None = None


@dataclass(frozen=True)
class Case:
    """One call of TestState."""

    state: str
    title: str
    expected: Expected
    input: Json = field(default_factory=dict)
    variables: Mapping[str, Json] = field(default_factory=dict)
    mock: Result | Failure | None = None

    def __str__(self) -> str:
        return f"{self.state}: {self.title}"
