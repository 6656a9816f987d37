"""The state machine's definition as the tests read it: its states, what they call, and what they do about errors."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import yaml

from tests.support.template.source import ROOT, resource

State = dict[str, Any]
Scope = dict[str, Any]  # what has a StartAt and States: the state machine itself, and what a Map runs for each item

SUBSTITUTION = re.compile(r"\$\{(\w+)\}")


def state_machine() -> dict[str, Any]:
    """The state machine's properties in the template."""
    return resource("ReservationStateMachine")


@cache
def definition() -> Scope:
    """The definition as it is written, its substitutions still to be made."""
    loaded: Scope = yaml.safe_load((ROOT / state_machine()["DefinitionUri"]).read_text())
    return loaded


def scopes(scope: Scope | None = None) -> Iterator[Scope]:
    """The state machine, and each Map's inside it."""
    scope = scope or definition()
    yield scope
    for state in scope["States"].values():
        if "ItemProcessor" in state:
            yield from scopes(state["ItemProcessor"])


def states() -> dict[str, State]:
    """Every state by its name, those of Maps included."""
    return {name: state for scope in scopes() for name, state in scope["States"].items()}


def tasks() -> dict[str, State]:
    """Every state that calls something."""
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


def deployed(substitutions: Mapping[str, str], timeouts: Mapping[str, int], written: Scope | None = None) -> str:
    """A definition as a deployment makes it; `timeouts` makes some of its tasks give up sooner."""
    hurried = deepcopy(written or definition())
    for scope in scopes(hurried):
        for name in scope["States"].keys() & timeouts.keys():
            scope["States"][name]["TimeoutSeconds"] = timeouts[name]
    return SUBSTITUTION.sub(lambda found: substitutions[found[1]], json.dumps(hurried))
