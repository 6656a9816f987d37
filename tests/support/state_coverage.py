"""Every way through the state machine, and which of them an execution's history shows."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.support.workflow.definition import State, handler_for, states

Event = Mapping[str, Any]

FAILURES = {"TaskFailed": "taskFailedEventDetails", "TaskTimedOut": "taskTimedOutEventDetails"}


def every_way() -> set[str]:
    """Each state, each branch of a Choice, each error of a Retry, and each Catch."""
    return {way for name, state in states().items() for way in _ways_of(name, state)}


def _ways_of(name: str, state: State) -> Iterator[str]:
    yield f"{name} is entered"
    for choice in state.get("Choices", ()):
        yield _follows(name, choice["Next"])
    if "Default" in state:
        yield _follows(name, state["Default"])
    for retrier in state.get("Retry", ()):
        yield from (_tries_again(name, error) for error in retrier["ErrorEquals"])
    for catcher in state.get("Catch", ()):
        yield _catches(name, catcher)


def ways_taken(history: Sequence[Event]) -> set[str]:
    """The ways that an execution took."""
    return {*_entered(history), *_handled(history)}


def leave(directory: Path, histories: Iterable[Sequence[Event]]) -> None:
    """Note the ways that a test's executions took."""
    taken = {way for history in histories for way in ways_taken(history)}
    unfinished = directory / uuid4().hex
    unfinished.write_text(json.dumps(sorted(taken)))
    unfinished.rename(unfinished.with_suffix(".json"))


def number_left(directory: Path) -> int:
    """How many tests have noted their ways."""
    return len(list(directory.glob("*.json")))


def left(directory: Path) -> list[set[str]]:
    """The ways of every test that is over."""
    return [set(json.loads(file.read_text())) for file in directory.glob("*.json")]


def _entered(history: Sequence[Event]) -> Iterator[str]:
    entered = [event for event in history if event["type"].endswith("StateEntered")]
    for event in entered:
        yield f"{_name(event)} is entered"
    for before, after in pairwise(entered):
        if before["type"] == "ChoiceStateEntered":
            yield _follows(_name(before), _name(after))


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
            assert retrier, f"{name} was tried again after {error}"
            named = error if error in retrier["ErrorEquals"] else "States.TaskFailed"
            yield _tries_again(name, named)
        elif event["type"] == "TaskStateExited":
            catcher = handler_for(error, states()[name]["Catch"])
            assert catcher, f"{name} caught {error}"
            yield _catches(name, catcher)


def _entry(event: Event, events: Mapping[int, Event]) -> Event:
    while not event["type"].endswith("StateEntered"):
        event = events[event["previousEventId"]]
    return event


def _name(entered: Event) -> str:
    name: str = entered["stateEnteredEventDetails"]["name"]
    return name


def _follows(name: str, follower: str) -> str:
    return f"{follower} follows {name}"


def _tries_again(name: str, error: str) -> str:
    return f"{name} is tried again after {error}"


def _catches(name: str, catcher: Mapping[str, Any]) -> str:
    return f"{name} catches {', '.join(catcher['ErrorEquals'])}, then {catcher['Next']}"
