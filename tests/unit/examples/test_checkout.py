"""The example checkout sells each unit once, whatever shoppers, the payment provider and strangers send."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

import pytest
from inventory_client import CheckoutClient, Money, Unavailable

from examples.checkout.checkout import Checkout, Refused
from examples.checkout.records import Records
from examples.checkout.webhooks import BadSignature, sign
from tests.unit.examples.fake_inventory import FakeInventory, FakeProvider

SECRET, NOW = b"shared secret", 1_795_000_000.0
CARD = "accepted"


@pytest.fixture
def inventory() -> FakeInventory:
    """One teapot, and many mugs."""
    return FakeInventory({"TEAPOT": 1, "MUG": 10})


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def checkout(inventory: FakeInventory, provider: FakeProvider) -> Iterator[Checkout]:
    yield Checkout(
        stock=cast("CheckoutClient", inventory),
        provider=provider,
        webhook_secret=SECRET,
        prices={"TEAPOT": 6_800, "MUG": 2_400},
        records=Records(),
        hold_seconds=60,
    )


@pytest.fixture
def order(checkout: Checkout) -> str:
    """An order that holds the teapot."""
    order_id = str(uuid4())
    checkout.hold(order_id, "TEAPOT", 1)
    return order_id


def a_webhook(checkout: Checkout, outcome: str = "succeeded", *, event_id: str | None = None) -> bytes:
    """What the provider sends about the last charge."""
    provider = cast("FakeProvider", checkout.provider)
    charge = provider.charges[-1]
    event = {
        "event_id": event_id or f"evt-{uuid4().hex}",
        "type": f"payment.{outcome}",
        "payment_id": f"pay-{charge.reference}",
        "reference": charge.reference,
        "amount": charge.amount,
        "currency": charge.currency,
    }
    return json.dumps(event).encode()


def receives(checkout: Checkout, body: bytes) -> None:
    """The provider sends a webhook now."""
    checkout.receive(body, sign(SECRET, body, NOW), NOW)


def state(answer: dict[str, Any]) -> tuple[str, str | None]:
    return answer["status"], answer["payment"]


def test_a_held_order_shows_until_when_by_the_clock_of_the_server(checkout: Checkout, order: str) -> None:
    answer = checkout.order(order)

    assert state(answer) == ("HELD", None)
    assert answer["held_until"] and answer["server_time"]


def test_the_second_shopper_is_refused(checkout: Checkout, order: str) -> None:
    with pytest.raises(Refused) as refused:
        checkout.hold(str(uuid4()), "TEAPOT", 1)

    assert (refused.value.status, refused.value.code) == (HTTPStatus.CONFLICT, "SOLD_OUT")


def test_a_double_click_holds_once(checkout: Checkout, order: str, inventory: FakeInventory) -> None:
    assert state(checkout.hold(order, "TEAPOT", 1)) == ("HELD", None)

    assert (inventory.units["TEAPOT"], len(inventory.reservations)) == (0, 1)


def test_only_what_the_shop_sells_is_held(checkout: Checkout) -> None:
    with pytest.raises(Refused, match="PRODUCT_NOT_FOUND"):
        checkout.hold(str(uuid4()), "ANOTHER", 1)


def test_the_amount_is_that_of_the_shop_and_the_sale_is_that_of_the_webhook(
    checkout: Checkout, inventory: FakeInventory, provider: FakeProvider
) -> None:
    order_id = str(uuid4())
    checkout.hold(order_id, "MUG", 3)

    assert state(checkout.pay(order_id, CARD)) == ("HELD", "PENDING")
    receives(checkout, a_webhook(checkout))

    assert state(checkout.order(order_id)) == ("COMMITTED", "SUCCEEDED")
    assert [(charge.amount, charge.currency) for charge in provider.charges] == [("72.00", "EUR")]
    assert [money for _, _, money in inventory.payments] == [Money("72.00", "EUR")]


def test_a_double_click_on_pay_asks_for_one_payment(checkout: Checkout, order: str, provider: FakeProvider) -> None:
    checkout.pay(order, CARD)
    checkout.pay(order, CARD)

    assert len({charge.reference for charge in provider.charges}) == 1


def test_a_declined_card_keeps_the_hold_and_another_card_is_another_payment(
    checkout: Checkout, order: str, provider: FakeProvider
) -> None:
    checkout.pay(order, "declined")
    receives(checkout, a_webhook(checkout, "declined"))
    assert state(checkout.order(order)) == ("HELD", "DECLINED")

    checkout.pay(order, CARD)
    receives(checkout, a_webhook(checkout))

    assert state(checkout.order(order)) == ("COMMITTED", "SUCCEEDED")
    assert len({charge.reference for charge in provider.charges}) == 2


def test_a_late_decline_of_the_first_card_does_not_end_the_second_attempt(checkout: Checkout, order: str) -> None:
    checkout.pay(order, "declined")
    decline = a_webhook(checkout, "declined", event_id="evt-1")
    receives(checkout, decline)
    checkout.pay(order, CARD)

    receives(checkout, a_webhook(checkout, event_id="evt-2"))
    receives(checkout, decline.replace(b"evt-1", b"evt-3"))

    assert state(checkout.order(order)) == ("COMMITTED", "SUCCEEDED")


def test_a_provider_that_does_not_answer_is_decided_by_its_webhook(
    checkout: Checkout, order: str, provider: FakeProvider
) -> None:
    provider.is_silent = True
    assert state(checkout.pay(order, CARD)) == ("HELD", "PENDING")

    provider.is_silent = False
    checkout.pay(order, CARD)  # the shopper tries again: the provider knows the reference
    receives(checkout, a_webhook(checkout))

    assert state(checkout.order(order)) == ("COMMITTED", "SUCCEEDED")
    assert len({charge.reference for charge in provider.charges}) == 1


def test_a_slow_provider_still_sells_what_nobody_else_took(
    checkout: Checkout, order: str, inventory: FakeInventory, provider: FakeProvider
) -> None:
    checkout.pay(order, "slow")
    inventory.ends_hold(order)

    receives(checkout, a_webhook(checkout))

    assert state(checkout.order(order)) == ("COMMITTED", "SUCCEEDED")
    assert provider.refunds == []


def test_a_slow_provider_gives_the_money_back_if_others_bought_it(
    checkout: Checkout, order: str, inventory: FakeInventory, provider: FakeProvider
) -> None:
    checkout.pay(order, "slow")
    late = a_webhook(checkout)
    inventory.ends_hold(order)
    checkout.hold(str(uuid4()), "TEAPOT", 1)

    receives(checkout, late)

    assert state(checkout.order(order)) == ("RELEASED", "REFUNDED")
    assert len(provider.refunds) == 1


def test_no_money_is_asked_for_after_the_hold_has_ended(
    checkout: Checkout, order: str, inventory: FakeInventory, provider: FakeProvider
) -> None:
    inventory.ends_hold(order)

    with pytest.raises(Refused, match="HOLD_ENDED"):
        checkout.pay(order, CARD)

    assert provider.charges == []


def test_an_order_that_is_given_back_can_be_bought_by_others(checkout: Checkout, order: str) -> None:
    assert state(checkout.release(order)) == ("RELEASED", None)

    assert state(checkout.hold(str(uuid4()), "TEAPOT", 1)) == ("HELD", None)


def test_an_order_that_is_sold_cannot_be_given_back(checkout: Checkout, order: str) -> None:
    checkout.pay(order, CARD)
    receives(checkout, a_webhook(checkout))

    with pytest.raises(Refused, match="HOLD_ENDED"):
        checkout.release(order)


def test_a_webhook_of_a_stranger_sells_nothing(checkout: Checkout, order: str, inventory: FakeInventory) -> None:
    checkout.pay(order, CARD)
    body = a_webhook(checkout)

    with pytest.raises(BadSignature):
        checkout.receive(body, sign(b"guessed", body, NOW), NOW)

    assert inventory.payments == []


def test_an_old_webhook_sells_nothing(checkout: Checkout, order: str, inventory: FakeInventory) -> None:
    checkout.pay(order, CARD)
    body = a_webhook(checkout)

    with pytest.raises(BadSignature):
        checkout.receive(body, sign(SECRET, body, NOW - 600), NOW)

    assert inventory.payments == []


def test_a_replayed_webhook_does_nothing_and_is_answered(
    checkout: Checkout, order: str, inventory: FakeInventory
) -> None:
    checkout.pay(order, CARD)
    body = a_webhook(checkout)
    receives(checkout, body)

    receives(checkout, body)

    assert len(inventory.payments) == 1


def test_a_webhook_that_could_not_be_handled_is_handled_when_it_comes_again(
    checkout: Checkout, order: str, inventory: FakeInventory
) -> None:
    checkout.pay(order, CARD)
    body = a_webhook(checkout)
    inventory.is_down = True
    with pytest.raises(Unavailable):
        receives(checkout, body)

    inventory.is_down = False
    receives(checkout, body)

    assert state(checkout.order(order)) == ("COMMITTED", "SUCCEEDED")


def test_a_refund_that_failed_is_asked_for_again(
    checkout: Checkout, order: str, inventory: FakeInventory, provider: FakeProvider
) -> None:
    checkout.pay(order, "slow")
    late = a_webhook(checkout)
    inventory.ends_hold(order)
    checkout.hold(str(uuid4()), "TEAPOT", 1)
    provider.is_silent = True
    with pytest.raises(TimeoutError):
        receives(checkout, late)

    provider.is_silent = False
    receives(checkout, late)

    assert len(provider.refunds) == 1


def test_what_was_recorded_survives_a_restart(tmp_path: Any) -> None:
    before = Records(tmp_path / "shop.db")
    reference = before.begin_attempt("order-1")
    before.mark_handled("evt-1")

    after = Records(tmp_path / "shop.db")

    assert after.begin_attempt("order-1") == reference
    assert after.is_handled("evt-1")
