"""The cost of a checkout: calls, write units and row sizes, with task tokens as long as those of AWS."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from inventory.model import Line, Reservation, Status, iso
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.aws_calls import Call, recorded
from tests.support.live.storefront import has_published, storefront_of
from tests.support.shop import Shop
from tests.support.shop.bulk_holds import hold_in_bulk
from tests.support.template.source import table_definition
from tools.local.emulators.metering import WRITE_UNIT_BYTES, Index, Item, index_write_units, item_bytes, write_units

# Typical ids: a UUID for the execution, numbers of a shop, and the reference of a payment provider.
RESERVATION_ID = "0c3f6f2e-8d0b-4f6c-9a2e-5b7d1f9e4c3a"
ORDER_ID = CUSTOMER_ID = "202603011234"
PAYMENT_REFERENCE = "pi_3Nn2VbEu5Fd8Qw1Kx"
PRODUCT_ID = "MUG-BLUE-350ML"
OTHER_ID = "MUG-RED-350ML"
CHANGES = 101  # of a list


def operations(calls: Iterable[Call]) -> Counter[str]:
    """How often each operation was called."""
    return Counter(call.operation for call in calls)


# --- calls


def test_a_reserve_is_one_transaction_and_nothing_else(shop: Shop) -> None:
    shop.stocks("P-1")
    shop.stocks("P-2")

    with recorded(shop.client) as calls:
        shop.reserves(("P-1", 1), ("P-2", 1), ("P-1", 1))

    assert operations(calls) == {"TransactWriteItems": 1}


def test_a_replay_is_one_transaction_and_nothing_else(shop: Shop) -> None:
    shop.stocks("P-1")
    shop.reserves(("P-1", 1), reservation_id="R-1")

    with recorded(shop.client) as calls:
        shop.reserves(("P-1", 1), reservation_id="R-1")

    assert operations(calls) == {"TransactWriteItems": 1}


def test_a_rejection_is_one_transaction_and_one_write(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)

    with recorded(shop.client) as calls:
        shop.reserves(("P-1", 2))

    assert operations(calls) == {"TransactWriteItems": 1, "PutItem": 1}


def test_a_paid_checkout_is_two_transactions_and_one_batch_read(shop: Shop) -> None:
    shop.stocks("P-1")
    shop.stocks("P-2")

    with recorded(shop.client) as calls:
        shop.sells(("P-1", 1), ("P-2", 1))

    assert operations(calls) == {
        "TransactWriteItems": 2,  # reserve, commit
        "UpdateItem": 2,  # the token, the payment
        "GetItem": 1,
        "BatchGetItem": 1,
    }


def test_a_sale_from_a_level_that_is_already_low_costs_nothing_more(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.publishes(shop.sells(("P-1", 3)))

    with recorded(shop.client) as calls:
        shop.sells(("P-1", 1))

    assert operations(calls) == {"TransactWriteItems": 2, "UpdateItem": 2, "GetItem": 1, "BatchGetItem": 1}


def test_a_release_is_a_read_and_one_transaction(shop: Shop) -> None:
    shop.stocks("P-1")
    reservation = shop.holds(("P-1", 1))

    with recorded(shop.client) as calls:
        shop.times_out(reservation)

    assert operations(calls) == {"GetItem": 1, "TransactWriteItems": 1}


@pytest.mark.parametrize("end", [Shop.cancels, Shop.declines])
def test_a_release_that_signals_the_execution_records_it_with_one_more_write(
    shop: Shop, end: Callable[[Shop, Reservation], object]
) -> None:
    shop.stocks("P-1")
    reservation = shop.holds(("P-1", 1))

    with recorded(shop.client) as calls:
        end(shop, reservation)

    assert operations(calls) == {"GetItem": 1, "TransactWriteItems": 1, "UpdateItem": 1}


def test_a_new_name_is_one_transaction_of_two_writes(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)

    with recorded(shop.client) as calls:
        shop.stocks("P-1", on_hand=7, name="Cup")

    written = [list(action) for call in calls for action in call.request.get("TransactItems", ())]
    assert written == [["Update"], ["Put"]]


def test_an_order_from_two_warehouses_is_one_query_and_one_transaction_more(shop: Shop) -> None:
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.SPLIT)
    shop.stocks("P-1", on_hand=2)
    shop.stocks("P-1", on_hand=3, warehouse_id="outlet")

    with recorded(shop.client) as calls:
        alerts = shop.sells(("P-1", 4))

    paid = Counter(TransactWriteItems=2, UpdateItem=2, GetItem=1, BatchGetItem=1)
    alert = Counter(UpdateItem=len(alerts))
    assert operations(calls) == paid + alert + Counter(Query=1, TransactWriteItems=1)
    refused, placed, commit = 2, 1 + 2, 1 + 2 * 2  # the commit writes a level and a movement for each warehouse
    transactions = [call for call in calls if call.operation == "TransactWriteItems"]
    assert actions(transactions) == [refused, placed, commit]


@pytest.mark.parametrize("products", [1, 3, 100])
def test_a_lookup_is_one_read_of_all_sequences_and_a_query_for_each_product(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, products: int
) -> None:
    product_ids = [shop.stocks(f"P-{number}").product_id for number in range(products)]
    has_published(shop, "P-0", sequence=7)
    storefront = storefront_of(shop, monkeypatch)

    with recorded(shop.client) as calls:
        storefront.get("/inventory", product_id=product_ids)

    assert operations(calls) == {"BatchGetItem": 1, "Query": products}
    assert calls[0].operation == "BatchGetItem"  # a stock is never older than its sequence
    [keys] = [list(asked["Keys"]) for asked in calls[0].request["RequestItems"].values()]
    assert len(keys) == products


def test_an_answer_that_a_page_has_costs_the_same_reads(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.stocks("P-1")
    storefront = storefront_of(shop, monkeypatch)

    with recorded(shop.client) as calls:
        known = storefront.calls("GET", "/inventory/P-1", headers={"If-None-Match": "*"})

    assert known.status == 304
    assert operations(calls) == {"BatchGetItem": 1, "Query": 1}


def test_a_list_of_changes_is_one_write_and_for_each_change_a_read_and_a_transaction_of_three_writes(
    shop: Shop,
) -> None:
    deliveries = [received(shop.stocks(f"P-{number}").product_id) for number in range(CHANGES)]

    with recorded(shop.client) as calls:
        shop.feeds(*deliveries)

    assert operations(calls) == {"PutItem": 1, "BatchGetItem": CHANGES, "TransactWriteItems": CHANGES}
    transactions = [call for call in calls if call.operation == "TransactWriteItems"]
    assert actions(transactions) == [3] * CHANGES


def test_a_list_of_changes_that_is_sent_again_reads_a_hundred_decisions_with_a_call(shop: Shop) -> None:
    deliveries = [received(shop.stocks(f"P-{number}").product_id) for number in range(CHANGES)]
    first = shop.feeds(*deliveries)

    with recorded(shop.client) as calls:
        again = shop.feeds(*deliveries)

    assert again == first
    assert operations(calls) == {"PutItem": 1, "BatchGetItem": CHANGES // 100 + 1}


@pytest.mark.parametrize("change", [{"kind": "RECEIVED", "delta": 1}, {"kind": "SOLD_ELSEWHERE", "delta": -1}])
def test_a_change_of_a_machine_costs_6_write_units(shop: Shop, change: dict[str, Any]) -> None:
    shop.stocks(PRODUCT_ID, on_hand=100, name="Blue mug, 350 ml", category="kitchenware")
    before = row(shop, shop.tables.inventory)

    shop.feeds({"product_id": PRODUCT_ID, "warehouse_id": "main", "reference": ORDER_ID} | change)

    [decision] = [item for item in items(shop, shop.tables.idempotency) if "level" in item]
    movement = row(shop, shop.tables.movements, actor="till")
    written = [(before, row(shop, shop.tables.inventory)), (None, movement), (None, decision)]
    assert transactional(written) == 6


def received(product_id: str) -> dict[str, Any]:
    """A delivery of one unit."""
    return {"product_id": product_id, "warehouse_id": "main", "kind": "RECEIVED", "delta": 1}


# --- sizes


def ordinary(
    shop: Shop, *, on_hand: int = 100, quantity: int = 1, customer_id: str | None = CUSTOMER_ID
) -> Reservation:
    """A one-line reservation with ids of typical length, whose execution waits."""
    shop.stocks(PRODUCT_ID, on_hand=on_hand, name="Blue mug, 350 ml", category="kitchenware")
    return shop.holds(
        (PRODUCT_ID, quantity),
        reservation_id=RESERVATION_ID,
        order_id=ORDER_ID,
        customer_id=customer_id,
        hold_seconds=900,
    )


def held(shop: Shop) -> None:
    ordinary(shop)


def paid(shop: Shop) -> None:
    shop.pays(ordinary(shop), PAYMENT_REFERENCE)


def committed(shop: Shop) -> None:
    reservation = ordinary(shop)
    shop.pays(reservation, PAYMENT_REFERENCE)
    shop.commits(reservation)


def expired(shop: Shop) -> None:
    shop.times_out(ordinary(shop))


def cancelled(shop: Shop) -> None:
    shop.cancels(ordinary(shop))


def declined(shop: Shop) -> None:
    shop.declines(ordinary(shop))


def rescued(shop: Shop) -> None:
    reservation = ordinary(shop)
    shop.times_out(reservation)
    shop.pays(reservation, PAYMENT_REFERENCE)


def unfulfilled(shop: Shop) -> None:
    reservation = ordinary(shop, on_hand=1)
    shop.times_out(reservation)
    shop.adjusts(-1, PRODUCT_ID)
    shop.pays(reservation, PAYMENT_REFERENCE)


def rejected(shop: Shop) -> None:
    shop.stocks(PRODUCT_ID, on_hand=0)
    shop.reserves(
        (PRODUCT_ID, 1), reservation_id=RESERVATION_ID, order_id=ORDER_ID, customer_id=CUSTOMER_ID, hold_seconds=900
    )


@pytest.mark.parametrize(
    "lifecycle",
    [
        held,
        paid,
        committed,
        expired,
        cancelled,
        declined,
        rescued,
        unfulfilled,
        rejected,
    ],
    ids=lambda lifecycle: lifecycle.__name__,
)
def test_the_row_of_an_ordinary_reservation_stays_within_one_write_unit(
    shop: Shop, lifecycle: Callable[[Shop], None]
) -> None:
    lifecycle(shop)

    assert item_bytes(row(shop, shop.tables.reservations)) <= WRITE_UNIT_BYTES


@pytest.mark.parametrize("tracked", [False, True], ids=["untracked", "tracked"])
@pytest.mark.parametrize(("customer_id", "most"), [(None, 12), (CUSTOMER_ID, 16)], ids=["no customer", "a customer"])
def test_an_ordinary_paid_checkout_costs_at_most_12_write_units_or_16_with_a_customer(
    shop: Shop, customer_id: str | None, most: int, tracked: bool
) -> None:
    shop.tracks_dispatch = tracked
    reservation = ordinary(shop, customer_id=customer_id)
    waiting = row(shop, shop.tables.reservations)
    level = row(shop, shop.tables.inventory)
    shop.pays(reservation, PAYMENT_REFERENCE)
    with_payment = row(shop, shop.tables.reservations)
    shop.commits(reservation)
    sold = row(shop, shop.tables.reservations)
    movement = row(shop, shop.tables.movements, kind="SOLD")
    # The customer's row is written twice: with the hold, and with the sale.
    counts = 2 * transactional((counted, counted) for counted in items(shop, shop.tables.customers))

    created = without_token(waiting)
    reserve = transactional([(None, created), (level, level)])
    token = write_units(created, waiting)
    payment = write_units(waiting, with_payment)
    commit = transactional([(with_payment, sold), (level, level), (None, movement)])

    assert reserve + token + payment + commit + counts <= most


def test_a_paid_cart_of_two_lines_costs_at_most_26_write_units(shop: Shop) -> None:
    shop.stocks(OTHER_ID, on_hand=100, name="Red mug, 350 ml", category="kitchenware")
    shop.stocks(PRODUCT_ID, on_hand=100, name="Blue mug, 350 ml", category="kitchenware")
    ids = {"reservation_id": RESERVATION_ID, "order_id": ORDER_ID, "customer_id": CUSTOMER_ID}
    reservation = shop.holds((PRODUCT_ID, 1), (OTHER_ID, 1), **ids)
    waiting = row(shop, shop.tables.reservations)
    levels = [(level, level) for level in items(shop, shop.tables.inventory)]
    shop.pays(reservation, PAYMENT_REFERENCE)
    with_payment = row(shop, shop.tables.reservations)
    shop.commits(reservation)
    movements = [(None, item) for item in items(shop, shop.tables.movements) if item["kind"] == {"S": "SOLD"}]
    [customer] = items(shop, shop.tables.customers)

    created = without_token(waiting)
    reserve = transactional([(None, created), *levels, (customer, customer)])
    token_and_payment = write_units(created, waiting) + write_units(waiting, with_payment)
    sold = (with_payment, row(shop, shop.tables.reservations))
    commit = transactional([sold, *levels, *movements, (customer, customer)])

    assert reserve + token_and_payment + commit <= 26
    # With the token as text, some 60 bytes are too many for one unit: the token, the payment and the sale pay for two.
    assert WRITE_UNIT_BYTES < item_bytes(with_payment) <= WRITE_UNIT_BYTES + 70


def test_a_paid_order_from_two_warehouses_costs_at_most_32_write_units(shop: Shop) -> None:
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.SPLIT)
    shop.stocks(PRODUCT_ID, on_hand=3, warehouse_id="outlet", name="Blue mug, 350 ml", category="kitchenware")
    reservation = ordinary(shop, on_hand=2, quantity=4)
    waiting = row(shop, shop.tables.reservations)
    levels = [(level, level) for level in items(shop, shop.tables.inventory)]
    shop.pays(reservation, PAYMENT_REFERENCE)
    with_payment = row(shop, shop.tables.reservations)
    shop.commits(reservation)
    sold = row(shop, shop.tables.reservations)
    movements = [(None, item) for item in items(shop, shop.tables.movements) if item["kind"] == {"S": "SOLD"}]
    [customer] = items(shop, shop.tables.customers)
    counted = (customer, customer)

    created = without_token(waiting)
    refused = transactional([(None, created), levels[0], counted])  # a failed condition costs as much as a write
    reserve = transactional([(None, created), *levels, counted])
    token_and_payment = write_units(created, waiting) + write_units(waiting, with_payment)
    commit = transactional([(with_payment, sold), *levels, *movements, counted])

    assert len(movements) == 2
    assert refused + reserve + token_and_payment + commit <= 32


@pytest.mark.parametrize(("customer_id", "more"), [(None, 0), (CUSTOMER_ID, 1)], ids=["no customer", "a customer"])
def test_a_customer_adds_one_action_to_each_transaction_that_starts_or_ends_a_hold(
    shop: Shop, customer_id: str | None, more: int
) -> None:
    shop.stocks("P-1")

    with recorded(shop.client) as calls:
        shop.times_out(shop.holds(("P-1", 1), customer_id=customer_id))
        shop.sells(("P-1", 1), customer_id=customer_id)

    transactions = [call for call in calls if call.operation == "TransactWriteItems"]
    reserve, release, reserve_again, commit = 2, 2, 2, 3
    assert actions(transactions) == [number + more for number in (reserve, release, reserve_again, commit)]
    assert operations(calls) == {"TransactWriteItems": 4, "UpdateItem": 3, "GetItem": 2, "BatchGetItem": 1}


def test_a_changed_line_costs_two_reads_and_a_transaction_of_at_most_12_write_units(shop: Shop) -> None:
    reservation = ordinary(shop)
    waiting = row(shop, shop.tables.reservations)
    level = row(shop, shop.tables.inventory)
    counted = row(shop, shop.tables.customers)

    with recorded(shop.client) as calls:
        shop.changes(reservation, (PRODUCT_ID, 2))

    changed = row(shop, shop.tables.reservations)
    kept = row(shop, shop.tables.idempotency)
    # One more read of a product's levels, as the line needs more units.
    assert operations(calls) == {"BatchGetItem": 1, "GetItem": 1, "Query": 1, "TransactWriteItems": 1}
    units = transactional([(waiting, changed), (level, level), (counted, counted), (None, kept)])
    assert units <= 12
    assert item_bytes(changed) <= 2 * WRITE_UNIT_BYTES


def test_a_line_that_grows_and_one_that_shrinks_cost_10_write_units(shop: Shop) -> None:
    shop.stocks(OTHER_ID, on_hand=100, name="Red mug, 350 ml", category="kitchenware")
    shop.stocks(PRODUCT_ID, on_hand=100, name="Blue mug, 350 ml", category="kitchenware")
    reservation = shop.holds((PRODUCT_ID, 1), (OTHER_ID, 2), order_id=ORDER_ID, customer_id=CUSTOMER_ID)
    waiting = row(shop, shop.tables.reservations)
    levels = [(level, level) for level in items(shop, shop.tables.inventory)]

    with recorded(shop.client) as calls:
        shop.changes(reservation, (PRODUCT_ID, 2), (OTHER_ID, 1))

    # The customer holds as many units as before, so the fifth row is not written.
    assert actions(transactions_of(calls)) == [4]
    assert operations(calls) == {"BatchGetItem": 1, "GetItem": 1, "Query": 1, "TransactWriteItems": 1}
    changed, kept = row(shop, shop.tables.reservations), row(shop, shop.tables.idempotency)
    assert transactional([(waiting, changed), *levels, (None, kept)]) == 10


def test_the_payment_and_the_sale_of_a_changed_cart_cost_3_write_units_more(shop: Shop) -> None:
    changed = shop.changes(ordinary(shop), (PRODUCT_ID, 2))
    ids: dict[str, Any] = {"reservation_id": str(uuid4()), "order_id": ORDER_ID, "customer_id": CUSTOMER_ID}
    unchanged = shop.holds((PRODUCT_ID, 2), **ids)

    assert paid_and_sold(shop, changed) == paid_and_sold(shop, unchanged) + 3


def paid_and_sold(shop: Shop, reservation: Reservation) -> int:
    """The units that the payment and the sale write on the reservation's row."""
    like = {"reservation_id": reservation.name}
    versions = [row(shop, shop.tables.reservations, **like)]
    shop.pays(reservation, PAYMENT_REFERENCE)
    versions.append(row(shop, shop.tables.reservations, **like))
    shop.commits(reservation)
    versions.append(row(shop, shop.tables.reservations, **like))
    held, with_payment, sold = versions
    return write_units(held, with_payment) + transactional([(with_payment, sold)])


@pytest.mark.parametrize(
    ("tracked", "disposition", "units"),
    [(False, "RESTOCK", 8), (False, "DISCARD", 6), (True, "RESTOCK", 8), (True, "DISCARD", 8)],
)
def test_a_return_costs_8_write_units_or_6_when_no_level_changes(
    shop: Shop, tracked: bool, disposition: str, units: int
) -> None:
    shop.tracks_dispatch = tracked
    reservation = sold(shop)
    before = row(shop, shop.tables.reservations)

    with recorded(shop.client) as calls:
        shop.returns(reservation, (PRODUCT_ID, 1), disposition=disposition, reference=ORDER_ID)

    assert operations(calls) == {"BatchGetItem": 2, "GetItem": 1, "TransactWriteItems": 1}
    assert write_units_after_sale(shop, before, calls) == units


def test_a_dispatch_costs_8_write_units(shop: Shop) -> None:
    shop.tracks_dispatch = True
    reservation = sold(shop)
    before = row(shop, shop.tables.reservations)

    with recorded(shop.client) as calls:
        shop.dispatches(reservation, reference=ORDER_ID)

    assert operations(calls) == {"BatchGetItem": 1, "GetItem": 1, "TransactWriteItems": 1}
    assert write_units_after_sale(shop, before, calls) == 8


def sold(shop: Shop) -> Reservation:
    """An ordinary reservation after its sale."""
    reservation = ordinary(shop)
    shop.pays(reservation, PAYMENT_REFERENCE)
    return shop.commits(reservation)[0]


def write_units_after_sale(shop: Shop, before: Item, calls: Iterable[Call]) -> int:
    """The units of a return or a dispatch. All rows except the reservation and a level are new."""
    [transaction] = transactions_of(calls)
    tables = shop.tables
    level = row(shop, tables.inventory)
    [movement] = [item for item in items(shop, tables.movements) if item["kind"]["S"] in ("RETURNED", "DISPATCHED")]
    versions: dict[str, tuple[Item | None, Item]] = {
        tables.reservations: (before, row(shop, tables.reservations)),
        tables.inventory: (level, level),
        tables.idempotency: (None, row(shop, tables.idempotency)),
        tables.movements: (None, movement),
    }
    written = [next(iter(action.values()))["TableName"] for action in transaction.request["TransactItems"]]
    return transactional(versions[table] for table in written)


def transactions_of(calls: Iterable[Call]) -> list[Call]:
    """The calls that write several rows."""
    return [call for call in calls if call.operation == "TransactWriteItems"]


def transactional(writes: Iterable[tuple[Item | None, Item]]) -> int:
    """The write units of a transaction over rows, each given as before and after."""
    return sum(write_units(before, after, transactional=True) for before, after in writes)


def actions(transactions: Iterable[Call]) -> list[int]:
    """How many rows each transaction writes."""
    return [len(call.request["TransactItems"]) for call in transactions]


def items(shop: Shop, table: str) -> list[Item]:
    """The rows of a table in DynamoDB's own format."""
    return list(shop.client.scan(TableName=table, ConsistentRead=True)["Items"])


@pytest.mark.parametrize(("order_id", "units"), [(ORDER_ID, 4), (None, 3)], ids=["with an order", "without"])
def test_a_paid_checkout_costs_4_write_units_in_the_indexes_or_3_without_an_order(
    shop: Shop, order_id: str | None, units: int
) -> None:
    shop.stocks(PRODUCT_ID, on_hand=100)
    versions: list[Item | None] = [None]
    for action in (
        lambda: shop.reserves((PRODUCT_ID, 1), reservation_id=RESERVATION_ID, order_id=order_id),
        lambda: shop.waits(shop.reservation(RESERVATION_ID)),
        lambda: shop.pays(shop.reservation(RESERVATION_ID), PAYMENT_REFERENCE),
        lambda: shop.commits(shop.reservation(RESERVATION_ID)),
    ):
        action()
        versions.append(row(shop, shop.tables.reservations))

    written = [index_write_units(indexes_of_reservations(), before, after) for before, after in pairwise(versions)]

    assert sum(written) == units
    assert written[1:] == [0, 0, 2]  # only the decision moves the row to another phase


def indexes_of_reservations() -> list[Index]:
    """The deployed indexes of the table, which hold keys only."""
    definition = table_definition("ReservationsTable", "reservations")
    indexes = definition["GlobalSecondaryIndexes"]
    assert {index["Projection"]["ProjectionType"] for index in indexes} == {"KEYS_ONLY"}
    keys = [{element["AttributeName"] for element in index["KeySchema"]} for index in indexes]
    return [Index(names, names | {"reservation_id"}) for names in keys]


def row(shop: Shop, table: str, **like: str) -> Item:
    """The only row of a table with these values, in DynamoDB's own format."""
    [found] = [item for item in items(shop, table) if all(item[name] == {"S": value} for name, value in like.items())]
    return found


def without_token(item: Item) -> Item:
    """A row without its task token, as it was before its execution waited."""
    return {name: value for name, value in item.items() if name != "task_token"}


# --- growth


@dataclass(frozen=True)
class Cost:
    """The calls, actions and write units of one reservation."""

    calls: Counter[str]
    actions: int
    write_units: int


def cost_of_a_reserve(shop: Shop) -> Cost:
    """Reserve one unit, and measure its cost."""
    with recorded(shop.client) as calls:
        reservation = shop.reserves(("P-1", 1))
    assert reservation.status == "HELD"
    key = {"reservation_id": {"S": reservation.reservation_id}}
    written: Any = shop.client.get_item(TableName=shop.tables.reservations, Key=key)["Item"]
    level = row(shop, shop.tables.inventory)
    return Cost(
        operations(calls),
        actions=sum(actions(calls)),
        write_units=transactional([(None, written), (level, level)]),
    )


def live_hold(shop: Shop) -> Reservation:
    """The hold of one of many buyers who are about to pay."""
    now = iso(shop.now())
    line = Line("P-1", "main", 1)
    return Reservation(uuid4().hex, Status.HELD, (line,), hold_seconds=900, created_at=now, held_until=now)


def test_a_reserve_costs_the_same_with_10_and_with_20_000_live_holds(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=50_000)
    hold_in_bulk(shop, [live_hold(shop) for _ in range(10)])
    with_few = cost_of_a_reserve(shop)
    hold_in_bulk(shop, [live_hold(shop) for _ in range(20_000)])

    with_many = cost_of_a_reserve(shop)

    assert with_many == with_few
    assert with_many.calls == {"TransactWriteItems": 1}
    shop.adds_up()
