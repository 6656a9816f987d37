"""Model-based test: after every random sequence of operations, with or without faults, the database equals the model."""

import json
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from botocore.httpsession import URLLib3Session
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from inventory.aws import retries
from inventory.aws.changes import to_attributes
from inventory.aws.sns import LowStockAlert
from inventory.errors import LevelNotFound, ShardsChanging
from inventory.feed import run as feed_run
from inventory.model import CustomerLimits, LevelKey, Line, MoneyReturned, Reservation, iso
from inventory.reconciliation.stranded_holds import GRACE
from inventory.stock.low_stock_alerts import OVERDUE
from inventory.stock.shards.settled import in_shards_with_enough
from inventory.stock.sourcing import SourcingPolicy
from tests.support.fault_injection import BUSY_DAY, FaultRates, injected_faults
from tests.support.reference_model.checkouts import ReferenceModel, outcome
from tests.support.reference_model.comparison import (
    assert_level,
    assert_refunds,
    assert_reservation,
    moved_units,
    whole_levels,
    without_phase_at,
)
from tests.support.reference_model.edits import lines_json
from tests.support.reference_model.feed import SentChange
from tests.support.reference_model.keyed_steps import KEYED_STEPS_HAPPEN, KeyedSteps, note_end
from tests.support.reference_model.reservation import Cart, ExpectedReservation, ExpectedSettings
from tests.support.reference_model.steps import (
    HOLD,
    LIMITS,
    LONGEST_HOLD,
    OPENING,
    STOCKED,
    Step,
    policies,
    steps,
    thresholds,
    tracking,
    units,
)
from tests.support.reference_model.stock import ExpectedStock
from tests.support.shop.shops import Shops
from tools.mutate.memory import ENDPOINT_URL, MemoryDynamoDB
from tools.reconcile import invariants

# Hypothesis repeats parts of earlier sequences after the tenth of a run. Several short runs have more different ones.
RUNS = 5
ENOUGH = settings(
    # Shrinking takes minutes: add Phase.shrink to investigate a failure.
    phases=[Phase.explicit, Phase.generate],
    max_examples=10,
    stateful_step_count=50,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)

# What must happen several times in all sequences together: otherwise they prove nothing about it.
HAPPENS = (
    "held in one warehouse that the checkout did not name",
    "held in several warehouses",
    "short in all warehouses together",
    "held in part",
    "unknown",
    "list of a machine",
    "list that was known",
    "another list under a known key",
    *KEYED_STEPS_HAPPEN,
    *("APPLIED", "UNCHANGED", "INVALID", "SHORT", "BELOW_RESERVED", "BUSY"),
    "count to which later movements were added",
    "level made by a machine",
    "spread level",
)
HAPPENS_AT_LEAST = 2


class ShopMachine(KeyedSteps, RuleBasedStateMachine):
    """Runs each operation on the shop and on the reference model, and compares the results."""

    shops: ClassVar[Shops]
    happened: ClassVar[Counter[str]]

    @initialize(
        stock=st.tuples(*[st.tuples(units, thresholds)] * len(STOCKED)),
        policy=policies,
        tracks_dispatch=tracking,
        rates=st.sampled_from([FaultRates(), BUSY_DAY]),
        faults=st.integers(0, 99),
    )
    def open_shop(
        self,
        stock: tuple[tuple[int, int], ...],
        policy: SourcingPolicy,
        tracks_dispatch: bool,
        rates: FaultRates,
        faults: int,
    ) -> None:
        self.now = OPENING
        self.opened = ExitStack()
        self.shop = self.opened.enter_context(self.shops.open())
        self.shop.now = lambda: self.now
        self.shop.limits = LIMITS
        self.shop.longest_hold_seconds = LONGEST_HOLD.seconds
        self.shop.sourcing = policy
        self.shop.tracks_dispatch = tracks_dispatch
        # Reads the tables with a client of its own, which has no faults.
        self.observer = self.shops.observer(self.shop)
        # The alerts that running workflows still have to publish.
        self.unpublished: dict[str, list[LowStockAlert]] = {}
        expected_settings = ExpectedSettings(LONGEST_HOLD, LIMITS, policy, tracks_dispatch)
        self.expected = ReferenceModel(ExpectedStock(), expected_settings, hold=HOLD)
        for key, (on_hand, threshold) in zip(STOCKED, stock, strict=True):
            self.stock_is_counted(key, on_hand, threshold)
        self.broken: dict[str, dict[str, Any]] = {}  # rows of another tool, by their keys
        self.opened.enter_context(injected_faults(self.shop.client, rates, seed=faults))

    @rule(next_step=st.runner().flatmap(lambda machine: steps(machine.expected, machine.now, len(machine.broken))))
    def next_operation(self, next_step: Step) -> None:
        name, *of = next_step
        getattr(self, name)(*of)
        self.now += timedelta(seconds=1)

    def teardown(self) -> None:
        for reservation in self.expected.reservations.values():
            note_end(self.happened, reservation)
        self.opened.close()

    # --- checkouts

    def a_checkout_starts(self, cart: Cart, customer_id: str | None, accepts_part: bool) -> None:
        reservation_id = f"R-{len(self.expected.reservations) + 1}"
        self.its_id_is_used_with_any_cart(reservation_id, cart, customer_id, accepts_part)

    def its_id_is_used_with_any_cart(
        self, reservation_id: str, cart: Cart, customer_id: str | None, accepts_part: bool
    ) -> None:
        content: dict[str, Any] = {"customer_id": customer_id, "hold_seconds": HOLD.seconds}
        content |= {"accept": "PARTIAL"} if accepts_part else {}
        is_new = reservation_id not in self.expected.reservations
        is_unknown = not all(self.expected.is_known(line) for line, _ in cart)

        status = outcome(lambda: self.shop.reserves(*lines_json(cart), reservation_id=reservation_id, **content).status)

        assert status == outcome(
            lambda: self.expected.reserves(reservation_id, cart, customer_id, accepts_part, self.now)
        )
        self.happened["unknown"] += is_new and is_unknown
        if is_new and reservation_id in self.expected.reservations:
            self.note_placement(self.expected.reservations[reservation_id])

    def it_is_reserved_again(self, reservation_id: str) -> None:
        found = self.expected.reservations[reservation_id]
        self.its_id_is_used_with_any_cart(
            reservation_id, tuple(reversed(found.asked.items())), found.customer_id, found.accepts_part
        )

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
            rescued = self.shop.reservation_store.rescue(row, reference, self.now, self._in_other_shards)
            assert rescued.rescued == self.expected.rescues(reservation_id, reference, self.now)

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
            self.expected.sells(reservation_id, self.now)

    # --- stock

    def stock_is_counted(self, key: LevelKey, on_hand: int, threshold: int) -> None:
        counted = outcome(
            lambda: (
                self.shop.stocks(
                    key.product_id, on_hand, warehouse_id=key.warehouse_id, low_stock_threshold=threshold
                ).on_hand
            )
        )

        assert counted == outcome(lambda: self.expected.stock.counts(key, on_hand, threshold, self.now))

    def stock_is_adjusted(self, key: LevelKey, delta: int) -> None:
        adjusted = outcome(lambda: self.shop.adjusts(delta, key.product_id, key.warehouse_id).on_hand)

        assert adjusted == outcome(lambda: self.expected.stock.adjusts(key, delta, self.now))

    def a_level_is_spread(self, key: LevelKey, shards: int) -> None:
        """A manager changes the number of shards, which nobody else notices; what is not done is continued."""
        result = outcome(lambda: bool(self.shop.spreads(shards, key.product_id, key.warehouse_id)))
        self.shop.shards.continue_all(self.now)

        assert result in ((True, ShardsChanging) if key in self.expected.stock.levels else (LevelNotFound,))
        self.happened["spread level"] += result is True and shards > 1

    # --- machines

    def a_machine_sends_a_list(self, changes: tuple[SentChange, ...], attempts_max: int | None) -> None:
        self.happened["list of a machine"] += 1
        self.list_arrives(f"F-{len(self.expected.feed.lists) + 1}", changes, attempts_max)

    def its_list_is_sent_again(self, name: str) -> None:
        self.happened["list that was known"] += 1
        self.list_arrives(name, self.expected.feed.lists[name].changes, attempts_max=None)

    def its_key_is_used_for_another_list(self, name: str, changes: tuple[SentChange, ...]) -> None:
        self.happened["another list under a known key"] += changes != self.expected.feed.lists[name].changes
        self.list_arrives(name, changes, attempts_max=None)

    def list_arrives(self, name: str, changes: tuple[SentChange, ...], attempts_max: int | None) -> None:
        """Each change that is not BUSY is decided as the model expects, and BUSY ones are not decided at all."""
        content = [change.to_json() for change in changes]
        applied = outcome(lambda: self.shop.feeds(*content, key=name, attempts_max=attempts_max))
        refused = outcome(lambda: self.expected.feed.receives(name, changes, self.now))
        if refused or not isinstance(applied, list):
            assert applied == refused
            return
        busy = set()
        for index, answer in enumerate(applied):
            result, level = answer.result, answer.level
            self.happened[result] += 1
            if result == "BUSY":
                assert attempts_max is not None
                busy.add(changes[index].key)
                continue
            assert changes[index].key not in busy, "a change is decided before an earlier one of its level"
            self.note_change(changes[index], result)
            is_shown = level is not None and result != "INVALID"
            found = (result, level.on_hand, level.available) if level and is_shown else (result, None, None)
            assert found == self.expected.feed.decides(name, index, self.now)

    # --- alerts

    def workflows_publish_their_alerts(self) -> None:
        for reservation_id, alerts in self.unpublished.items():
            self.shop.publishes(alerts)
            for alert in alerts:
                self.expected.stock.publishes(alert.key, reservation_id)
        self.unpublished.clear()

    def the_low_stock_check_runs(self) -> None:
        overdue = {key for key, level in self.expected.stock.levels.items() if level.is_overdue(self.now)}
        for reservation_id, alerts in self.unpublished.items():  # the workflow has stopped trying by then
            self.unpublished[reservation_id] = [alert for alert in alerts if alert.key not in overdue]

        sent = self.shop.checks_low_stock()

        taken = self.expected.stock.checks(self.now)
        assert sent == (len(taken) if self.expected.stock.sns_works else 0)

    def the_reconciliation_runs_after_a_while(self) -> None:
        self.time_passes()

        self.shop.reconciles(later=-GRACE)

        self.expected.reconciles(self.now)

    def time_passes(self) -> None:
        self.now += OVERDUE

    def the_settings_change(self, changed: tuple[timedelta, CustomerLimits]) -> None:
        self.expected.settings.longest_hold, self.expected.settings.limits = changed
        self.shop.longest_hold_seconds, self.shop.limits = int(changed[0].total_seconds()), changed[1]

    def the_sourcing_changes(self, policy: SourcingPolicy) -> None:
        self.shop.sourcing = self.expected.settings.sourcing = policy

    def another_tool_writes_a_row_that_cannot_be_read(self, attributes: dict[str, Any]) -> None:
        row = {"reservation_id": f"X-{len(self.broken) + 1}", **attributes}
        due = row | {"phase_at": iso(self.now - GRACE)}
        self.observer.client.put_item(TableName=self.shop.tables.reservations, Item=to_attributes(due))
        self.broken[row["reservation_id"]] = row

    def sns_stops_or_works_again(self) -> None:
        self.shop.topics.working = self.expected.stock.sns_works = not self.expected.stock.sns_works

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
        wholes = whole_levels(levels)
        assert len(wholes) == len(self.expected.stock.levels)
        for level in wholes:
            assert_level(level, self.expected.stock.levels[LevelKey(level["product_id"], level["warehouse_id"])])
        assert len(rows) == len(self.expected.reservations)
        for row in rows:
            assert_reservation(row, self.expected.reservations[row["reservation_id"]])
        assert_refunds(self.observer.rows(tables.refunds), self.expected.reservations)
        assert moved_units(movements) == self.expected.stock.moved

    @invariant()
    def every_message_is_sent_once(self) -> None:
        low_stock = (json.loads(announcement.message) for announcement in self.shop.topics.low_stock)
        refunds = (json.loads(announcement.message) for announcement in self.shop.topics.operations)

        alerts = Counter(LevelKey(message["product_id"], message["warehouse_id"]) for message in low_stock)
        assert alerts == self.expected.stock.alerts_sent
        assert all(count <= self.expected.stock.levels[key].crossings for key, count in alerts.items())
        assert sorted((message["reservation_id"], message["payment_reference"]) for message in refunds) == sorted(
            (reservation_id, reference)
            for reservation_id, reservation in self.expected.reservations.items()
            for reference in reservation.announced
        )

    def _in_other_shards(self, expired: Reservation) -> tuple[Line, ...] | None:
        return in_shards_with_enough(expired.lines, lambda: self.shop.stock_store.holdable_at(expired.keys()))

    def row(self, reservation_id: str) -> Reservation:
        """The stored reservation."""
        return self.observer.reservation(reservation_id)

    # --- what happened, so that nothing is proved of what never happens

    def note_placement(self, reservation: ExpectedReservation) -> None:
        """Count what became of lines that name no warehouse."""
        for product_id, warehouse_id in reservation.asked:
            if warehouse_id is None:
                levels = sum(key.product_id == product_id for key in reservation.holdings)
                self.happened["held in one warehouse that the checkout did not name"] += levels == 1
                self.happened["held in several warehouses"] += levels > 1
        self.happened["held in part"] += bool(reservation.shortages and reservation.holdings)
        self.happened["short in all warehouses together"] += any(line[1] is None for line in reservation.shortages)

    def note_change(self, change: SentChange, result: str) -> None:
        """Count what is special about a change of a machine, before the model decides it."""
        level = self.expected.stock.levels.get(change.key)
        self.happened["level made by a machine"] += level is None and result == "APPLIED"
        if level and change.as_of and result == "APPLIED":
            self.happened["count to which later movements were added"] += level.moved_since(change.as_of) != 0


@pytest.fixture
def memory_shops(monkeypatch: pytest.MonkeyPatch) -> Shops:
    """Shops over DynamoDB in memory, which takes half the time. Their clients are those of boto3, so that faults hit them."""
    monkeypatch.setattr(URLLib3Session, "send", URLLib3Session.send)  # restored afterwards
    MemoryDynamoDB().install()
    return Shops(ENDPOINT_URL)


@pytest.mark.timeout(900)  # about 40 s, much longer on a busy machine
def test_every_sequence_of_operations_leaves_what_the_model_expects(
    memory_shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_run, "WRITERS", 1)  # the same calls in the same order in each run
    # No pause takes time, and no deadline passes on a busy machine.
    monkeypatch.setattr(retries, "time", SimpleNamespace(sleep=lambda seconds: None, monotonic=lambda: 0.0))
    ShopMachine.shops, ShopMachine.happened = memory_shops, Counter()

    for number in range(RUNS):
        run_state_machine_as_test(seed(number)(ShopMachine), settings=ENOUGH)

    assert {name: ShopMachine.happened[name] for name in HAPPENS if ShopMachine.happened[name] < HAPPENS_AT_LEAST} == {}
