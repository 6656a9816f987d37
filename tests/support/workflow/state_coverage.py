"""State coverage: every path through the state machine, and which of them an execution took by its history."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.support.workflow.definition import State, handler_for, states

Event = Mapping[str, Any]

FAILURES = {"TaskFailed": "taskFailedEventDetails", "TaskTimedOut": "taskTimedOutEventDetails"}


def all_paths() -> set[str]:
    """Each state, each branch of a Choice, each error of a Retry, and each Catch."""
    return {path for name, state in states().items() for path in _paths_of(name, state)}


def _paths_of(name: str, state: State) -> Iterator[str]:
    yield f"{name} is entered"
    for choice in state.get("Choices", ()):
        yield _transition(name, choice["Next"])
    if "Default" in state:
        yield _transition(name, state["Default"])
    for retrier in state.get("Retry", ()):
        yield from (_retry(name, error) for error in retrier["ErrorEquals"])
    for catcher in state.get("Catch", ()):
        yield _catch(name, catcher)


def paths_taken(history: Sequence[Event]) -> set[str]:
    """The paths that an execution took."""
    return {*_entered(history), *_handled(history)}


def record_paths(directory: Path, histories: Iterable[Sequence[Event]]) -> None:
    """Write the paths that the executions of one test took to a file of its own."""
    taken = {path for history in histories for path in paths_taken(history)}
    unfinished = directory / uuid4().hex
    unfinished.write_text(json.dumps(sorted(taken)))
    unfinished.rename(unfinished.with_suffix(".json"))


def recorded_count(directory: Path) -> int:
    """How many tests have recorded their paths."""
    return len(list(directory.glob("*.json")))


def recorded_paths(directory: Path) -> list[set[str]]:
    """The recorded paths of every test."""
    return [set(json.loads(file.read_text())) for file in directory.glob("*.json")]


def _entered(history: Sequence[Event]) -> Iterator[str]:
    entered = [event for event in history if event["type"].endswith("StateEntered")]
    for event in entered:
        yield f"{_name(event)} is entered"
    for before, after in pairwise(entered):
        if before["type"] == "ChoiceStateEntered":
            yield _transition(_name(before), _name(after))


def _handled(history: Sequence[Event]) -> Iterator[str]:
    events = {event["id"]: event for event in history}
    for event in history:
        failure = events.get(event["previousEventId"])
        if failure is None or failure["type"] not in FAILURES:
            continue
        name = _name(_entry(failure, events))
        error = failure[FAILURES[failure["type"]]]["error"]
        if event["type"] == "TaskScheduled":
            retrier = handler_for(error, states()[name]["Retry"])
            assert retrier, f"{name} was retried after {error}"
            named = error if error in retrier["ErrorEquals"] else "States.TaskFailed"
            yield _retry(name, named)
        elif event["type"] == "TaskStateExited":
            catcher = handler_for(error, states()[name]["Catch"])
            assert catcher, f"{name} caught {error}"
            yield _catch(name, catcher)


def _entry(event: Event, events: Mapping[int, Event]) -> Event:
    while not event["type"].endswith("StateEntered"):
        event = events[event["previousEventId"]]
    return event


def _name(entered: Event) -> str:
    name: str = entered["stateEnteredEventDetails"]["name"]
    return name


def _transition(name: str, follower: str) -> str:
    return f"{follower} follows {name}"


def _retry(name: str, error: str) -> str:
    return f"{name} is retried after {error}"


def _catch(name: str, catcher: Mapping[str, Any]) -> str:
    return f"{name} catches {', '.join(catcher['ErrorEquals'])}, then {catcher['Next']}"
