"""Model-based test: after every random sequence of operations, with or without faults, the database equals the model."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from inventory.aws.changes import to_attributes
from inventory.aws.sns import LowStockAlert
from inventory.items import ACTIVE
from inventory.model import CustomerLimits, LevelKey, MoneyReturned, Reservation, iso
from inventory.reconciliation.stranded_holds import GRACE
from inventory.stock.low_stock_alerts import OVERDUE
from tests.support.fault_injection import BUSY_DAY, FaultRates, injected_faults
from tests.support.reference_model import ExpectedLevel, ExpectedReservation, Lines, ReferenceModel, outcome
from tests.support.shops import Shops
from tools.reconcile import invariants

OPENING = datetime.fromisoformat("2026-03-01T12:00:00Z")
HOLD = timedelta(seconds=600)
LONGEST_HOLD = timedelta(seconds=1_500)
KEYS = (LevelKey("P-1", "main"), LevelKey("P-1", "north"), LevelKey("P-2", "main"))
CHECKOUTS_MAX = 8
LIMITS = CustomerLimits(holds_max=2, units_max=6)

ENOUGH = settings(
    # Shrinking takes minutes: add Phase.shrink to investigate a failure.
    phases=[Phase.explicit, Phase.generate],
    max_examples=40,
    stateful_step_count=50,
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)

Step = tuple[Any, ...]  # the name of a method of ShopMachine, and its arguments

keys = st.sampled_from(KEYS)
carts = st.lists(st.tuples(keys, st.integers(1, 2)), min_size=1, max_size=3).map(tuple)
customers = st.sampled_from([None, "C-1", "C-1", "C-2"])
units = st.integers(2, 9)
thresholds = st.integers(1, 6)
payments = st.sampled_from(["PAY-1", "PAY-1", "PAY-2"])
# A shop allows longer or shorter holds, and its customers more or less, while others are held.
shop_settings = st.sampled_from(
    [(LONGEST_HOLD, LIMITS), (HOLD / 2, LIMITS), (2 * LONGEST_HOLD, CustomerLimits(holds_max=1, units_max=2))]
)
# Attributes of a reservation that another tool wrote; without one of them, or with such a value, it cannot be read.
unreadable_rows = st.fixed_dictionaries(
    {"phase": st.just(ACTIVE)},
    optional={
        "status": st.sampled_from(["HELD", "PAID", "RELEASED", "LOST"]),
        "lines": st.sampled_from([["x"], 5]),
        "created_at": st.just(iso(OPENING)),
        "held_until": st.sampled_from([iso(OPENING), 7]),
        "customer_id": st.just("C-1"),
    },
)


def step(name: str, *of: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    """One operation, with arguments from these strategies."""
    return st.tuples(st.just(name), *of)


# The operations on a checkout, and the statuses in which they mostly happen.
LIFECYCLE = [
    ("it_is_paid", {"HELD"}, (payments,)),
    ("it_is_sold", {"PAID"}, ()),
    ("its_shopper_cancels", {"HELD"}, ()),
    ("its_hold_expires", {"HELD"}, ()),
    ("its_payment_is_declined", {"HELD"}, ()),
    ("its_payment_is_declined_and_will_be_retried", {"HELD"}, ()),
    ("it_is_paid", {"PAID", "RELEASED"}, (payments,)),
    ("it_is_paid", {"COMMITTED", "UNFULFILLED"}, (payments,)),
    ("its_payments_keep_coming", {"COMMITTED", "REJECTED"}, ()),
    ("a_payment_of_it_is_returned", {"COMMITTED", "UNFULFILLED", "REJECTED"}, (payments,)),
    ("it_is_sold", {"PAID"}, ()),
    ("it_is_sold", {"COMMITTED"}, ()),
    ("it_is_sold_and_the_function_crashes", {"PAID"}, ()),
    ("it_is_rescued_and_the_function_crashes", {"RELEASED"}, (payments,)),
    ("its_workflow_waits", {"HELD"}, ()),
    ("its_shopper_extends_the_hold", {"HELD"}, ()),
    ("it_is_reserved_again", {"REJECTED", "RELEASED"}, ()),
    ("its_id_is_used_with_any_cart", {"HELD", "REJECTED"}, (carts, customers)),
]


def steps(shop: "ShopMachine") -> st.SearchStrategy[Step]:
    """The next operation. One rule draws it, because Hypothesis disables most rules of a machine in each run."""
    known = shop.expected.reservations
    new_checkouts = [step("a_checkout_starts", carts, customers)] * 2 if len(known) < CHECKOUTS_MAX else []
    operations = []
    for name, statuses, of in LIFECYCLE:
        fitting = [reservation_id for reservation_id, found in known.items() if found.status in statuses]
        operations += [step(name, st.sampled_from(fitting), *of)] * 2 if fitting else []
    out_of_turn = st.sampled_from(LIFECYCLE).flatmap(
        lambda lifecycle: step(lifecycle[0], st.sampled_from(list(known)), *lifecycle[2])
    )
    return st.one_of(
        step("stock_is_adjusted", keys, st.integers(-4, 6).filter(bool)),
        step("stock_is_counted", keys, units, thresholds),
        step("time_passes"),
        step("the_low_stock_check_runs"),
        step("the_reconciliation_runs_after_a_while"),
        step("workflows_publish_their_alerts"),
        step("sns_stops_or_works_again"),
        step("the_settings_change", shop_settings),
        step("another_tool_writes_a_row_that_cannot_be_read", unreadable_rows),
        *new_checkouts,
        *operations,
        *([out_of_turn] * 3 if known else []),
    )


class ShopMachine(RuleBasedStateMachine):
    """Runs each operation on the shop and on the reference model, and compares the results."""

    shops: ClassVar[Shops]

    @initialize(
        stock=st.tuples(*[st.tuples(units, thresholds)] * len(KEYS)),
        rates=st.sampled_from([FaultRates(), BUSY_DAY]),
        seed=st.integers(0, 99),
    )
    def open_shop(self, stock: tuple[tuple[int, int], ...], rates: FaultRates, seed: int) -> None:
        self.now = OPENING
        self.opened = ExitStack()
        self.shop = self.opened.enter_context(self.shops.open())
        self.shop.now = lambda: self.now
        self.shop.limits = LIMITS
        self.shop.longest_hold_seconds = LONGEST_HOLD.seconds
        # Reads the tables with a client of its own, which has no faults.
        self.observer = self.shops.observer(self.shop)
        # The alerts that running workflows still have to publish.
        self.unpublished: dict[str, list[LowStockAlert]] = {}
        levels = {}
        for key, (on_hand, threshold) in zip(KEYS, stock, strict=True):
            self.count(key, on_hand, threshold)
            levels[key] = ExpectedLevel(on_hand, threshold, alert="sent" if on_hand <= threshold else "none")
        self.expected = ReferenceModel(levels, hold=HOLD, longest_hold=LONGEST_HOLD, limits=LIMITS)
        self.broken: dict[str, dict[str, Any]] = {}  # rows of another tool, by their keys
        self.opened.enter_context(injected_faults(self.shop.client, rates, seed=seed))

    @rule(next_step=st.runner().flatmap(steps))
    def next_operation(self, next_step: Step) -> None:
        name, *of = next_step
        getattr(self, name)(*of)
        self.now += timedelta(seconds=1)

    def teardown(self) -> None:
        self.opened.close()

    # --- checkouts

    def a_checkout_starts(self, cart: Lines, customer_id: str | None) -> None:
        reservation_id = f"R-{len(self.expected.reservations) + 1}"
        self.its_id_is_used_with_any_cart(reservation_id, cart, customer_id)

    def its_id_is_used_with_any_cart(self, reservation_id: str, cart: Lines, customer_id: str | None) -> None:
        lines = [
            {"product_id": key.product_id, "warehouse_id": key.warehouse_id, "quantity": quantity}
            for key, quantity in cart
        ]
        content: dict[str, Any] = {"customer_id": customer_id, "hold_seconds": HOLD.seconds}
        status = outcome(lambda: self.shop.reserves(*lines, reservation_id=reservation_id, **content).status)
        assert status == outcome(lambda: self.expected.reserves(reservation_id, cart, customer_id, self.now))

    def it_is_reserved_again(self, reservation_id: str) -> None:
        found = self.expected.reservations[reservation_id]
        self.its_id_is_used_with_any_cart(reservation_id, tuple(reversed(found.lines.items())), found.customer_id)

    def its_workflow_waits(self, reservation_id: str) -> None:
        assert self.observer.waits(self.row(reservation_id)) == self.expected.waits(reservation_id)

    def its_shopper_extends_the_hold(self, reservation_id: str) -> None:
        row = self.row(reservation_id)
        extended = outcome(lambda: self.shop.extends(row).held_until)

        expected = outcome(lambda: self.expected.extends(reservation_id, self.now))
        assert extended == (iso(expected) if isinstance(expected, datetime) else expected)

    def its_hold_expires(self, reservation_id: str) -> None:
        released = self.shop.times_out(self.row(reservation_id))

        assert released.status == self.expected.releases(reservation_id, "EXPIRED")

    def its_shopper_cancels(self, reservation_id: str) -> None:
        cancelled = self.shop.cancels(self.row(reservation_id))

        assert cancelled.status == self.expected.releases(reservation_id, "CANCELLED")

    def its_payment_is_declined(self, reservation_id: str) -> None:
        declined = self.shop.declines(self.row(reservation_id))

        assert not declined.fulfilled
        assert declined.reservation.status == self.expected.releases(reservation_id, "PAYMENT_FAILED")

    def its_payment_is_declined_and_will_be_retried(self, reservation_id: str) -> None:
        declined = self.shop.declines(self.row(reservation_id), retry=True)

        assert (declined.fulfilled, declined.reservation) == (False, self.row(reservation_id))

    def it_is_paid(self, reservation_id: str, reference: str) -> None:
        def result() -> tuple[str, bool]:
            payment = self.shop.pays(self.row(reservation_id), reference)
            return payment.reservation.status, payment.fulfilled

        assert outcome(result) == outcome(lambda: self.expected.pays(reservation_id, reference, self.now))

    def its_payments_keep_coming(self, reservation_id: str) -> None:
        for number in range(3):
            self.it_is_paid(reservation_id, f"PAY-{number}")

    def a_payment_of_it_is_returned(self, reservation_id: str, reference: str) -> None:
        returned = MoneyReturned("REFUND-1", actor="ada", at=iso(self.now))

        result = outcome(lambda: self.shop.refunds.return_payment(reservation_id, reference, returned).status)

        self.now += timedelta(seconds=1)
        expected = outcome(lambda: self.expected.returns(reservation_id, reference))
        assert result == expected

    def it_is_rescued_and_the_function_crashes(self, reservation_id: str, reference: str) -> None:
        row = self.row(reservation_id)
        if row.status == "RELEASED" and row.reason == "EXPIRED":
            rescued = self.shop.reservation_store.rescue(row, reference, self.now)
            assert rescued.rescued == self.expected.rescues(reservation_id, reference)

    def it_is_sold(self, reservation_id: str) -> None:
        def alerted() -> set[LevelKey]:
            _, alerts = self.shop.commits(self.row(reservation_id))
            self.unpublished[reservation_id] = alerts
            return {alert.key for alert in alerts}

        assert outcome(alerted) == outcome(lambda: self.expected.commits(reservation_id, self.now))

    def it_is_sold_and_the_function_crashes(self, reservation_id: str) -> None:
        row = self.row(reservation_id)
        if row.status == "PAID":
            self.shop.reservation_store.commit(row, self.now)
            self.expected.sells(reservation_id)

    # --- stock

    def stock_is_counted(self, key: LevelKey, on_hand: int, threshold: int) -> None:
        counted = outcome(lambda: self.count(key, on_hand, threshold))

        assert counted == outcome(lambda: self.expected.changes(key, on_hand, threshold, self.now))

    def stock_is_adjusted(self, key: LevelKey, delta: int) -> None:
        adjusted = outcome(lambda: self.shop.adjusts(delta, key.product_id, key.warehouse_id).on_hand)

        level = self.expected.levels[key]
        expected = outcome(lambda: self.expected.changes(key, level.on_hand + delta, level.threshold, self.now))
        assert adjusted == expected

    # --- alerts

    def workflows_publish_their_alerts(self) -> None:
        for reservation_id, alerts in self.unpublished.items():
            self.shop.publishes(alerts)
            for alert in alerts:
                self.expected.publishes(alert.key, reservation_id)
        self.unpublished.clear()

    def the_low_stock_check_runs(self) -> None:
        overdue = {key for key, level in self.expected.levels.items() if level.is_overdue(self.now)}
        for reservation_id, alerts in self.unpublished.items():  # the workflow has stopped trying by then
            self.unpublished[reservation_id] = [alert for alert in alerts if alert.key not in overdue]

        sent = self.shop.checks_low_stock()

        taken = self.expected.checks(self.now)
        assert sent == (len(taken) if self.expected.sns_works else 0)

    def the_reconciliation_runs_after_a_while(self) -> None:
        self.time_passes()

        self.shop.reconciles(later=-GRACE)

        self.expected.reconciles(self.now)

    def time_passes(self) -> None:
        self.now += OVERDUE

    def the_settings_change(self, changed: tuple[timedelta, CustomerLimits]) -> None:
        self.expected.longest_hold, self.expected.limits = changed
        self.shop.longest_hold_seconds, self.shop.limits = int(changed[0].total_seconds()), changed[1]

    def another_tool_writes_a_row_that_cannot_be_read(self, attributes: dict[str, Any]) -> None:
        row = {"reservation_id": f"X-{len(self.broken) + 1}", **attributes}
        due = row | {"phase_at": iso(self.now - GRACE)}
        self.observer.client.put_item(TableName=self.shop.tables.reservations, Item=to_attributes(due))
        self.broken[row["reservation_id"]] = row

    def sns_stops_or_works_again(self) -> None:
        self.shop.topics.working = self.expected.sns_works = not self.expected.sns_works

    # --- invariants after every operation

    @invariant()
    def the_tables_equal_the_model(self) -> None:
        tables = self.shop.tables
        levels, rows, movements, customers = map(
            self.observer.rows, (tables.inventory, tables.reservations, tables.movements, tables.customers)
        )

        broken = [row for row in rows if row["reservation_id"] in self.broken]
        rows = [row for row in rows if row not in broken]

        assert {row["reservation_id"]: without_phase_at(row) for row in broken} == self.broken
        assert invariants.differences(levels, rows, movements) == []
        assert invariants.customer_differences(rows, customers) == []
        for row in customers:
            assert (row["active_holds"], row["held_units"]) == self.expected.held_by(row["customer_id"])
        for level in levels:
            assert_level(level, self.expected.levels[LevelKey(level["product_id"], level["warehouse_id"])])
        assert len(rows) == len(self.expected.reservations)
        for row in rows:
            assert_reservation(row, self.expected.reservations[row["reservation_id"]])
        assert_refunds(self.observer.rows(tables.refunds), self.expected.reservations)

    @invariant()
    def every_message_is_sent_once(self) -> None:
        low_stock = (json.loads(announcement.message) for announcement in self.shop.topics.low_stock)
        refunds = (json.loads(announcement.message) for announcement in self.shop.topics.operations)

        alerts = Counter(LevelKey(message["product_id"], message["warehouse_id"]) for message in low_stock)
        assert alerts == self.expected.alerts_sent
        assert all(count <= self.expected.levels[key].crossings for key, count in alerts.items())
        assert sorted((message["reservation_id"], message["payment_reference"]) for message in refunds) == sorted(
            (reservation_id, reference)
            for reservation_id, reservation in self.expected.reservations.items()
            for reference in reservation.announced
        )

    def row(self, reservation_id: str) -> Reservation:
        """The stored reservation."""
        return self.observer.reservation(reservation_id)

    def count(self, key: LevelKey, on_hand: int, threshold: int) -> int:
        """Count a level, and return its units on hand."""
        return self.shop.stocks(
            key.product_id, on_hand, warehouse_id=key.warehouse_id, low_stock_threshold=threshold
        ).on_hand


def without_phase_at(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without the time to which the reconciliation puts it off."""
    return {name: value for name, value in row.items() if name != "phase_at"}


def assert_level(row: dict[str, Any], expected: ExpectedLevel) -> None:
    """Assert that the row of a level equals the model, including the state of its alert."""
    assert (row["on_hand"], row["reserved"], row["low_stock_threshold"]) == (
        expected.on_hand,
        expected.reserved,
        expected.threshold,
    )
    assert row["low_stock_alerted"] == (expected.alert in ("claimed", "sent"))
    assert ("low_stock_alert_by" in row) == (expected.alert == "claimed")


def assert_reservation(row: dict[str, Any], expected: ExpectedReservation) -> None:
    """Assert that the row of a reservation equals the model, and that it says whether it has payments to return."""
    found = (row["status"], row.get("reason"), row.get("payment_reference"), row.get("rescued", False))
    assert found == (expected.status, expected.reason, expected.reference, expected.rescued)
    assert row.get("has_refunds", False) == bool(expected.refunds)
    assert expected.has_token or "task_token" not in row, "the token outlives its execution"
    assert row["status"] in ("HELD", "PAID") or "task_token" not in row or "pending_notification" in row, (
        "the token is never used"
    )


def assert_refunds(rows: Sequence[dict[str, Any]], expected: Mapping[str, ExpectedReservation]) -> None:
    """Assert that the payments to return equal the model, with their announcements and their returns."""
    found = {(row["reservation_id"], row["payment_reference"], row["status"], "notify_since" in row) for row in rows}
    assert found == {
        (name, reference, "RETURNED" if reference in of.returned else "OPEN", reference in of.to_announce)
        for name, of in expected.items()
        for reference in of.refunds
    }


@pytest.mark.timeout(900)  # about a minute, much longer on a busy machine
def test_every_sequence_of_operations_leaves_what_the_model_expects(shops: Shops) -> None:
    ShopMachine.shops = shops

    run_state_machine_as_test(ShopMachine, settings=ENOUGH)
