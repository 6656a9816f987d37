"""Payments over HTTP: in time, late, declined, and after a cancellation."""

import json

import pytest

from tests.integration.api.checkout.conftest import CART, PAID
from tests.support.fault_injection import throttled_after
from tests.support.http.gateway import Caller
from tests.support.shop import Shop


def test_a_repeated_payment_is_answered_the_same(service: Caller) -> None:
    service.post("/reservations", CART, key="order-1")

    answers = [service.post("/reservations/order-1/payment", PAID) for _ in range(2)]

    assert [(answer.status, answer.content["status"]) for answer in answers] == [(200, "PAID")] * 2


def test_a_late_payment_is_rescued_while_stock_lasts_and_a_repeat_is_answered_the_same(
    service: Caller, shop: Shop
) -> None:
    service.post("/reservations", CART, key="order-1")
    shop.times_out(shop.reservation("order-1"))

    answers = [service.post("/reservations/order-1/payment", PAID) for _ in range(2)]

    assert (answers[0].status, answers[0].content["status"], answers[0].content["rescued"]) == (200, "COMMITTED", True)
    assert (answers[1].status, answers[1].content) == (answers[0].status, answers[0].content)
    assert shop.level("P-1").on_hand == 8
    shop.adds_up()


def test_a_payment_after_a_cancellation_must_be_refunded(service: Caller, shop: Shop) -> None:
    service.post("/reservations", CART, key="order-1")
    service.calls("DELETE", "/reservations/order-1")

    answer = service.post("/reservations/order-1/payment", PAID)

    assert (answer.status, answer.code) == (409, "PAYMENT_UNFULFILLED")
    assert len(shop.topics.operations) == 1


def test_a_payment_for_a_reservation_that_does_not_exist_is_not_found_and_announced(
    service: Caller, shop: Shop
) -> None:
    answer = service.post("/reservations/order-0/payment", PAID)

    assert (answer.status, answer.code) == (404, "RESERVATION_NOT_FOUND")
    [message] = [json.loads(announced.message) for announced in shop.topics.operations]
    assert (message["type"], message["reservation_id"]) == ("PAYMENT_UNFULFILLED", "order-0")
    assert (message["payment_reference"], message["status"]) == ("PAY-1", None)


def test_a_payment_for_an_unknown_reservation_that_cannot_be_announced_must_be_repeated(
    service: Caller, shop: Shop
) -> None:
    shop.topics.working = False

    answer = service.post("/reservations/order-0/payment", PAID)

    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "BUSY", "1")


def test_a_declined_payment_for_a_reservation_that_does_not_exist_is_only_not_found(
    service: Caller, shop: Shop
) -> None:
    answer = service.post("/reservations/order-0/payment", {"outcome": "FAILED"})

    assert (answer.status, answer.code) == (404, "RESERVATION_NOT_FOUND")
    assert shop.topics.operations == []


@pytest.mark.parametrize(("retry", "status"), [(True, "HELD"), (False, "RELEASED")])
def test_a_declined_payment_releases_the_hold_unless_it_will_be_retried(
    service: Caller, retry: bool, status: str
) -> None:
    service.post("/reservations", CART, key="order-1")

    answer = service.post("/reservations/order-1/payment", {"outcome": "FAILED", "retry": retry})

    assert (answer.status, answer.content["status"]) == (200, status)


def test_a_declined_payment_can_be_repeated_after_a_late_one_that_must_be_refunded(service: Caller) -> None:
    service.post("/reservations", CART, key="order-1")
    service.post("/reservations/order-1/payment", {"outcome": "FAILED"})
    service.post("/reservations/order-1/payment", PAID)

    again = service.post("/reservations/order-1/payment", {"outcome": "FAILED"})

    assert (again.status, again.content["status"]) == (200, "UNFULFILLED")


def test_an_amount_and_its_currency_are_texts_of_one_to_128_characters(service: Caller) -> None:
    service.post("/reservations", CART, key="order-1")

    taken = service.post("/reservations/order-1/payment", PAID | {"amount": "1.234,50", "currency": "€"})

    assert (taken.status, taken.content["status"]) == (200, "PAID")
    for wrong in (24.9, "", "x" * 129):
        answer = service.post("/reservations/order-1/payment", PAID | {"amount": wrong, "currency": "EUR"})
        assert answer.invalid_fields == ["amount"]


def test_a_payment_whose_execution_cannot_be_resumed_must_be_repeated(
    service: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    service.post("/reservations", CART, key="order-1")
    shop.waits(shop.reservation("order-1"))
    shop.signals.result = "FAILED"

    with throttled_after(shop.client, "UpdateItem"):
        failed = service.post("/reservations/order-1/payment", PAID)
    again = service.post("/reservations/order-1/payment", PAID)

    assert (failed.status, again.status) == (503, 200)
    assert shop.reconciles() == {"stranded": 1, "committed": 1}
