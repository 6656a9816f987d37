"""Deployments while checkouts wait: an execution ends with its old definition and the new functions."""

from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest

from tests.support.shop import Shop
from tests.support.workflow import functions
from tests.support.workflow.checkouts import Checkout, Checkouts, ExecutionResult
from tests.support.workflow.definition import Scope, definition

# The fields that the first version of the state machine passes to each function.
FIRST_PAYLOADS = {
    "ReserveStock": {"reservation_id", "request"},
    "CommitStock": {"reservation_id"},
    "ReleaseStock": {"reservation_id", "reason"},
}


def first_version() -> Scope:
    """The first version of the state machine, which passes fewer fields to its functions."""
    first = deepcopy(definition())
    for name, fields in FIRST_PAYLOADS.items():
        payload = first["States"][name]["Arguments"]["Payload"]
        first["States"][name]["Arguments"]["Payload"] = {field: payload[field] for field in fields}
    del first["States"]["ReserveStock"]["Assign"]["row_name"]
    first["States"]["AwaitPayment"]["Arguments"]["Key"]["reservation_id"]["S"] = "{% $reservation_id %}"
    return first


def parameters_of(result: ExecutionResult, function: str) -> Iterator[str]:
    """The parameters of every call of a function by an execution."""
    for event in result.history:
        parameters = event.get("taskScheduledEventDetails", {}).get("parameters", "")
        if f"{function}Function" in parameters:
            yield parameters


def pays(checkout: Checkout) -> None:
    checkout.is_paid()


def cancels(checkout: Checkout) -> None:
    checkout.is_cancelled()


def does_nothing(checkout: Checkout) -> None:
    pass


@pytest.mark.parametrize(
    ("shopper", "status", "last_function"),
    [
        (pays, "COMMITTED", "CommitStock"),
        (cancels, "RELEASED", "ReleaseStock"),
        (does_nothing, "RELEASED", "ReleaseStock"),
    ],
)
def test_a_checkout_that_waits_during_a_deployment_ends_as_before(
    shopper: Callable[[Checkout], None], status: str, last_function: str, checkouts: Checkouts, shop: Shop
) -> None:
    shop.stocks("P-1", on_hand=10)
    checkouts.update_state_machine(first_version())
    waiting = checkouts.starts(("P-1", 2), hold_seconds=4 if shopper is does_nothing else 900).waits()

    checkouts.update_state_machine(definition())
    functions.cold_start()
    shopper(waiting)
    result = waiting.ends()

    assert (result.status, result.output["status"]) == ("SUCCEEDED", status)
    calls = list(parameters_of(result, last_function))
    assert calls
    assert not any("execution_arn" in parameters for parameters in calls), "the execution runs the old version"


def test_a_checkout_that_starts_after_a_deployment_runs_the_new_version(checkouts: Checkouts, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    checkouts.update_state_machine(first_version())
    checkouts.update_state_machine(definition())

    later = checkouts.starts(("P-1", 2)).waits()
    later.is_paid()

    [parameters] = parameters_of(later.ends(), "CommitStock")
    assert "execution_arn" in parameters
