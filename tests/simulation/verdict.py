"""What must be true at the end of a world, when everything had the time to settle."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import to_item
from tests.simulation.runtime import OPERATIONS_TOPIC
from tests.simulation.shoppers import Checkout

if TYPE_CHECKING:
    from tests.simulation.world import World

CREATED = ("201", "200")


def verdict(world: "World") -> list[str]:
    """One sentence for each thing that is wrong."""
    return [
        *_executions(world),
        *_reservations(world),
        *_payments(world),
        *_changes_by_hand(world),
        *_imports(world),
        *_alerts(world),
        *(f"the comparison found a drift that is none: {found}" for found in world.managers.drifted),
    ]


def _rows(world: "World") -> dict[str, dict[str, Any]]:
    return {row["reservation_id"]: row for row in map(to_item, world.rows("reservations"))}


def _executions(world: "World") -> Iterator[str]:
    rows = _rows(world)
    for name, execution in world.step_functions.executions.items():
        row = rows.get(name)
        if execution.status == "RUNNING":
            yield f"execution {name} still runs"
        elif execution.status == "SUCCEEDED":
            status = execution.output["status"]
            now = row["status"] if row else None
            if status != now and (status, now) not in (("RELEASED", "COMMITTED"), ("RELEASED", "UNFULFILLED")):
                yield f"execution {name} ended as {status}, its reservation is {now}"
        elif (
            row is None
            and execution.status == "FAILED"
            and execution.error
            not in (
                "InvalidReservation",
                "ReleaseNeedsAttention",
                "ReservationNeedsAttention",
            )
        ):
            yield f"execution {name} failed with {execution.error} and has no reservation"
        elif execution.status == "FAILED" and execution.error == "States.Runtime":
            yield f"execution {name} failed: {execution.cause}"
    if world.weather.is_fine:
        for name, execution in world.step_functions.executions.items():
            if execution.status != "SUCCEEDED" and execution.error not in ("InvalidReservation", "ReservationConflict"):
                yield f"execution {name} is {execution.status} with {execution.error} although nothing went wrong"


def _reservations(world: "World") -> Iterator[str]:
    rows = _rows(world)
    for reservation_id, row in rows.items():
        if row["status"] in ("HELD", "PAID"):
            yield f"reservation {reservation_id} is still {row['status']}"
        if "pending_notification" in row:
            yield f"reservation {reservation_id} has a pending notification"
        if "task_token" in row:
            yield f"reservation {reservation_id} still has a task token"
    for checkout in world.shoppers.checkouts:
        row = rows.get(checkout.reservation_id)
        if row and _asked(checkout) != _content(row):
            yield f"reservation {checkout.reservation_id} is not what was asked for"
        for is_same, answer in checkout.replays:
            if not row or answer == "none":
                continue
            if is_same and "CONFLICT" in answer:
                yield f"reservation {checkout.reservation_id}: the same request again is answered {answer}"
            if not is_same and "IDEMPOTENCY_CONFLICT" not in answer:
                yield f"reservation {checkout.reservation_id}: another request under its key is answered {answer}"
    sold = Counter[tuple[str, str, str]]()
    for movement in map(to_item, world.rows("movements")):
        if movement["kind"] == "SOLD":
            sold[movement["reference"], movement["product_id"], movement["warehouse_id"]] -= int(movement["delta"])
    bought = Counter(
        {
            (reservation_id, line["product_id"], line["warehouse_id"]): int(line["quantity"])
            for reservation_id, row in rows.items()
            if row["status"] == "COMMITTED"
            for line in row["lines"]
        }
    )
    if sold != bought:
        yield f"sold and committed units differ: {sold - bought} {bought - sold}"


def _asked(checkout: Checkout) -> dict[tuple[str, str], int]:
    asked: Counter[tuple[str, str]] = Counter()
    for line in checkout.content["lines"]:
        asked[line["product_id"], line["warehouse_id"]] += line["quantity"]
    return asked


def _content(row: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {(line["product_id"], line["warehouse_id"]): int(line["quantity"]) for line in row["lines"]}


def _payments(world: "World") -> Iterator[str]:
    rows = _rows(world)
    announced = Counter(
        (message.content["reservation_id"], message.content["payment_reference"])
        for message in world.topics.published
        if message.topic == OPERATIONS_TOPIC
    )
    for checkout in world.shoppers.checkouts:
        row = rows.get(checkout.reservation_id, {})
        for reference, answers in checkout.paid.items():
            payment = f"payment {reference} of {checkout.reservation_id} ({row.get('status')})"
            is_bought = row.get("status") == "COMMITTED" and row["payment_reference"] == reference
            is_announced = announced[checkout.reservation_id, reference] > 0
            if is_bought == is_announced:
                yield f"{payment} is {'bought and announced' if is_bought else 'neither bought nor announced'}"
            if any(fulfilled != is_bought for fulfilled in answers):
                yield f"{payment} was answered with fulfilled {answers}, and is {'' if is_bought else 'not '}bought"
            if world.weather.is_fine and row and announced[checkout.reservation_id, reference] > 1:
                yield f"{payment} is announced more than once although nothing went wrong"
        if row.get("status") == "COMMITTED" and row["payment_reference"] not in checkout.paid:
            yield f"reservation {checkout.reservation_id} was sold without a payment"


def _changes_by_hand(world: "World") -> Iterator[str]:
    applied = world.books.movements
    for adjustment in world.managers.adjustments:
        times = applied[adjustment.key, _key(adjustment.product)]
        if times > 1:
            yield f"adjustment {adjustment.key} is applied {times} times"
        if (
            any(answer.startswith("200") for answer in adjustment.answers) != bool(times)
            and "none" not in adjustment.answers
        ):
            yield f"adjustment {adjustment.key} is applied {times} times and was answered {adjustment.answers}"
    for edit in world.managers.edits:
        if applied[edit.reason, _key(edit.product)] > 1:
            yield f"edit {edit.reason} is applied twice"


def _imports(world: "World") -> Iterator[str]:
    applied = world.books.movements
    for imported in world.managers.imports:
        for product in imported.products if imported.import_id else ():
            if applied[str(imported.import_id), _key(product)] > 1:
                yield f"import {imported.key} counts {product} more than once"


def _alerts(world: "World") -> Iterator[str]:
    sent: dict[tuple[str, str], list[float]] = {}
    for message in world.alerts():
        sent.setdefault((message.content["product_id"], message.content["warehouse_id"]), []).append(message.at)
    for key, episode in world.books.low_since.items():
        if not episode.is_new and not any(at >= episode.since for at in sent.get(key, ())):
            yield f"{key} is low since {episode.since:.3f}, and nobody was alerted"
    for key, level in world.books.levels.items():
        if "low_stock_alert_by" in level:
            yield f"{key} has a pending alert of {level['low_stock_alert_by']}"
        if world.weather.is_fine and len(sent.get(key, ())) > world.books.crossings[key]:
            yield f"{key} became low {world.books.crossings[key]} times, and {len(sent[key])} alerts were sent"


def _key(product: str) -> tuple[str, str]:
    name, _, warehouse = product.partition("/")
    return name, warehouse
