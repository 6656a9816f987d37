"""What a load test found: latencies from the planned moments, and errors, by call and by second."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import TypeVar

from tools.load_test.plan import Call

Key = TypeVar("Key")


class Outcome(StrEnum):
    """How a call was answered."""

    OK = "ok"
    REFUSED = "refused"  # as the rules demand: for example nothing is left
    UNDECIDED = "undecided"  # accepted, but not decided within five seconds
    ERROR = "error"  # no answer, or a defect, or too many calls


@dataclass(frozen=True)
class Result:
    """One call: when it was planned and answered, in seconds after the start."""

    call: Call
    planned: float
    answered: float
    outcome: Outcome

    @property
    def latency(self) -> float:
        """From the planned moment: a call that had to wait for its turn is not faster because of that."""
        return self.answered - self.planned


@dataclass(frozen=True)
class Row:
    """A summary of some calls; latencies in seconds."""

    name: str
    calls: int
    refused: int
    undecided: int
    errors: int
    p50: float
    p99: float
    longest: float

    @classmethod
    def of(cls, name: str, results: Sequence[Result]) -> "Row":
        """Summarize calls, at least one."""
        count = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
        latencies = sorted(result.latency for result in results)
        return cls(
            name,
            len(results),
            count[Outcome.REFUSED],
            count[Outcome.UNDECIDED],
            count[Outcome.ERROR],
            percentile(latencies, 50),
            percentile(latencies, 99),
            latencies[-1],
        )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest of these ascending values that is not exceeded by so many percent of them (nearest rank)."""
    return ordered[max(1, ceil(len(ordered) * percent / 100)) - 1]


def by_call(results: Iterable[Result]) -> list[Row]:
    """A row for each kind of call, and one for all."""
    found = list(results)
    kinds = _grouped(found, lambda result: result.call)
    return [
        *(Row.of(call.value, kinds[call]) for call in Call if call in kinds),
        *([Row.of("all", found)] if found else []),
    ]


def by_second(results: Iterable[Result]) -> list[Row]:
    """A row for each second in which calls were planned."""
    seconds = _grouped(results, lambda result: int(result.planned))
    return [Row.of(str(second), seconds[second]) for second in sorted(seconds)]


def csv_lines(rows: Iterable[Row]) -> list[str]:
    """The rows of `by_second` as CSV, latencies in milliseconds."""
    return [
        "second,calls,refused,undecided,errors,p50_milliseconds,p99_milliseconds,longest_milliseconds",
        *(
            f"{row.name},{row.calls},{row.refused},{row.undecided},{row.errors},"
            f"{1_000 * row.p50:.0f},{1_000 * row.p99:.0f},{1_000 * row.longest:.0f}"
            for row in rows
        ),
    ]


def _grouped(results: Iterable[Result], key: Callable[[Result], Key]) -> dict[Key, list[Result]]:
    groups: dict[Key, list[Result]] = defaultdict(list)
    for result in results:
        groups[key(result)].append(result)
    return groups
