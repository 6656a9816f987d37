"""The definition of the state machine as the tests read it: states, targets, retries and catches."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import yaml

from tests.support.template.source import ROOT, resource

State = dict[str, Any]
Scope = dict[str, Any]  # an object with StartAt and States: the state machine itself, or the ItemProcessor of a Map

SUBSTITUTION = re.compile(r"\$\{(\w+)\}")


def state_machine() -> dict[str, Any]:
    """The state machine's properties in the template."""
    return resource("ReservationStateMachine")


@cache
def definition() -> Scope:
    """The definition as it is written, before its substitutions."""
    loaded: Scope = yaml.safe_load((ROOT / state_machine()["DefinitionUri"]).read_text())
    return loaded


def scopes(scope: Scope | None = None) -> Iterator[Scope]:
    """The state machine, and the ItemProcessor of each Map in it."""
    scope = scope or definition()
    yield scope
    for state in scope["States"].values():
        if "ItemProcessor" in state:
            yield from scopes(state["ItemProcessor"])


def states() -> dict[str, State]:
    """Every state by its name, those of Maps included."""
    return {name: state for scope in scopes() for name, state in scope["States"].items()}


def tasks() -> dict[str, State]:
    """Every Task state."""
    return {name: state for name, state in states().items() if state["Type"] == "Task"}


def targets(state: State) -> Iterator[str]:
    """Every state that may follow a state."""
    for follower in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        if "Next" in follower:
            yield follower["Next"]
    if "Default" in state:
        yield state["Default"]


def handler_for(error: str, handlers: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first Retry or Catch entry that an error matches."""
    return next((handler for handler in handlers if _names(handler["ErrorEquals"], error)), None)


def _names(error_equals: list[str], error: str) -> bool:
    if error in error_equals or "States.ALL" in error_equals:
        return True
    return "States.TaskFailed" in error_equals and error != "States.Timeout"


def deployed(substitutions: Mapping[str, str], timeouts: Mapping[str, int], original: Scope | None = None) -> str:
    """A definition as it is deployed, after its substitutions; `timeouts` shortens the timeout of some tasks."""
    shortened = deepcopy(original or definition())
    for scope in scopes(shortened):
        for name in scope["States"].keys() & timeouts.keys():
            scope["States"][name]["TimeoutSeconds"] = timeouts[name]
    return SUBSTITUTION.sub(lambda found: substitutions[found[1]], json.dumps(shortened))
