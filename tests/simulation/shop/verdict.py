"""What must be true at the end of a world, when everything had the time to settle."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import to_item
from inventory.identifiers import name_of
from inventory.items import SHARD_CHANGES, partition_of
from inventory.model import LevelKey
from inventory.reconciliation.counter_drift import PAUSE_SECONDS
from tests.simulation.platform.runtime import OPERATIONS_TOPIC
from tests.simulation.platform.workflow import Execution
from tests.simulation.shop.books import UNREADABLE, Entry, taken_by, warehouses_of
from tests.simulation.shop.machines import Change
from tests.simulation.shop.managers import Adjustment, CountedRow, Edit, Import
from tests.simulation.shop.shoppers import Checkout, SentCall

if TYPE_CHECKING:
    from tests.simulation.shop.world import World

# What a request asks for: units by level, an order and a customer.
Content = tuple[Mapping[tuple[str, str | None], int], str | None, str | None]
# The errors of an execution that needs attention, and what may have caused them.
FAULTS_OF_AWS = ("ReservationNeedsAttention", "CommitNeedsAttention", "ReleaseNeedsAttention")
PASSING = (
    "TransientError",
    "ReservationNotFound",
    "Lambda.",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
    "DynamoDb.SdkClientException",
    "DynamoDb.ThrottlingException",
)
# What a handler may raise: its caller repeats the call.
EXPECTED_ERRORS = (
    "TransientError",
    "ReservationNotFound",
    "ThrottlingException",
    "SlowDown",
    "InternalError",
    "ReadTimeout",
)
BY_COUNT = ("COUNTED", "RECONCILED")
SENT_TOLERANCE_SECONDS = 20.0  # a call takes time, and a movement's time is that of the attempt that wrote it
# A call that changes a reservation: it is refused for good, or was too early and may be made later.
EXPECTED_OF_CALLS = (
    "200",
    "400 VALIDATION_FAILED",
    "404 LEVEL_NOT_FOUND",
    "409 ALREADY_DECIDED",
    "409 HOLD_LIMIT_REACHED",
    "409 INSUFFICIENT_STOCK",
)
NOT_DECIDED = ("none", "404 RESERVATION_NOT_FOUND", "409 NOT_SOLD", "409 NOT_ALLOCATED")
EXPECTED_ANSWERS = ("409", "200", "201", "none")


def verdict(world: "World") -> list[str]:
    """One sentence for each thing that is wrong."""
    return [
        *(error for error in world.invocations.errors if not any(expected in error for expected in EXPECTED_ERRORS)),
        *_executions(world),
        *_reservations(world),
        *_requests(world),
        *_sales(world),
        *_after_sale(world),
        *_payments(world),
        *_changes_by_hand(world),
        *_imports(world),
        *_lists(world),
        *_alerts(world),
        *_shards(world),
        *(
            f"job {job} failed although nothing went wrong"
            for job in world.managers.failed_jobs
            if world.weather.is_fine
        ),
        *(_false_alarms(world)),
    ]


def _false_alarms(world: "World") -> Iterator[str]:
    """The comparison waits until the indexes have caught up; indexes that lag longer may mislead it."""
    if world.weather.lag_seconds < PAUSE_SECONDS:
        yield from (f"the comparison found a drift that is none: {found}" for found in world.managers.drifted)


def _rows(world: "World") -> dict[str, dict[str, Any]]:
    rows = map(to_item, world.rows("reservations"))
    return {row["reservation_id"]: row for row in rows if not row["reservation_id"].startswith(UNREADABLE)}


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
        elif execution.error == "InvalidReservation" and row is not None and not world.weather.repeat_rate:
            # With late repetitions the same step may run once more when the request is valid: settings have changed,
            # or its level exists again.
            yield f"execution {name} failed as invalid, but its reservation is {row['status']}"
        elif execution.status == "FAILED" and not _may_fail(execution):
            yield f"execution {name} failed with {execution.error}: {execution.cause}"
    recorded = {row["execution_name"]["S"] for row in world.rows("failedexecutions")}
    for name, execution in world.step_functions.executions.items():
        if execution.status in ("FAILED", "ABORTED") and name not in recorded:
            yield f"execution {name} is {execution.status}, and nobody finds it"
    if world.weather.is_fine:
        for name, execution in world.step_functions.executions.items():
            if execution.status != "SUCCEEDED" and execution.error not in ("InvalidReservation", "ReservationConflict"):
                yield f"execution {name} is {execution.status} with {execution.error} although nothing went wrong"


def _may_fail(execution: Execution) -> bool:
    """Whether an execution failed as it should: for its content, or because AWS did not answer for too long."""
    if execution.error in ("InvalidReservation", "ReservationConflict"):
        return True
    cause = str(execution.cause)
    return execution.error in FAULTS_OF_AWS and any(reason in cause for reason in PASSING)


def _reservations(world: "World") -> Iterator[str]:
    rows = _rows(world)
    for reservation_id, row in rows.items():
        if row["status"] in ("HELD", "PAID"):
            yield f"reservation {reservation_id} is still {row['status']}"
        if "pending_notification" in row:
            yield f"reservation {reservation_id} has a pending notification"
        if "task_token" in row:
            yield f"reservation {reservation_id} still has a task token"


def _requests(world: "World") -> Iterator[str]:
    """Each reservation is what was asked for, and a repeated request is answered as the first one."""
    for checkout in world.shoppers.checkouts:
        row = world.books.created.get(checkout.name)  # its lines may have changed since
        asked = [_asked(content) for content in checkout.contents]
        if row and _content(row) not in asked:
            yield f"reservation {checkout.reservation_id} is not what was asked for"
        for is_same, answer in checkout.replays:
            if not row or answer == "none" or _content(row) != asked[0]:
                continue  # the first request did not arrive
            if is_same and "CONFLICT" in answer:
                yield f"reservation {checkout.reservation_id}: the same request again is answered {answer}"
            if not is_same and "IDEMPOTENCY_CONFLICT" not in answer:
                yield f"reservation {checkout.reservation_id}: another request under its key is answered {answer}"


def _sales(world: "World") -> Iterator[str]:
    """What left the warehouse is what was sold."""
    sold = Counter[tuple[str, str, str]]()
    for movement in map(to_item, world.rows("movements")):
        if movement["kind"] == "SOLD":
            sold[name_of(movement["reference"]), movement["product_id"], movement["warehouse_id"]] += int(
                movement.get("units", -movement["delta"])
            )
    bought = Counter(
        {
            (reservation_id, *key): quantity
            for reservation_id, row in _rows(world).items()
            if row["status"] == "COMMITTED"
            for key, quantity in taken_by(row).items()
        }
    )
    if sold != bought:
        yield f"sold and committed units differ: {sold - bought} {bought - sold}"


def _after_sale(world: "World") -> Iterator[str]:
    """Carts, dispatches and returns were done once each, as they were answered, and add up to what the rows say."""
    rows = _rows(world)
    done: dict[tuple[str, str], int] = {}  # units by reservation and what the movements give as their reason
    for movement in map(to_item, world.rows("movements")):
        if movement["kind"] in ("DISPATCHED", "RETURNED"):
            named = name_of(movement["reference"]), movement["reason"].partition(": ")[2]
            done[named] = done.get(named, 0) + int(movement.get("units", abs(movement["delta"])))
    for checkout in world.shoppers.checkouts:
        row = rows.get(checkout.name, {})
        for sent in checkout.sent:
            yield from _call_under_key(checkout, sent, done.get((checkout.name, sent.key), 0))
        happened = sum(
            int(after.get("returned", 0)) + int(after.get("dispatched", 0)) for after in row.get("after_sale", ())
        )
        moved = sum(units for (name, _), units in done.items() if name == checkout.name)
        if happened != moved:
            yield f"reservation {checkout.reservation_id} says that {happened} units left or came back, and {moved} did"
        if "changes" in row and _lines(row["lines"]) not in [_lines(sent.lines or ()) for sent in _made(checkout)]:
            yield f"reservation {checkout.reservation_id} has other lines than any change that was made"


def _made(checkout: Checkout) -> Iterator[SentCall]:
    """The changes of a cart that may have been made: those that were not refused."""
    return (sent for sent in checkout.sent if sent.kind == "change" and not any("409" in one for one in sent.answers))


def _lines(lines: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, str | None]]:
    """The units of lines by what they ask for, as they are sent and as they are stored."""
    units: Counter[tuple[str, str | None]] = Counter()
    for line in lines:
        units[line["product_id"], _asked_warehouse(line)] += int(line["quantity"])
    return units


def _asked_warehouse(line: Mapping[str, Any]) -> str | None:
    """The warehouse that a line names, as it is sent and as it is stored: of a spread level, its sources name it."""
    if line.get("any"):
        return None
    return line["warehouse_id"] if "warehouse_id" in line else next(iter(warehouses_of(line)), None)


def _call_under_key(checkout: Checkout, sent: SentCall, units: int) -> Iterator[str]:
    """The answers of a call are the same, and say whether it was done. What is not sold yet may be refused first."""
    name = f"{sent.kind} {sent.key} of {checkout.reservation_id}"
    final = {answer for answer in sent.answers if not answer.startswith(NOT_DECIDED)}
    if len(final) > 1 or not all(answer.startswith(EXPECTED_OF_CALLS) for answer in final):
        yield f"{name} is answered {sent.answers}"
    if sent.kind != "change" and sent.units is not None and units not in (0, sent.units):
        yield f"{name} moved {units} units, and not {sent.units}"
    if sent.kind != "change" and "200" in sent.answers and not units:
        yield f"{name} is answered with 200, and moved nothing"


def _asked(content: dict[str, Any]) -> Content:
    units: Counter[tuple[str, str | None]] = Counter()
    for line in content["lines"]:
        units[line["product_id"], line.get("warehouse_id")] += line["quantity"]
    return units, content.get("order_id"), content.get("customer_id")


def _content(row: dict[str, Any]) -> Content:
    units = {(line["product_id"], _asked_warehouse(line)): int(line["quantity"]) for line in row["lines"]}
    return units, row.get("order_id"), row.get("customer_id")


def _payments(world: "World") -> Iterator[str]:
    rows = _rows(world)
    announced = Counter(
        (name_of(message.content["reservation_id"]), message.content["payment_reference"])
        for message in world.topics.published
        if message.topic == OPERATIONS_TOPIC
    )
    refunds = {(row["reservation_id"], row["payment_reference"]): row for row in map(to_item, world.rows("refunds"))}
    for checkout in world.shoppers.checkouts:
        row = rows.get(checkout.name, {})
        for reference, answers in checkout.paid.items():
            payment = f"payment {reference} of {checkout.reservation_id} ({row.get('status')})"
            is_bought = row.get("status") == "COMMITTED" and row["payment_reference"] == reference
            refund = refunds.get((checkout.name, reference))
            times_announced = announced[checkout.name, reference]
            if is_bought and refund and _is_due(refund):
                yield f"{payment} bought it, and is to be returned"
            if not is_bought and not refund and reference not in checkout.unanswered:
                yield f"{payment} bought nothing, and is not recorded as one to return"
            if refund and refund["status"] == "OPEN" and not times_announced:  # a returned one needs no notification
                yield f"{payment} is to be returned, and operations were not notified"
            if refund and "pending_notification" in refund:
                yield f"{payment} still has a pending notification"
            if any(fulfilled != is_bought for fulfilled in answers):
                yield f"{payment} was answered with fulfilled {answers}, and is {'' if is_bought else 'not '}bought"
            if world.weather.is_fine and times_announced > 1:
                yield f"{payment} is announced more than once although nothing went wrong"
            if world.weather.is_fine and reference in checkout.unanswered:
                yield f"{payment} was never answered although nothing went wrong"
        if row.get("status") == "UNFULFILLED" and (checkout.name, row["payment_reference"]) not in refunds:
            yield f"reservation {checkout.reservation_id} is unfulfilled, and its payment is not to be returned"
        if row.get("status") == "COMMITTED" and row["payment_reference"] not in checkout.paid:
            yield f"reservation {checkout.reservation_id} was sold without a payment"


def _is_due(refund: dict[str, Any]) -> bool:
    """Whether the money is to be returned in any case.

    A payment that came before its reservation may have bought it since: then it is withdrawn when it is read.
    """
    return "reservation_status" in refund or refund["status"] == "RETURNED"


def _changes_by_hand(world: "World") -> Iterator[str]:
    applied = world.books.movements
    changes: list[Adjustment | Edit] = [*world.managers.adjustments, *world.managers.edits]
    for change in changes:
        expected = (*EXPECTED_ANSWERS, "404") if _key(change.product) in world.books.deleted else EXPECTED_ANSWERS
        if not all(answer.startswith(expected) for answer in change.answers):
            yield f"{change} is refused"
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
        is_new_again = _key(edit.product) in world.books.deleted  # then a late repetition makes the level once more
        if applied[edit.reason, _key(edit.product)] > 1 and not is_new_again:
            yield f"edit {edit.reason} is applied twice"


def _imports(world: "World") -> Iterator[str]:
    for imported in world.managers.imports:
        for row in imported.rows if imported.import_id else ():
            ledger = world.books.ledger.get(_key(row.product), [])
            own = [entry for entry in ledger if entry.reference == imported.import_id]
            if len(own) > 1:
                yield f"import {imported.key} counts {row.product} {len(own)} times"
            # By clocks that are wrong, a count shortly before the export was one after it.
            since = imported.exported_at - SENT_TOLERANCE_SECONDS - 2 * world.weather.clock_error_seconds
            for entry in own:
                others = [one for one in ledger if since <= one.at <= entry.at and one is not entry]
                if not any(one.kind in BY_COUNT for one in others):
                    yield from _count_of_import(world, imported, row, entry)


def _count_of_import(world: "World", imported: Import, row: CountedRow, entry: Entry) -> Iterator[str]:
    """A count is of a moment: what happened since stays. No other count came in between."""
    found = f"import {imported.key} of {row} changed {row.product} by {entry.delta} to {entry.on_hand}"
    if row.was is not None:
        if entry.delta != row.on_hand - row.was:
            yield found
        return
    if world.weather.clock_error_seconds:
        return  # what happened after the file was sent is not known exactly
    possible = _possible(world.books.ledger[_key(row.product)], row.on_hand, imported.sent_at, entry)
    if entry.on_hand not in possible:
        yield f"{found}, and not to one of {sorted(possible)}"


def _possible(ledger: list[Entry], counted: int, taken: tuple[float, float], entry: Entry) -> set[int]:
    """The units that a count can have left that was taken between two times: what happened since stays."""
    began, ended = taken[0] - SENT_TOLERANCE_SECONDS, taken[1] + SENT_TOLERANCE_SECONDS
    happened = [one for one in ledger if one.kind not in BY_COUNT and one.at <= entry.at]
    moments = [began, *(one.at for one in happened), ended]
    return {
        counted + sum(one.delta for one in happened if one.at > moment)
        for moment in moments
        if began <= moment <= ended
    }


def _lists(world: "World") -> Iterator[str]:
    """Each change of a machine's list is decided once, and was answered as it was decided."""
    for sent in world.machines.lists:
        if not sent.statuses <= {200}:
            yield f"list {sent.key} is answered {sent.statuses}"
        for change in sent.changes:
            yield from _change_of_machine(world, change)


def _change_of_machine(world: "World", change: Change) -> Iterator[str]:
    ledger = world.books.ledger.get(_key(change.product), [])
    own = [entry for entry in ledger if entry.reference == change.reference]
    if len(own) > 1:
        yield f"{change} is applied {len(own)} times"
    if len(change.answers) > 1 or (change.answers and ("APPLIED" in change.answers) != bool(own)):
        yield f"{change} is applied {len(own)} times and was answered {change.answers}"
    if change.kind != "COUNTED":
        yield from (f"{change} changed {entry.delta}" for entry in own if entry.delta != change.units)
    elif change.as_of is not None and not world.weather.clock_error_seconds:
        for entry in own:
            possible = _possible(ledger, change.units, (change.as_of, change.as_of), entry)
            if entry.on_hand not in possible:
                yield f"{change} left {entry.on_hand}, and not one of {sorted(possible)}"


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


def _shards(world: "World") -> Iterator[str]:
    """No change of shards is under way, unless the last one has sold units that nobody dispatched."""
    for listed in map(to_item, world.rows("inventory")):
        if listed["product_id"] != SHARD_CHANGES:
            continue
        level = LevelKey(**listed["level"])
        own = world.books.levels.get((level.product_id, level.warehouse_id))
        if own is None:
            yield f"the shards of {level} are changed, and there is no such level"
            continue
        last = level.of_shard(int(own.get("shards", 1)) - 1)
        row = world.books.levels[partition_of(last), last.warehouse_id]
        if not row.get("allocated"):
            yield f"the shards of {level} are still changed from {own.get('shards')} to {own.get('shards_wanted')}"
    for answer in world.spreading.unexpected:
        yield f"a change of shards is answered {answer}"


def _key(product: str) -> tuple[str, str]:
    name, _, warehouse = product.partition("/")
    return name, warehouse
