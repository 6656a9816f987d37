"""Each kind of call to DynamoDB is made again after a transient error, and never again after another one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from inventory.errors import TransientError
from inventory.model import Refund
from tests.support.aws_calls import Answer, refusal
from tests.support.fault_injection import hooked
from tests.support.shop import Shop


@contextmanager
def refused(client: Any, operation: str, code: str, *, times: int) -> Iterator[list[str]]:
    """Refuse the next calls of an operation; all of its calls."""
    calls: list[str] = []

    def refuse(model: Any, **_: Any) -> Answer | None:
        if model.name != operation:
            return None
        calls.append(model.name)
        return refusal(code) if len(calls) <= times else None

    with hooked(client, "before-call", refuse):
        yield calls


def reads_a_reservation(shop: Shop) -> object:
    return shop.reservation("R-1")


def finds_a_refund(shop: Shop) -> object:
    return shop.refund_store.find("R-1", "PAY-1")


def reads_a_level(shop: Shop) -> object:
    return shop.level("P-1")


def lists_the_levels_of_a_product(shop: Shop) -> object:
    return shop.stock_store.levels_of("P-1")


def lists_all_levels(shop: Shop) -> object:
    return list(shop.counter_store.levels())


def holds(shop: Shop) -> object:
    return shop.reserves(("P-1", 1))


def rejects(shop: Shop) -> object:
    return shop.reserves(("P-1", 99))


def marks_paid(shop: Shop) -> object:
    return shop.reservation_store.mark_paid("R-1", "PAY-1")


def withdraws_a_refund(shop: Shop) -> object:
    shop.refund_store.withdraw(Refund("R-1", "PAY-1", "since"))
    return None


CALLS = [
    ("GetItem", reads_a_reservation),
    ("GetItem", finds_a_refund),
    ("BatchGetItem", reads_a_level),
    ("Query", lists_the_levels_of_a_product),
    ("Scan", lists_all_levels),
    ("TransactWriteItems", holds),
    ("PutItem", rejects),
    ("UpdateItem", marks_paid),
    ("DeleteItem", withdraws_a_refund),
]


@pytest.fixture(autouse=True)
def opened(shop: Shop) -> None:
    """There are ten units of a product, and one reservation of it."""
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 1))


@pytest.mark.parametrize(("operation", "call"), CALLS)
def test_a_call_is_made_again_after_a_transient_error(
    shop: Shop, operation: str, call: Callable[[Shop], object]
) -> None:
    with refused(shop.client, operation, "ThrottlingException", times=2) as calls:
        call(shop)

    assert len(calls) == 3


@pytest.mark.parametrize(("operation", "call"), CALLS)
def test_a_call_that_is_refused_for_good_is_made_once(
    shop: Shop, operation: str, call: Callable[[Shop], object]
) -> None:
    with refused(shop.client, operation, "AccessDeniedException", times=100) as calls, pytest.raises(ClientError):
        call(shop)

    assert len(calls) == 1


def test_a_call_is_given_up_at_last(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.aws.retries.PAUSE_SECONDS_MAX", 0)

    with refused(shop.client, "GetItem", "ThrottlingException", times=100), pytest.raises(TransientError):
        shop.reservation("R-1")
