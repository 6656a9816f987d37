"""`make check-on-aws`, rehearsed: every case passes, and each kind of mistake in a definition is found by its case."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.support.workflow.state_interpreter import StateInterpreter
from tools.check_on_aws.__main__ import AS_EXPECTED, DIFFERS, check
from tools.check_on_aws.cases import all_cases, not_covered
from tools.check_on_aws.definition import DEFINITION, Definition, Target, load_definition, states

TARGET = Target("eu-central-1")
Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def interpreter() -> StateInterpreter:
    """Runs single states."""
    return StateInterpreter()


@pytest.fixture
def definition() -> Definition:
    """The project's definition, which a test may break."""
    return deepcopy(load_definition(DEFINITION, TARGET))


def test_every_state_does_what_the_table_says(
    interpreter: StateInterpreter, definition: Definition, capsys: pytest.CaptureFixture[str]
) -> None:
    calls_before = interpreter.calls

    assert check(definition, TARGET, interpreter.test_state) == AS_EXPECTED

    printed = capsys.readouterr().out
    cases = all_cases(TARGET)
    assert interpreter.calls - calls_before == len(cases) > 100
    assert f"{len(cases)} of {len(cases)} cases are as expected." in printed
    assert all(f"ok      {case}\n" in printed for case in cases)


def test_every_state_retry_catch_and_branch_has_a_case(definition: Definition) -> None:
    assert not_covered(definition) == []


def test_every_case_has_a_name_of_its_own() -> None:
    names = [str(case) for case in all_cases(TARGET)]

    assert len(set(names)) == len(names)


# The state with the mistake, the mistake, and a part of the line that reports it.
MISTAKES: dict[str, tuple[str, Change, str]] = {
    "a Catch goes to another state": (
        "ReserveStock",
        lambda state: state["Catch"][0].update(Next="CommitStock"),
        "ReserveStock: States.ALL is caught: the next state is CommitStock, not ReleaseStock",
    ),
    "a Catch assigns another reason": (
        "AwaitPayment",
        lambda state: state["Catch"][0]["Assign"].update(release_reason="CANCELLED"),
        "AwaitPayment: States.HeartbeatTimeout is caught: variables is ",
    ),
    "a Catch does not name an error": (
        "AwaitPayment",
        lambda state: state["Catch"][2]["ErrorEquals"].remove("Cancelled"),
        "AwaitPayment: Cancelled is caught: ",
    ),
    "Catches are in another order": (
        "AwaitPayment",
        lambda state: state["Catch"].insert(0, state["Catch"].pop()),
        "AwaitPayment: PaymentFailed is caught: ",
    ),
    "a Retry does not name an error": (
        "CommitStock",
        lambda state: state["Retry"][0]["ErrorEquals"].remove("Sandbox.Timedout"),
        "CommitStock: Sandbox.Timedout is retried: status is CAUGHT_ERROR, not RETRIABLE",
    ),
    "a Retry has fewer attempts": (
        "CommitStock",
        lambda state: state["Retry"][0].update(MaxAttempts=2),
        "CommitStock: TransientError is retried after 2 retries: status is CAUGHT_ERROR, not RETRIABLE",
    ),
    "a Retry has more attempts": (
        "SettleAlert",
        lambda state: state["Retry"][0].update(MaxAttempts=9),
        "is not retried after 6 retries: status is RETRIABLE, not CAUGHT_ERROR",
    ),
    "a Retry waits longer": (
        "ReleaseStock",
        lambda state: state["Retry"][0].update(MaxDelaySeconds=300),
        "TransientError is retried after 5 retries: the pause before the retry is 32, not between 0 and 20 s",
    ),
    "an expression of Arguments reads another field": (
        "CommitStock",
        lambda state: state["Arguments"]["Payload"].update(reservation_id="{% $states.context.Execution.Id %}"),
        "CommitStock: the units are sold: Arguments is ",
    ),
    "an expression of Arguments has no value": (
        "ReleaseStock",
        lambda state: state["Arguments"]["Payload"].update(reason="{% $relase_reason %}"),
        "ReleaseStock: the units are released: status is CAUGHT_ERROR, not SUCCEEDED",
    ),
    "an expression is not JSONata": (
        "PublishLowStock",
        lambda state: state["Arguments"].update(Subject="{% $states.input.subject( %}"),
        "PublishLowStock: the message is published: status is RETRIABLE, not SUCCEEDED",
    ),
    "an Output returns another part": (
        "ReserveStock",
        lambda state: state.update(Output="{% $states.result %}"),
        "ReserveStock: the units are held: output is ",
    ),
    "a variable is not assigned": (
        "ReserveStock",
        lambda state: state["Assign"].pop("hold_seconds"),
        "ReserveStock: the units are held: variables is ",
    ),
    "a branch of a Choice goes to another state": (
        "RouteOutcome",
        lambda state: state["Choices"][0].update(Next="ReservationReleased"),
        "RouteOutcome: a payment came first: the next state is ReservationReleased, not CommitStock",
    ),
    "a condition of a Choice is wrong": (
        "IsStockReserved",
        lambda state: state["Choices"][1].update(Condition="{% $states.input.status = 'REFUSED' %}"),
        "IsStockReserved: too few units: the next state is InvalidReservation, not ReservationRejected",
    ),
    "a Default goes to another state": (
        "IsStockReserved",
        lambda state: state.update(Default="ReservationRejected"),
        "IsStockReserved: invalid: the next state is ReservationRejected, not InvalidReservation",
    ),
    "a Task goes to another state": (
        "AwaitPayment",
        lambda state: state.update(Next="ReleaseStock"),
        "AwaitPayment: the payment came: the next state is ReleaseStock, not CommitStock",
    ),
    "a Fail state has another error": (
        "CommitNeedsAttention",
        lambda state: state.update(Error="NeedsAttention"),
        "CommitNeedsAttention: fails: error is NeedsAttention, not CommitNeedsAttention",
    ),
    "a Fail state has another cause": (
        "ReservationNeedsAttention",
        lambda state: state.update(Cause="{% $fault %}"),
        "ReservationNeedsAttention: fails: cause is Lambda.Unknown, not Nothing is held any more.",
    ),
    "a Succeed state has another output": (
        "ReservationReleased",
        lambda state: state.pop("Output"),
        "ReservationReleased: ends: output is ",
    ),
    "a Map returns another part": (
        "AlertLowStock",
        lambda state: state.update(Output="{% $states.input %}"),
        "AlertLowStock: a level became low: output is ",
    ),
    "the items of a Map are not a list": (
        "AlertLowStock",
        lambda state: state.update(Items="{% $states.input.outcome %}"),
        "AlertLowStock: a level became low: status is FAILED, not SUCCEEDED",
    ),
    "a Choice has one more branch": (
        "RouteOutcome",
        lambda state: state["Choices"].append({"Condition": "{% true %}", "Next": "CommitStock"}),
        "RouteOutcome: branch 2 to CommitStock has no case",
    ),
    "a Retry names one more error": (
        "ReserveStock",
        lambda state: state["Retry"][0]["ErrorEquals"].append("Lambda.ENILimitReachedException"),
        "ReserveStock: Lambda.ENILimitReachedException in Retry[0] has no case",
    ),
    "a Catch names one more error": (
        "CommitStock",
        lambda state: state["Catch"].insert(0, {"ErrorEquals": ["Lost"], "Next": "ReleaseStock"}),
        "CommitStock: Lost in Catch[0] has no case",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_definition_is_found_by_its_case(
    interpreter: StateInterpreter,
    definition: Definition,
    capsys: pytest.CaptureFixture[str],
    mistake: tuple[str, Change, str],
) -> None:
    state, change, finding = mistake
    change(states(definition)[state])

    assert check(definition, TARGET, interpreter.test_state) == DIFFERS

    failed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAILED")]
    assert any(finding in line for line in failed), failed


def test_a_new_state_needs_a_case(
    interpreter: StateInterpreter, definition: Definition, capsys: pytest.CaptureFixture[str]
) -> None:
    definition["States"]["Refund"] = {"Type": "Pass", "End": True}

    assert check(definition, TARGET, interpreter.test_state) == DIFFERS

    assert "FAILED  Refund: the state has no case in tools/check_on_aws/workflow.py" in capsys.readouterr().out


def test_a_state_that_was_renamed_is_found(
    interpreter: StateInterpreter, definition: Definition, capsys: pytest.CaptureFixture[str]
) -> None:
    definition["States"]["Decide"] = definition["States"].pop("RouteOutcome")

    assert check(definition, TARGET, interpreter.test_state) == DIFFERS

    printed = capsys.readouterr().out
    assert "FAILED  RouteOutcome: the state is not in the definition" in printed
    assert "FAILED  RouteOutcome: released: status is refused (ValidationException: State not found" in printed
