"""Requests of callers: every invalid field is named, with a message that needs no knowledge of Python."""

from dataclasses import replace
from typing import Any
from unicodedata import normalize

import pytest

from inventory.errors import FieldError, InvalidRequest, InvalidReservation
from inventory.identifiers import name_of
from inventory.model import CustomerLimits, Line, Reservation, Status, utc_now
from inventory.reservations.payment_result import Money, PaymentResult
from inventory.reservations.reservation_request import (
    DISTINCT_LINES_MAX,
    HOLD_SECONDS_MAX,
    LINES_MAX,
    HoldPolicy,
    ReservationRequest,
    parse_key,
    parse_reservation_id,
)
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.identifiers import IDENTIFIERS, REFUSED, WITH_SPACES_AROUND, as_stored

NOT_AN_IDENTIFIER = "must be 1 to 128 printable characters, without spaces around them"
NOT_A_KEY = "must be 1 to 128 printable ASCII characters"


def cart(**line: Any) -> dict[str, Any]:
    """A request of one line, with these fields of the line changed."""
    return {"lines": [{"product_id": "P-1", "quantity": 1} | line]}


def refused(content: object) -> list[tuple[str, str]]:
    """The invalid fields of a request, with the message for each."""
    with pytest.raises(InvalidReservation) as error:
        ReservationRequest.parse(content)
    return [(invalid.field, invalid.message) for invalid in error.value.errors]


def refused_fields(content: object) -> list[str]:
    """The invalid fields of a request."""
    return [field for field, _ in refused(content)]


# --- valid requests


def test_the_shortest_request_gets_the_defaults() -> None:
    request = ReservationRequest.parse(cart())

    assert [(line.product_id, line.warehouse_id, line.quantity) for line in request.lines] == [("P-1", None, 1)]
    assert (request.hold_seconds, request.order_id, request.customer_id) == (None, None, None)


@pytest.mark.parametrize("quantity", [1, 10_000])
def test_quantities_from_1_to_10_000_are_valid(quantity: int) -> None:
    assert ReservationRequest.parse(cart(quantity=quantity)).lines[0].quantity == quantity


@pytest.mark.parametrize("hold_seconds", [1, 86_400, 2_678_400])
def test_holds_from_a_second_to_31_days_are_valid(hold_seconds: int) -> None:
    assert ReservationRequest.parse(cart() | {"hold_seconds": hold_seconds}).hold_seconds == hold_seconds


@pytest.mark.parametrize("text", IDENTIFIERS)
def test_an_identifier_may_be_any_printable_text(text: str) -> None:
    content = cart(product_id=text, warehouse_id=text) | {"order_id": text, "customer_id": text}

    request = ReservationRequest.parse(content)

    [line] = request.lines
    assert {line.product_id, line.warehouse_id, request.order_id, request.customer_id} == {as_stored(text)}


def test_an_identifier_means_the_same_product_in_every_normal_form() -> None:
    lines = [{"product_id": normalize(form, "M\u00fcller"), "quantity": 1} for form in ("NFC", "NFD")]

    [line] = ReservationRequest.parse({"lines": lines}).merged_lines()

    assert (line.product_id, line.quantity) == ("M\u00fcller", 2)


# --- quantities


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        (0, "must be at least 1"),
        (-1, "must be at least 1"),
        (10_001, "must be at most 10000"),
        (10**400, "must be at most 10000"),
        (1e9, "must be at most 10000"),
        (1.5, "must be a whole number"),
        (float("nan"), "must be a whole number"),
        (float("inf"), "must be a whole number"),
        ("1", "must be a whole number"),
        ("", "must be a whole number"),
        (True, "must be a whole number"),
        (None, "must be a whole number"),
        ([1], "must be a whole number"),
        ({"N": "1"}, "must be a whole number"),
    ],
)
def test_an_invalid_quantity_is_named(quantity: object, message: str) -> None:
    assert refused(cart(quantity=quantity)) == [("lines[0].quantity", message)]


def test_a_number_with_a_zero_fraction_is_a_whole_number() -> None:
    request = ReservationRequest.parse(cart(quantity=2.0) | {"hold_seconds": 60.0})

    assert (repr(request.lines[0].quantity), repr(request.hold_seconds)) == ("2", "60")


def test_equal_lines_may_not_exceed_the_maximum_of_one_line_together() -> None:
    line = {"product_id": "P-1", "quantity": 6_000}

    [(field, message)] = refused({"lines": [{"product_id": "P-2", "quantity": 1}, line, line]})

    assert field == "lines[1].quantity"
    assert "add up to 12000" in message


@pytest.mark.parametrize("hold_seconds", [0, -1, 2_678_401, 1e9, "900", True, None])
def test_an_invalid_hold_is_named(hold_seconds: object) -> None:
    assert refused_fields(cart() | {"hold_seconds": hold_seconds}) == ["hold_seconds"]


def test_what_is_accepted_is_all_or_a_part() -> None:
    whole, part = ReservationRequest.parse(cart()), ReservationRequest.parse(cart() | {"accept": "PARTIAL"})

    assert (whole.accepts_partial, part.accepts_partial) == (False, True)
    assert ("accept" in whole.to_json(), part.to_json()["accept"]) == (False, "PARTIAL")
    assert ReservationRequest.parse(part.to_json()) == part


@pytest.mark.parametrize(
    "accept",
    ["", "partial", "PARTIAL ", "ALL", "WHOLE", "FULL", None, True, False, 0, 1, ["PARTIAL"], {"PARTIAL": True}],
)
def test_anything_else_that_is_accepted_is_named(accept: object) -> None:
    assert refused(cart() | {"accept": accept}) == [("accept", "must be PARTIAL, or left out")]


def test_what_a_line_would_accept_is_not_known() -> None:
    assert refused(cart(accept="PARTIAL")) == [("lines[0].accept", "is not a known field")]


def policy(
    *,
    longest_hold_seconds: int = 86_400,
    customer_id_required: bool = False,
    sourcing: Sourcing = Sourcing.ONE_WAREHOUSE,
) -> HoldPolicy:
    limits = CustomerLimits(holds_max=10, units_max=1_000)
    return HoldPolicy(longest_hold_seconds, customer_id_required, limits, SourcingPolicy(("main",), sourcing))


def violations(content: dict[str, Any], **settings: Any) -> list[FieldError]:
    """What the settings of a shop do not allow of a request."""
    with pytest.raises(InvalidReservation) as error:
        ReservationRequest.parse(content).raise_if_against(policy(**settings))
    return error.value.errors


def test_a_hold_beyond_the_longest_hold_of_the_shop_is_named() -> None:
    found = violations(cart() | {"hold_seconds": 61}, longest_hold_seconds=60)

    assert found == [FieldError("hold_seconds", "must be at most 60")]


@pytest.mark.parametrize(
    ("longest_hold_seconds", "expected"), [(HOLD_SECONDS_MAX, 900), (86_400, 900), (900, 900), (600, 600), (1, 1)]
)
def test_the_default_hold_is_never_longer_than_the_longest(longest_hold_seconds: int, expected: int) -> None:
    request, of_the_shop = ReservationRequest.parse(cart()), policy(longest_hold_seconds=longest_hold_seconds)

    request.raise_if_against(of_the_shop)

    assert request.held("R-1", of_the_shop, utc_now()).hold_seconds == expected


def test_a_shop_may_require_a_customer_id() -> None:
    assert violations(cart(), customer_id_required=True) == [FieldError("customer_id", "is required")]
    ReservationRequest.parse(cart() | {"customer_id": "C-1"}).raise_if_against(policy(customer_id_required=True))


def test_a_shop_may_require_that_each_line_names_its_warehouse() -> None:
    content = {"lines": [*cart(warehouse_id="main")["lines"], *cart()["lines"], *cart(warehouse_id=None)["lines"]]}

    assert violations(content, sourcing=Sourcing.NAMED) == [
        FieldError("lines[1].warehouse_id", "is required"),
        FieldError("lines[2].warehouse_id", "is required"),
    ]


def test_all_violations_of_the_settings_of_the_shop_are_named_together() -> None:
    found = violations(cart() | {"hold_seconds": 61}, longest_hold_seconds=60, customer_id_required=True)

    assert [invalid.field for invalid in found] == ["customer_id", "hold_seconds"]


# --- ids


@pytest.mark.parametrize("text", [*REFUSED, *WITH_SPACES_AROUND, "\ud800"])
@pytest.mark.parametrize("field", ["product_id", "warehouse_id"])
def test_an_invalid_id_is_named(field: str, text: str) -> None:
    assert refused(cart(**{field: text})) == [(f"lines[0].{field}", NOT_AN_IDENTIFIER)]


@pytest.mark.parametrize("value", [1, True, None, ["P-1"], {"S": "P-1"}, 1.5])
def test_an_id_that_is_not_a_text_is_named(value: object) -> None:
    assert refused_fields(cart(product_id=value)) == ["lines[0].product_id"]


@pytest.mark.parametrize("text", [*REFUSED, *WITH_SPACES_AROUND, "\ud800"])
@pytest.mark.parametrize("field", ["order_id", "customer_id"])
def test_an_invalid_id_of_another_system_is_named(field: str, text: str) -> None:
    assert refused(cart() | {field: text}) == [(field, NOT_AN_IDENTIFIER)]


@pytest.mark.parametrize(
    "text", ["R-1", "#1001", "SO.1001", "R 1", ".", "R" * 128, "~" * 128, "m\u00fcller", "\U0001f6d2"]
)
def test_a_reservation_is_named_by_its_key_or_by_its_execution(text: str) -> None:
    assert parse_reservation_id(text) == text


@pytest.mark.parametrize(
    "value", ["", "R-1\n", "m\u00fcller 1", "\u00c4" * 81, "R" * 129, None, 1, True, ["R-1"], b"R-1"]
)
def test_an_invalid_reservation_id_is_refused(value: object) -> None:
    with pytest.raises(InvalidReservation) as error:
        parse_reservation_id(value)

    assert [invalid.field for invalid in error.value.errors] == ["reservation_id"]


@pytest.mark.parametrize("value", ["", "m\u00fcller", "R\n", "R\x7f", "R" * 129, None, 1])
def test_a_key_is_printable_ascii(value: object) -> None:
    with pytest.raises(InvalidReservation) as error:
        parse_key(value)

    assert [(invalid.field, invalid.message) for invalid in error.value.errors] == [
        ("Idempotency-Key", "must be text" if not isinstance(value, str) else NOT_A_KEY)
    ]


@pytest.mark.parametrize(
    ("content", "execution_name", "expected"),
    [
        ({}, "R-1", "R-1"),
        ({}, "SO.1001", "SO.1001"),
        ({"reservation_id": "R-1"}, "R-1", "R-1"),
        ({"reservation_id": "#1001"}, name_of("#1001"), "#1001"),
        ({"reservation_id": name_of("#1001")}, name_of("#1001"), name_of("#1001")),
    ],
)
def test_an_execution_has_the_id_of_its_input_or_its_name(
    content: dict[str, str], execution_name: str, expected: str
) -> None:
    assert ReservationRequest.parse(cart() | content).id_under(execution_name) == expected


@pytest.mark.parametrize(
    ("content", "execution_name"),
    [({"reservation_id": "R-2"}, "R-1"), ({"reservation_id": "SO.1"}, "SO.1"), ({}, "."), ({}, "..")],
)
def test_an_execution_of_another_id_is_refused(content: dict[str, str], execution_name: str) -> None:
    with pytest.raises(InvalidReservation) as error:
        ReservationRequest.parse(cart() | content).id_under(execution_name)

    assert [invalid.field for invalid in error.value.errors] == ["reservation_id"]


# --- shape


@pytest.mark.parametrize("content", [None, [], [cart()], "lines", 1, True])
def test_content_that_is_not_an_object_is_refused(content: object) -> None:
    assert refused(content) == [("(content)", "must be an object")]


@pytest.mark.parametrize("lines", [None, {}, {"0": {}}, "P-1", 1, True])
def test_lines_that_are_not_a_list_are_refused(lines: object) -> None:
    assert refused({"lines": lines}) == [("lines", "must be a list")]


def test_a_request_without_lines_is_refused() -> None:
    assert refused({}) == [("lines", "is required")]
    assert refused({"lines": []}) == [("lines", "must have at least 1 entry")]


@pytest.mark.parametrize("entry", [None, 7, "P-1", [], [["P-1", 1]], True])
def test_a_line_that_is_not_an_object_is_named_without_its_fields(entry: object) -> None:
    assert refused({"lines": [entry]}) == [("lines[0]", "must be an object")]


def test_an_invalid_line_is_named_by_its_position() -> None:
    valid = cart()["lines"]

    assert refused_fields({"lines": valid + [{}] + valid}) == ["lines[1].product_id", "lines[1].quantity"]


@pytest.mark.parametrize("name", ["price", "Quantity", "", "quantity ", "__class__", "lines"])
def test_an_unknown_field_of_a_line_is_named(name: str) -> None:
    assert refused(cart(**{name: 1})) == [(f"lines[0].{name}", "is not a known field")]


def test_an_unknown_field_is_named() -> None:
    assert refused(cart() | {"hold_secs": 60}) == [("hold_secs", "is not a known field")]


def test_the_name_of_an_unknown_field_can_be_answered() -> None:
    assert refused(cart() | {"\ud800": 1}) == [("\\ud800", "is not a known field")]


def test_all_invalid_fields_are_named_together() -> None:
    content = {
        "lines": [{"product_id": "P\n1", "quantity": 0}, {"product_id": "P-2", "quantity": 1, "price": 5}],
        "order_id": "",
        "hold_seconds": 0,
    }

    assert sorted(refused_fields(content)) == [
        "hold_seconds",
        "lines[0].product_id",
        "lines[0].quantity",
        "lines[1].price",
        "order_id",
    ]


def test_deeply_nested_junk_is_refused_by_its_field() -> None:
    junk: Any = {}
    for _ in range(500):
        junk = {"lines": [junk]}

    assert refused_fields(cart(product_id=junk)) == ["lines[0].product_id"]


def test_more_products_than_one_transaction_can_write_are_refused() -> None:
    lines = [{"product_id": f"P-{number}", "quantity": 1} for number in range(DISTINCT_LINES_MAX + 1)]

    assert refused({"lines": lines}) == [("lines", "at most 45 different products and warehouses, not 46")]


def test_many_lines_of_few_products_are_valid() -> None:
    request = ReservationRequest.parse({"lines": cart()["lines"] * LINES_MAX})

    assert [line.quantity for line in request.merged_lines()] == [LINES_MAX]


def test_too_many_lines_are_refused() -> None:
    assert refused({"lines": cart()["lines"] * (LINES_MAX + 1)}) == [("lines", "must have at most 1000 entries")]


def test_an_error_names_its_fields_in_one_sentence() -> None:
    with pytest.raises(InvalidReservation, match=r"^lines\[0\]\.quantity: must be at least 1; hold_seconds: must be "):
        ReservationRequest.parse(cart(quantity=0) | {"hold_seconds": 0})


# --- payments


def refused_payment(content: object) -> list[tuple[str, str]]:
    """The invalid fields of a payment, with the message for each."""
    with pytest.raises(InvalidRequest) as error:
        PaymentResult.parse(content)
    return [(invalid.field, invalid.message) for invalid in error.value.errors]


@pytest.mark.parametrize(
    ("content", "result", "money"),
    [
        (
            {"outcome": "SUCCEEDED", "payment_reference": "PAY-1"},
            PaymentResult("SUCCEEDED", "PAY-1"),
            Money("PAY-1"),
        ),
        (
            {"outcome": "SUCCEEDED", "payment_reference": "PAY-1", "retry": False, "amount": "9.50", "currency": "EUR"},
            PaymentResult("SUCCEEDED", "PAY-1", retry=False, amount="9.50", currency="EUR"),
            Money("PAY-1", "9.50", "EUR"),
        ),
        (
            {"outcome": "SUCCEEDED", "payment_reference": "PAY-1", "amount": None, "currency": None},
            PaymentResult("SUCCEEDED", "PAY-1"),
            Money("PAY-1"),
        ),
        ({"outcome": "FAILED"}, PaymentResult("FAILED"), None),
        (
            {"outcome": "FAILED", "payment_reference": "PAY-1", "retry": True},
            PaymentResult("FAILED", "PAY-1", retry=True),
            None,
        ),
    ],
)
def test_a_valid_payment_is_read_with_all_its_fields(
    content: dict[str, Any], result: PaymentResult, money: Money | None
) -> None:
    assert PaymentResult.parse(content) == result
    assert result.money() == money


def test_a_payment_without_a_reference_is_no_money() -> None:
    assert PaymentResult("SUCCEEDED").money() is None


@pytest.mark.parametrize(
    ("content", "field", "message"),
    [
        ({}, "outcome", "is required"),
        ({"outcome": "succeeded"}, "outcome", "must be 'SUCCEEDED' or 'FAILED'"),
        ({"outcome": None}, "outcome", "must be 'SUCCEEDED' or 'FAILED'"),
        ({"outcome": "SUCCEEDED"}, "payment_reference", "a payment that succeeded needs its reference"),
        ({"outcome": "SUCCEEDED", "payment_reference": ""}, "payment_reference", NOT_AN_IDENTIFIER),
        ({"outcome": "SUCCEEDED", "payment_reference": "PAY-1\n"}, "payment_reference", NOT_AN_IDENTIFIER),
        ({"outcome": "FAILED", "retry": "true"}, "retry", "must be true or false"),
        ({"outcome": "FAILED", "retry": 1}, "retry", "must be true or false"),
        ({"outcome": "FAILED", "amount": 5}, "amount", "must be text"),
        ({"outcome": "FAILED", "currency": "EUR\ud800"}, "currency", "must be text"),
        ({"outcome": "FAILED", "total": 5}, "total", "is not a known field"),
        (
            {"outcome": "SUCCEEDED", "payment_reference": "PAY-1", "retry": True},
            "retry",
            "only a payment that failed can be tried again",
        ),
        (None, "(content)", "must be an object"),
    ],
)
def test_an_invalid_payment_is_refused(content: object, field: str, message: str) -> None:
    assert refused_payment(content) == [(field, message)]


def request_of(*lines: tuple[str, str | None, int], **more: Any) -> ReservationRequest:
    return ReservationRequest(tuple(Line(*line) for line in lines), **more)


ASKED = request_of(("P-1", None, 1), ("P-2", "main", 2), ("P-1", None, 2), order_id="O-1")


@pytest.mark.parametrize(
    "same",
    [
        ASKED,
        request_of(("P-2", "main", 2), ("P-1", None, 3), order_id="O-1"),
        replace(ASKED, hold_seconds=900),
    ],
    ids=["the same", "in another order and merged", "with the hold that it got"],
)
def test_a_reservation_whose_lines_changed_is_of_the_request_that_created_it(same: ReservationRequest) -> None:
    changed = reservation_of(ASKED.content_hash(900))

    assert same.is_request_of(changed)


@pytest.mark.parametrize(
    "other",
    [
        request_of(("P-1", None, 3), order_id="O-1"),
        request_of(("P-1", "main", 3), ("P-2", "main", 2), order_id="O-1"),
        replace(ASKED, order_id=None),
        replace(ASKED, customer_id="C-1"),
        replace(ASKED, hold_seconds=60),
        request_of(("P-5", None, 1)),
    ],
    ids=["a line less", "another warehouse", "no order", "a customer", "another hold", "what it holds now"],
)
def test_a_reservation_whose_lines_changed_is_of_no_other_request(other: ReservationRequest) -> None:
    assert not other.is_request_of(reservation_of(ASKED.content_hash(900)))


def reservation_of(request_hash: str) -> Reservation:
    """A reservation that holds another product by now."""
    return Reservation(
        "R-1", Status.HELD, (Line("P-5", None, 1),), 900, "2026-03-01T12:00:00.000Z", request_hash=request_hash
    )


# --- what was accepted


@pytest.mark.parametrize("accepts_partial", [False, True], ids=["all", "a part"])
def test_a_reservation_is_only_of_the_request_that_accepted_the_same(accepts_partial: bool) -> None:
    asked = replace(ASKED, accepts_partial=accepts_partial)
    other = replace(ASKED, accepts_partial=not accepts_partial)

    held = asked.held("R-1", policy(), utc_now())

    assert asked.is_request_of(held)
    assert not other.is_request_of(held)
    assert not other.is_request_of(replace(held, request_hash=asked.content_hash(900)))
    assert asked.is_equal_to(replace(asked, lines=asked.merged_lines()))
    assert not other.is_equal_to(asked)


def test_a_part_is_of_the_request_that_asked_for_more() -> None:
    asked = replace(ASKED, accepts_partial=True)

    part = replace(asked.held("R-1", policy(), utc_now()), lines=(Line("P-2", "main", 1),))

    assert asked.is_request_of(part)
    assert not replace(request_of(("P-2", "main", 1), order_id="O-1"), accepts_partial=True).is_request_of(part)


def test_only_what_accepted_a_part_is_kept_as_a_hash() -> None:
    assert ASKED.held("R-1", policy(), utc_now()).request_hash is None
