"""POST /stock/changes: each change is decided once and alone, those of one level in the order of the list."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest

from inventory.aws import retries
from inventory.feed import run
from inventory.feed.changes import StockChange, plan_change
from inventory.identifiers import SEPARATOR
from inventory.model import UNITS_MAX, Level, iso
from inventory.stock.counts import Plan
from tests.integration.api.stock_feed.conftest import Machine, change
from tests.support.aws_calls import Answer, Call, recorded, refusal
from tests.support.fault_injection import hooked, just_before
from tests.support.http.gateway import CONTEXT
from tests.support.identifiers import IDENTIFIERS
from tests.support.shop import Shop, at_once

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.0001)


def passes(shop: Shop, seconds: float) -> None:
    """It is so many seconds after noon."""
    shop.now = lambda: NOON + timedelta(seconds=seconds)


def at(seconds: float) -> str:
    return iso(NOON + timedelta(seconds=seconds))


def results(answered: list[dict[str, Any]]) -> list[str]:
    return [result["result"] for result in answered]


def fields(result: dict[str, Any]) -> list[str]:
    return [error["field"] for error in result["errors"]]


def ledger(shop: Shop, product_id: str = "P-1") -> list[tuple[str, int]]:
    """The movements of a product, in order: kind and units."""
    rows = [row for row in shop.rows(shop.tables.movements) if row["product_id"] == product_id]
    return [(row["kind"], int(row["delta"])) for row in sorted(rows, key=lambda row: str(row["movement_id"]))]


# --- kinds


def test_a_delivery_and_a_sale_elsewhere_move_units(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=10)

    answered = machine.sends(change("RECEIVED", delta=5), change("SOLD_ELSEWHERE", delta=-2, reference="receipt 17"))

    assert results(answered) == ["APPLIED", "APPLIED"]
    assert [(result["level"]["on_hand"], result["level"]["available"]) for result in answered] == [(15, 15), (13, 13)]
    assert shop.level().on_hand == 13
    assert {("RECEIVED", 5), ("SOLD_ELSEWHERE", -2)} <= set(ledger(shop))
    shop.adds_up()


def test_a_movement_names_the_session_of_the_role_and_the_reference(shop: Shop, machine: Machine) -> None:
    machine.sends(change("RECEIVED", delta=5), change("SOLD_ELSEWHERE", delta=-2, reference="receipt 17"))

    rows = {row["kind"]: row for row in shop.rows(shop.tables.movements) if row["kind"] != "REQUEST"}
    assert {row["actor"] for row in rows.values()} == {"erp/nightly"}
    assert rows["SOLD_ELSEWHERE"]["reference"] == "receipt 17"
    assert rows["RECEIVED"]["reference"] == "night-1"  # without one of its own, the key of the list


@pytest.mark.parametrize("units", [{"kind": "RECEIVED", "delta": 3}, {"kind": "COUNTED", "on_hand": 3}], ids=str)
def test_a_delivery_and_a_count_create_a_level_that_is_called_like_its_product(
    units: dict[str, Any], shop: Shop, machine: Machine
) -> None:
    [result] = machine.sends(change(**units))

    level = shop.level()
    assert (result["result"], result["level"]) == ("APPLIED", level.to_json())
    assert (level.name, level.category, level.low_stock_threshold) == ("P-1", "uncategorised", 0)
    assert (level.on_hand, level.available, level.reserved, level.active) == (3, 3, 0, True)
    shop.adds_up()


@pytest.mark.parametrize(
    "units",
    [{"kind": "SOLD_ELSEWHERE", "delta": -1}, {"kind": "ADJUSTED", "delta": 1}, {"kind": "DESCRIBED", "name": "Mug"}],
    ids=str,
)
def test_no_other_kind_creates_a_level(units: dict[str, Any], shop: Shop, machine: Machine) -> None:
    [result] = machine.sends(change(**units))

    assert (result["result"], fields(result)) == ("INVALID", ["product_id"])
    assert shop.rows(shop.tables.inventory) == []


def test_a_description_changes_no_units_and_the_same_again_changes_nothing(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=10)

    described = change("DESCRIBED", name="Cup", low_stock_threshold=3)
    answered = machine.sends(described, described)

    level = shop.level()
    assert results(answered) == ["APPLIED", "UNCHANGED"]
    assert (level.name, level.category, level.low_stock_threshold, level.on_hand) == ("Cup", "kitchen", 3, 10)
    assert ledger(shop)[1:] == [("EDITED", 0)]


def test_a_description_may_come_with_units(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=10)

    [received, counted] = machine.sends(
        change("RECEIVED", delta=2, name="Cup"), change("COUNTED", on_hand=9, name="Beaker", category="bar")
    )

    assert (received["level"]["name"], received["level"]["on_hand"]) == ("Cup", 12)
    assert (counted["level"]["name"], counted["level"]["category"], counted["level"]["on_hand"]) == ("Beaker", "bar", 9)
    assert shop.level().to_json() == counted["level"]
    assert ledger(shop)[1:] == [("RECEIVED", 2), ("COUNTED", -3)]
    shop.adds_up()


def test_a_sale_elsewhere_is_decided_by_one_transaction_and_nothing_is_read_after_it(
    shop: Shop, machine: Machine
) -> None:
    shop.stocks("P-1", on_hand=10)

    with recorded(shop.client) as calls:
        machine.sends(change("SOLD_ELSEWHERE", delta=-2))

    operations = [call.operation for call in calls]
    assert operations.count("TransactWriteItems") == 1
    assert operations[operations.index("TransactWriteItems") :] == ["TransactWriteItems"]


def test_a_sale_of_more_than_is_available_is_short_and_an_adjustment_spares_what_is_held(
    shop: Shop, machine: Machine
) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 4))

    answered = machine.sends(
        change("SOLD_ELSEWHERE", delta=-7), change("ADJUSTED", delta=-7), change("COUNTED", on_hand=3)
    )

    assert results(answered) == ["SHORT", "BELOW_RESERVED", "BELOW_RESERVED"]
    assert [fields(result) for result in answered] == [["delta"], ["delta"], ["on_hand"]]
    assert {result["level"]["available"] for result in answered} == {6}
    assert shop.level().on_hand == 10
    shop.adds_up()


def test_a_retired_level_takes_the_changes_of_its_shelf_and_stays_retired(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.retires("P-1")

    answered = machine.sends(change("SOLD_ELSEWHERE", delta=-1), change("COUNTED", on_hand=8))

    assert results(answered) == ["APPLIED", "APPLIED"]
    assert (shop.level().on_hand, shop.level().active) == (8, False)


def test_a_level_that_a_till_made_low_is_alerted_once(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=6, low_stock_threshold=5)

    machine.sends(change("SOLD_ELSEWHERE", delta=-1), change("SOLD_ELSEWHERE", delta=-1))

    assert len(shop.topics.low_stock) == 1


# --- order


def test_the_changes_of_one_level_are_applied_in_the_order_of_the_list(shop: Shop, machine: Machine) -> None:
    answered = machine.sends(
        change("RECEIVED", delta=5),
        change("SOLD_ELSEWHERE", delta=-4),
        change("SOLD_ELSEWHERE", delta=-2),
        change("COUNTED", on_hand=2),
        change("SOLD_ELSEWHERE", delta=-1),
        change("ADJUSTED", delta=4),
    )

    assert results(answered) == ["APPLIED", "APPLIED", "SHORT", "APPLIED", "APPLIED", "APPLIED"]
    assert shop.level().on_hand == 5
    shop.adds_up()


def test_500_changes_are_taken_and_501_are_refused(shop: Shop, machine: Machine) -> None:
    changes = [change("RECEIVED", f"P-{number}", delta=1) for number in range(40)] + [change("RECEIVED")] * 461

    answer = machine.posts({"changes": changes}, key="night-2")
    answered = machine.sends(*changes[:500])

    assert answer.invalid_fields == ["changes"]
    assert results(answered) == ["APPLIED"] * 40 + ["INVALID"] * 460
    assert len(shop.rows(shop.tables.inventory)) == 40


# --- moments


def test_what_happened_to_the_shelf_after_a_count_is_added(shop: Shop, machine: Machine) -> None:
    passes(shop, 0)
    shop.stocks("P-1", on_hand=10)
    passes(shop, 60)
    shop.sells(("P-1", 3))
    machine.sends(change("SOLD_ELSEWHERE", delta=-1), change("RECEIVED", delta=5), key="day-1")
    passes(shop, 120)

    [result] = machine.sends(change("COUNTED", on_hand=8, as_of="2026-03-01T13:00:30.123456789+01:00"))

    assert (result["result"], result["level"]["on_hand"]) == ("APPLIED", 8 - 3 - 1 + 5)
    assert shop.level().counted_as_of == "2026-03-01T12:00:30.123Z"
    shop.adds_up()


def test_an_earlier_count_than_the_latest_changes_nothing(shop: Shop, machine: Machine) -> None:
    passes(shop, 0)
    shop.stocks("P-1", on_hand=10)
    passes(shop, 100)

    answered = machine.sends(change("COUNTED", on_hand=7, as_of=at(60)), change("COUNTED", on_hand=5, as_of=at(59.999)))

    assert (results(answered), shop.level().on_hand) == (["APPLIED", "UNCHANGED"], 7)


def test_a_count_that_confirms_the_books_is_remembered(shop: Shop, machine: Machine) -> None:
    passes(shop, 0)
    shop.stocks("P-1", on_hand=10)
    passes(shop, 100)

    answered = machine.sends(change("COUNTED", on_hand=10, as_of=at(60)), change("COUNTED", on_hand=5, as_of=at(30)))

    assert (results(answered), shop.level().on_hand) == (["UNCHANGED", "UNCHANGED"], 10)


def test_a_count_of_the_future_is_refused_alone(shop: Shop, machine: Machine) -> None:
    passes(shop, 0)
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    changes = [
        change("COUNTED", on_hand=7, as_of=at(0.001)),
        change("COUNTED", "P-2", on_hand=7, as_of=at(0)),
    ]

    answered = machine.sends(*changes)
    passes(shop, 3600)
    again = machine.sends(*changes)

    assert (results(answered), fields(answered[0])) == (["INVALID", "APPLIED"], ["as_of"])
    assert again == answered
    assert shop.level("P-1").on_hand == 10


def test_a_count_that_was_busy_keeps_the_sales_after_the_first_call(shop: Shop, machine: Machine) -> None:
    passes(shop, 0)
    shop.stocks("P-1", on_hand=10)
    passes(shop, 10)
    with busy(shop, "P-1"):
        [first] = machine.sends(change("COUNTED", on_hand=9))
    passes(shop, 600)
    shop.sells(("P-1", 4))
    passes(shop, 700)

    [second] = machine.sends(change("COUNTED", on_hand=9))

    assert (first["result"], second["result"], second["level"]["on_hand"]) == ("BUSY", "APPLIED", 5)
    shop.adds_up()


def test_a_delivery_that_created_a_level_is_added_to_a_count_of_an_earlier_moment(shop: Shop, machine: Machine) -> None:
    passes(shop, 60)
    machine.sends(change("RECEIVED", delta=5), key="day-1")
    passes(shop, 120)

    [result] = machine.sends(change("COUNTED", on_hand=3, as_of=at(30)))

    assert (result["result"], result["level"]["on_hand"]) == ("APPLIED", 8)
    shop.adds_up()


def test_a_description_that_was_changed_after_the_moment_of_a_count_is_kept(shop: Shop, machine: Machine) -> None:
    passes(shop, 0)
    shop.stocks("P-1", on_hand=10)
    passes(shop, 60)
    machine.sends(change("DESCRIBED", name="Cup"), key="day-1")
    passes(shop, 120)

    [result] = machine.sends(change("COUNTED", on_hand=3, as_of=at(30), name="Mug"))

    assert (result["result"], fields(result)) == ("INVALID", ["name"])
    assert (shop.level().name, shop.level().on_hand) == ("Cup", 10)


# --- once


def test_a_list_that_is_sent_again_is_answered_like_the_first_time(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=3)
    changes = [
        change("SOLD_ELSEWHERE", delta=-2),
        change("SOLD_ELSEWHERE", delta=-2),
        change("DESCRIBED", name="Mug"),
        change("ADJUSTED", "P-2", delta=1),
        change("RECEIVED", delta=0),
    ]

    first = machine.sends(*changes)
    shop.adjusts(+10)
    shop.stocks("P-2", on_hand=1)
    again = machine.sends(*changes)

    assert results(first) == ["APPLIED", "SHORT", "UNCHANGED", "INVALID", "INVALID"]
    assert again == first
    assert shop.level("P-1").on_hand == 11


def test_the_same_content_in_another_form_is_the_same_list(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=3)

    first = machine.sends(change("COUNTED", on_hand=2, as_of="2026-03-01T12:00:00Z"), change("RECEIVED", delta=1))
    again = machine.sends(
        dict(reversed(change("COUNTED", on_hand=2.0, as_of="2026-03-01 13:00:00,000+01:00").items())),
        change("RECEIVED", delta=1, name=None),
    )

    assert again == first


@pytest.mark.parametrize("others", [[change("RECEIVED", delta=2)], [change("RECEIVED", delta=1)] * 2, [7]], ids=str)
def test_another_list_under_the_same_key_is_a_conflict(others: list[Any], shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=3)
    machine.sends(change("RECEIVED", delta=1))

    answer = machine.posts({"changes": others})

    assert (answer.status, answer.code) == (409, "IDEMPOTENCY_CONFLICT")
    assert shop.level().on_hand == 4


def test_a_refused_body_does_not_use_its_key(shop: Shop, machine: Machine) -> None:
    refused = machine.posts({"changes": []})

    assert (refused.invalid_fields, results(machine.sends(change("RECEIVED", delta=1)))) == (["changes"], ["APPLIED"])


def test_two_calls_at_once_with_one_list_apply_it_once(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=30)
    changes = [change("SOLD_ELSEWHERE", delta=-1), change("RECEIVED", delta=3), change("SOLD_ELSEWHERE", delta=-2)] * 4

    outcomes = at_once(*[lambda: machine.sends(*changes)] * 3)
    final = machine.sends(*changes)

    assert results(final) == ["APPLIED"] * 12
    assert shop.level().on_hand == 30
    assert len(ledger(shop)) == 1 + 12
    assert all(results(outcome) == results(final) for outcome in outcomes)
    shop.adds_up()


# --- busy


@contextmanager
def busy(shop: Shop, product_id: str, number: int = 1) -> Iterator[None]:
    """Other writers are at the level of this product, in every attempt of the list's change with this number."""

    def refuse(model: Any, params: dict[str, Any], **_: Any) -> Answer | None:
        actions = Call.of(model, params).request["TransactItems"]
        keys = [action["Update"]["Key"] for action in actions if "Update" in action]
        decided = [action["Put"]["Item"].get("request_key", {}).get("S", "") for action in actions if "Put" in action]
        is_number = any(key.endswith(f"{SEPARATOR}{number}") for key in decided)
        if not any(key["product_id"] == {"S": product_id} for key in keys) or not is_number:
            return None
        reasons = [{"Code": "TransactionConflict"}] * len(actions)
        return refusal("TransactionCanceledException", CancellationReasons=reasons)

    with hooked(shop.client, "before-call.dynamodb.TransactWriteItems", refuse):
        yield


def test_one_hot_product_is_busy_and_the_others_are_applied(shop: Shop, machine: Machine) -> None:
    for product_id in ("P-1", "P-2"):
        shop.stocks(product_id, on_hand=10)
    changes = [
        change("SOLD_ELSEWHERE", "P-1", delta=-1),
        change("SOLD_ELSEWHERE", "P-2", delta=-1),
        change("COUNTED", "P-1", on_hand=4),
    ]

    with busy(shop, "P-1", number=1):
        first = machine.sends(*changes)
    second = machine.sends(*changes)

    assert results(first) == ["BUSY", "APPLIED", "BUSY"]  # the count must not come before the sale
    assert results(second) == ["APPLIED"] * 3
    assert second[1] == first[1]
    assert (shop.level("P-1").on_hand, shop.level("P-2").on_hand) == (4, 9)
    shop.adds_up()


def test_units_are_moved_although_a_sale_comes_between_reading_and_writing(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=10)

    with just_before(shop.client, "TransactWriteItems", lambda: shop.holds(("P-1", 9))):
        [result] = machine.sends(change("RECEIVED", delta=5))

    assert (result["result"], shop.level().on_hand, shop.level().available) == ("APPLIED", 15, 6)


def test_a_sale_elsewhere_is_short_if_a_hold_takes_the_last_unit_first(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=10)

    with just_before(shop.client, "TransactWriteItems", lambda: shop.holds(("P-1", 10))):
        [result] = machine.sends(change("SOLD_ELSEWHERE", delta=-1))

    assert (result["result"], result["level"]["available"]) == ("SHORT", 0)
    shop.adds_up()


def test_without_time_everything_is_busy_and_the_next_call_applies_it(
    shop: Shop, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stocks("P-1", on_hand=10)
    monkeypatch.setattr(CONTEXT, "get_remaining_time_in_millis", lambda: 7_000)
    first = machine.sends(change("RECEIVED", delta=5))
    monkeypatch.undo()

    assert (results(first), shop.level().on_hand) == (["BUSY"], 10)


def test_the_answer_comes_in_time_although_one_level_hangs(
    shop: Shop, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    monkeypatch.setattr(CONTEXT, "get_remaining_time_in_millis", lambda: 9_000)
    monkeypatch.setattr("inventory.feed.run.ANSWER_SECONDS", 8.0)
    goes_on = Event()

    def hang(model: Any, params: dict[str, Any], **_: Any) -> None:
        if "P-1" in str(Call.of(model, params).request):
            goes_on.wait(20)

    changes = [change("RECEIVED", "P-1", delta=1), change("RECEIVED", "P-2", delta=1)]
    with hooked(shop.client, "before-call.dynamodb.TransactWriteItems", hang):
        first = machine.sends(*changes)
        goes_on.set()
        monkeypatch.setattr(CONTEXT, "get_remaining_time_in_millis", lambda: 60_000)
        second = machine.sends(*changes)

    assert (results(first), results(second)) == (["BUSY", "APPLIED"], ["APPLIED", "APPLIED"])
    assert shop.level("P-1").on_hand == 11
    shop.adds_up()


def test_a_level_that_cannot_be_read_is_invalid_until_its_row_is_repaired(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=10)
    writes(shop, "reserved", {"S": "none"})

    [first] = machine.sends(change("RECEIVED", delta=5))
    writes(shop, "reserved", {"N": "0"})
    [second] = machine.sends(change("RECEIVED", delta=5))

    assert (first["result"], fields(first), second["result"]) == ("INVALID", ["product_id"], "APPLIED")


def test_a_defect_at_one_level_does_not_fail_the_others(
    shop: Shop, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for product_id in ("P-1", "P-2"):
        shop.stocks(product_id, on_hand=10)

    def plan_or_fail(level: Level | None, sent: StockChange, now: datetime) -> Plan:
        if sent.product_id == "P-1":
            raise ArithmeticError("a row in a form that nobody has thought of")
        return plan_change(level, sent, now)

    monkeypatch.setattr(run, "plan_change", plan_or_fail)
    received = [change("RECEIVED", delta=5), change("RECEIVED", "P-2", delta=5)]

    answered = machine.sends(*received)

    assert (results(answered), shop.level("P-2").on_hand) == (["BUSY", "APPLIED"], 15)
    with pytest.raises(ArithmeticError):
        machine.posts({"changes": received[:1]}, key="night-2")


def test_a_number_that_could_not_be_written_again_is_invalid(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=10)
    writes(shop, "low_stock_threshold", {"N": "1e90"})

    [answered] = machine.sends(change("RECEIVED", delta=5))

    assert (answered["result"], fields(answered)) == ("INVALID", ["product_id"])


def writes(shop: Shop, attribute: str, value: Any) -> None:
    """Another tool writes this attribute of the level of P-1."""
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key={"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}},
        UpdateExpression="SET #attribute = :value",
        ExpressionAttributeNames={"#attribute": attribute},
        ExpressionAttributeValues={":value": value},
    )


# --- bad input


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (7, ["(content)"]),
        (None, ["(content)"]),
        ([], ["(content)"]),
        ({}, ["product_id", "warehouse_id", "kind"]),
        (change("GONE", delta=1), ["kind"]),
        (change("RECEIVED", delta=1) | {"warehouse_id": None}, ["warehouse_id"]),
        (change("RECEIVED", product_id=" P-1", delta=1), ["product_id"]),
        (change("RECEIVED", product_id="P\u200d1", delta=1), ["product_id"]),
        (change("RECEIVED"), ["delta"]),
        (change("RECEIVED", delta=-1), ["delta"]),
        (change("RECEIVED", delta=1.5), ["delta"]),
        (change("RECEIVED", delta=True), ["delta"]),
        (change("RECEIVED", delta="1"), ["delta"]),
        (change("RECEIVED", delta=UNITS_MAX + 1), ["delta"]),
        (change("RECEIVED", delta=1, on_hand=1), ["on_hand"]),
        (change("RECEIVED", delta=1, as_of=at(0)), ["as_of"]),
        (change("SOLD_ELSEWHERE", delta=1), ["delta"]),
        (change("SOLD_ELSEWHERE", delta=0), ["delta"]),
        (change("ADJUSTED", delta=0), ["delta"]),
        (change("ADJUSTED", on_hand=1), ["on_hand", "delta"]),
        (change("COUNTED"), ["on_hand"]),
        (change("COUNTED", delta=1), ["on_hand", "delta"]),
        (change("COUNTED", on_hand=-1), ["on_hand"]),
        (change("COUNTED", on_hand=1, delta=1), ["delta"]),
        (change("COUNTED", on_hand=1, as_of="2026-03-01T12:00:00"), ["as_of"]),
        (change("COUNTED", on_hand=1, as_of="2026-03-01T12:00:00.1234567891Z"), ["as_of"]),
        (change("COUNTED", on_hand=1, as_of="0001-01-01T00:00:00+10:00"), ["as_of"]),
        (change("COUNTED", on_hand=1, as_of=1_772_366_400), ["as_of"]),
        (change("DESCRIBED"), ["name"]),
        (change("DESCRIBED", name=""), ["name"]),
        (change("DESCRIBED", name="Mug", delta=1), ["delta"]),
        (change("DESCRIBED", name="Mug", on_hand=1), ["on_hand"]),
        (change("RECEIVED", delta=1, reference=" "), ["reference"]),
        (change("RECEIVED", delta=1, quantity=1), ["quantity"]),
    ],
    ids=str,
)
def test_a_wrong_change_names_its_fields_and_does_not_stop_the_others(
    sent: Any, wrong: list[str], shop: Shop, machine: Machine
) -> None:
    answered = machine.sends(sent, change("RECEIVED", "P-2", delta=1))

    assert results(answered) == ["INVALID", "APPLIED"]
    assert fields(answered[0]) == wrong
    assert [row["product_id"] for row in shop.rows(shop.tables.inventory)] == ["P-2"]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (None, "(content)"),
        ([change("RECEIVED", delta=1)], "(content)"),
        ({}, "changes"),
        ({"changes": {}}, "changes"),
        ({"changes": "RECEIVED"}, "changes"),
        ({"changes": [], "more": 1}, "changes"),
    ],
    ids=str,
)
def test_a_body_that_is_no_list_of_changes_is_refused(content: Any, wrong: str, shop: Shop, machine: Machine) -> None:
    assert wrong in machine.posts(content).invalid_fields
    assert shop.rows(shop.tables.movements) == []


def test_a_key_is_required(machine: Machine) -> None:
    assert machine.posts({"changes": [change("RECEIVED", delta=1)]}, key=None).invalid_fields == ["Idempotency-Key"]


def test_a_body_that_is_nested_too_deeply_is_refused(machine: Machine) -> None:
    answer = machine.posts('{"changes": [' + "[" * 20_000 + "]" * 20_000 + "]}")

    assert (answer.status, answer.code) == (400, "MALFORMED_JSON")


def test_more_units_than_a_level_may_have_are_invalid(shop: Shop, machine: Machine) -> None:
    shop.stocks("P-1", on_hand=UNITS_MAX)

    [result] = machine.sends(change("RECEIVED", delta=1))

    assert (result["result"], fields(result)) == ("INVALID", ["delta"])


def test_a_hostile_list_has_a_short_answer(machine: Machine) -> None:
    hostile = {"x" * 500 + str(number): number for number in range(50)} | {"product_id": "\ud83d"}

    answered = machine.sends(*[hostile] * 20)

    assert results(answered) == ["INVALID"] * 20
    assert all(len(str(result)) < 1_500 for result in answered)


@pytest.mark.parametrize("product_id", IDENTIFIERS[::6])
def test_any_identifier_is_taken_in_the_normal_form(product_id: str, shop: Shop, machine: Machine) -> None:
    answered = machine.sends(change("RECEIVED", product_id, product_id, delta=1))

    [row] = shop.rows(shop.tables.inventory)
    assert (results(answered), answered[0]["level"]["product_id"]) == (["APPLIED"], row["product_id"])
