"""All cases of the table, and what of a definition they leave out."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tools.check_on_aws.case import Case, Expected, Failure, Result, Retrying
from tools.check_on_aws.definition import Definition, State, Target, states
from tools.check_on_aws.workflow import (
    ALL_ERRORS,
    CHOICES,
    ENDS,
    ERROR,
    EXAMPLES,
    TASKS,
    Catch,
    Choice,
    End,
    Retry,
    Work,
)


def all_cases(target: Target) -> list[Case]:
    """Every case of the table, with the names and ARNs that the definition has in this region."""
    return [
        *(case for work in TASKS for case in _work(work, target)),
        *(_choice(choice) for choice in CHOICES),
        *(_end(end) for end in ENDS),
    ]


def _work(work: Work, target: Target) -> Iterator[Case]:
    for success in work.successes:
        arguments = json.loads(target.fill(json.dumps(success.arguments)))
        expected = Expected("SUCCEEDED", success.next_state, success.output, success.assigns, arguments)
        yield Case(work.state, success.title, expected, work.input, work.variables, Result(success.result))
    for index, retry in enumerate(work.retries):
        yield from _retried(work, index, retry)
        yield _given_up(work, retry)
    for catch in work.catches:
        for error in catch.errors:
            example = EXAMPLES.get(error, error)
            yield _caught(work, Failure(example, _retries_before_catch(work, example)), f"{error} is caught")


def _retried(work: Work, index: int, retry: Retry) -> Iterator[Case]:
    """The first attempt after each error, and every attempt after the first error."""
    first, *others = (EXAMPLES.get(error, error) for error in retry.errors)
    attempts = [Failure(first, retries) for retries in range(retry.attempts)]
    for failure in [*attempts, *(Failure(error) for error in others)]:
        title = f"{failure.error} is retried" + (f" after {failure.retries} retries" if failure.retries else "")
        expected = Expected(
            "RETRIABLE",
            error=failure.error,
            cause=failure.output["Cause"],
            retrying=Retrying(index, retry.pause(failure.retries)),
        )
        yield Case(work.state, title, expected, work.input, work.variables, failure)


def _given_up(work: Work, retry: Retry) -> Case:
    error = EXAMPLES.get(retry.errors[0], retry.errors[0])
    title = f"{error} is not retried after {retry.attempts} retries"
    return _caught(work, Failure(error, retry.attempts), title)


def _retries_before_catch(work: Work, error: str) -> int:
    """How often an error is retried before it is caught. States.TaskFailed stands for any error but a timeout."""
    names = {error} if error == "States.Timeout" else {error, "States.TaskFailed"}
    return next((retry.attempts for retry in work.retries if names & set(retry.errors)), 0)


def _caught(work: Work, failure: Failure, title: str) -> Case:
    index, catch = _handler(work.catches, failure.error)
    expected = Expected(
        "CAUGHT_ERROR",
        catch.next_state,
        failure.output,
        {name: failure.error if value == ERROR else value for name, value in catch.assigns.items()},
        error=failure.error,
        cause=failure.output["Cause"],
        catch=index,
    )
    return Case(work.state, title, expected, work.input, work.variables, failure)


def _handler(catches: Iterable[Catch], error: str) -> tuple[int, Catch]:
    return next(
        (index, catch) for index, catch in enumerate(catches) if error in catch.errors or ALL_ERRORS in catch.errors
    )


def _choice(choice: Choice) -> Case:
    expected = Expected("SUCCEEDED", choice.next_state, choice.input)
    return Case(choice.state, choice.title, expected, choice.input, choice.variables)


def _end(end: End) -> Case:
    if end.cause is None:
        return Case(end.state, "ends", Expected("SUCCEEDED", output=end.output), end.input, end.variables)
    expected = Expected("FAILED", error=end.state, cause=end.cause)
    return Case(end.state, "fails", expected, end.input, end.variables)


def not_covered(definition: Definition) -> list[str]:
    """What the definition has and the table has not, or the other way round; one sentence each."""
    found = {name: set(_parts(state)) for name, state in states(definition).items()}
    table = _table()
    return [
        f"{state}: {part} {problem}"
        for state in [*found, *(table.keys() - found.keys())]
        for parts, problem in (
            (found.get(state, set()) - table.get(state, set()), "has no case in tools/check_on_aws/workflow.py"),
            (table.get(state, set()) - found.get(state, set()), "is not in the definition"),
        )
        for part in sorted(parts)
    ]


def _parts(state: State) -> Iterator[str]:
    yield "the state"
    for kind in ("Retry", "Catch"):
        for index, entry in enumerate(state.get(kind, ())):
            yield from (f"{error} in {kind}[{index}]" for error in entry["ErrorEquals"])
    followers: list[dict[str, Any]] = [*state.get("Choices", ())]
    if "Default" in state:
        followers.append({"Next": state["Default"]})
    targets = [follower["Next"] for follower in followers]
    yield from (f"branch {targets[: index + 1].count(target)} to {target}" for index, target in enumerate(targets))


def _table() -> dict[str, set[str]]:
    table = {state: {"the state"} for state in (row.state for row in (*TASKS, *CHOICES, *ENDS))}
    for work in TASKS:
        for index, retry in enumerate(work.retries):
            table[work.state] |= {f"{error} in Retry[{index}]" for error in retry.errors}
        for index, catch in enumerate(work.catches):
            table[work.state] |= {f"{error} in Catch[{index}]" for error in catch.errors}
    for choice in CHOICES:
        number = sum(branch.endswith(f"to {choice.next_state}") for branch in table[choice.state]) + 1
        table[choice.state].add(f"branch {number} to {choice.next_state}")
    return table
