"""A deployment while checkouts wait: what began before it ends after it, with the functions of after it."""

from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest

from tests.support.shop import Shop
from tests.support.workflow import functions
from tests.support.workflow.checkouts import Checkout, Checkouts, ExecutionResult
from tests.support.workflow.definition import Scope, definition

# What the state machine has told its functions since its first version.
FIRST_PAYLOADS = {
    "ReserveStock": {"reservation_id", "request"},
    "CommitStock": {"reservation_id"},
    "ReleaseStock": {"reservation_id", "reason"},
}


def the_first_version() -> Scope:
    """The state machine as its first executions still run it: it tells its functions less."""
    first = deepcopy(definition())
    for name, told in FIRST_PAYLOADS.items():
        payload = first["States"][name]["Arguments"]["Payload"]
        first["States"][name]["Arguments"]["Payload"] = {key: payload[key] for key in told}
    return first


def told(result: ExecutionResult, function: str) -> Iterator[str]:
    """What an execution told a function."""
    for event in result.history:
        parameters = event.get("taskScheduledEventDetails", {}).get("parameters", "")
        if f"{function}Function" in parameters:
            yield parameters


def pays(checkout: Checkout) -> None:
    checkout.is_paid()


def cancels(checkout: Checkout) -> None:
    checkout.is_cancelled()


def walks_away(checkout: Checkout) -> None:
    pass


@pytest.mark.parametrize(
    ("shopper", "hold_seconds", "status", "last_function"),
    [
        (pays, 900, "COMMITTED", "CommitStock"),
        (cancels, 900, "RELEASED", "ReleaseStock"),
        (walks_away, 4, "RELEASED", "ReleaseStock"),
    ],
)
def test_a_checkout_that_waits_during_an_update_ends_as_it_would_have(
    shopper: Callable[[Checkout], None],
    hold_seconds: int,
    status: str,
    last_function: str,
    checkouts: Checkouts,
    shop: Shop,
) -> None:
    shop.stocks("P-1", on_hand=10)
    checkouts.update_state_machine(the_first_version())
    waiting = checkouts.starts(("P-1", 2), hold_seconds=hold_seconds).waits()

    checkouts.update_state_machine(definition())
    functions.cold_start()
    shopper(waiting)
    result = waiting.ends()

    assert (result.status, result.output["status"]) == ("SUCCEEDED", status)
    assert any(told(result, last_function))
    assert not any("execution_arn" in parameters for parameters in told(result, last_function)), "it is the old version"


def test_a_checkout_that_begins_after_an_update_is_of_the_new_version(checkouts: Checkouts, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    checkouts.update_state_machine(the_first_version())
    checkouts.update_state_machine(definition())

    later = checkouts.starts(("P-1", 2)).waits()
    later.is_paid()

    [parameters] = told(later.ends(), "CommitStock")
    assert "execution_arn" in parameters
