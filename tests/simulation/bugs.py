"""Bugs that the simulation must find: what somebody could break by changing one line or two."""

from tests.simulation.sources import Bug

STORE = "functions/inventory/reservations/store.py"
UNITS = "functions/inventory/stock/units.py"
DEFINITION = "statemachines/reservation.asl.yaml"

BUGS = (
    Bug(
        "a hold takes more than is available",
        UNITS,
        'has_enough = Condition("available >= :quantity", {"quantity": quantity})  # the only guard',
        'has_enough = Condition("on_hand >= :quantity", {"quantity": quantity})  # the only guard',
    ),
    Bug(
        "a rescue takes what others hold",
        UNITS,
        'return _ship(tables, holding, "available", has_enough',
        'return _ship(tables, holding, "reserved", has_enough',
    ),
    Bug(
        "a repeated hold overwrites the first",
        STORE,
        'NOT_USED_BEFORE = Condition("attribute_not_exists(reservation_id)")',
        'NOT_USED_BEFORE = Condition("attribute_not_exists(payment_reference)")',
    ),
    Bug(
        "a payment is recorded whatever the reservation is",
        STORE,
        "return self._update(reservation_id, change, _is(Status.HELD))",
        'return self._update(reservation_id, change, Condition("attribute_exists(reservation_id)"))',
    ),
    Bug(
        "a release does not ask whether it is still held",
        STORE,
        "        condition = _is(Status.HELD)\n",
        '        condition = Condition("attribute_exists(reservation_id)")\n',
    ),
    Bug(
        "a repeated commit sells again",
        STORE,
        "return self._end_hold(reservation, change, _is(Status.PAID), sale)",
        'return self._end_hold(reservation, change, Condition("attribute_exists(reservation_id)"), sale)',
    ),
    Bug(
        "a hold that ends is not uncounted",
        STORE,
        "self._transact_with_count(read, ending, uncount_hold(self._tables, read), ENDS_HOLDS)",
        "transact(self._client, ending)",
    ),
    Bug(
        "two extensions at once: the last one written counts",
        STORE,
        "_is(Status.HELD) & _still_ends_at(reservation.held_until),  # two",
        "_is(Status.HELD),  # two",
    ),
    Bug(
        "the reconciliation does not announce payments to return",
        "functions/inventory/reconciliation/stranded_holds.py",
        "return events + self._announce_refunds(has_time)",
        "return events",
    ),
    Bug(
        "a payment to return is marked as announced first",
        "functions/inventory/reservations/outbox.py",
        "        if not self.topics.announce_to_operations(_payment_to_return(refund, now)):",
        "        self.refunds.mark_announced(refund)\n"
        "        if not self.topics.announce_to_operations(_payment_to_return(refund, now)):",
    ),
    Bug(
        "one reservation that cannot be read stops all others",
        "functions/inventory/reconciliation/stranded_holds.py",
        "except Exception as error:  # noqa: BLE001  # one bad reservation",
        "except InventoryError as error:  # noqa: BLE001  # one bad reservation",
    ),
    Bug(
        "other content under the same key is not noticed",
        "functions/inventory/reservations/reservation_request.py",
        "_quantities(asked) == _quantities(reservation.lines)",
        "_quantities(asked).keys() == _quantities(reservation.lines).keys()",
    ),
    Bug(
        "a customer may hold one reservation more",
        "functions/inventory/reservations/customer_limits.py",
        '"active_holds < :holds_max',
        '"active_holds <= :holds_max',
    ),
    Bug(
        "a conflict is not transient",
        "functions/inventory/aws/dynamodb.py",
        'TRANSIENT_REASONS = {CONFLICT, "ThrottlingError"',
        'TRANSIENT_REASONS = {"ThrottlingError"',
    ),
    Bug(
        "an edit overwrites what happened meanwhile",
        "functions/inventory/stock/store.py",
        '"version = :version AND on_hand = :on_hand AND low_stock_threshold = :threshold"',
        '"version > :version OR on_hand <> :on_hand OR low_stock_threshold = :threshold"',
    ),
    Bug(
        "a sent alert is not settled",
        "functions/inventory/stock/low_stock_alerts.py",
        "                self.stock.settle_alert(alert.key, alert.claimant)\n",
        "",
    ),
    Bug(
        "an import forgets what was sold since its count",
        "functions/inventory/stock/counts.py",
        "on_hand = counted.on_hand + (anchored if is_anchored else moved.happened)",
        "on_hand = counted.on_hand",
    ),
    Bug(
        "a count of a machine forgets what was sold since its moment",
        "functions/inventory/feed/run.py",
        "since = change.to_count(level, as_of).ledger_since(level)",
        "since = None",
    ),
    Bug(
        "a change of a machine is applied by both of two calls",
        "functions/inventory/feed/decisions.py",
        "return put(self._table, _item(row, decision, now), NOT_DECIDED_BEFORE, about=row)",
        'return put(self._table, _item(row, decision, now), type(NOT_DECIDED_BEFORE)("attribute_not_exists(as_of)"), about=row)',
    ),
    Bug(
        "a split order is held in its first warehouse only",
        "functions/inventory/model.py",
        "        for source in self.sources:\n",
        "        for source in self.sources[:1]:\n",
    ),
    Bug(
        "the comparison does not add up the movements",
        "functions/inventory/reconciliation/findings.py",
        "return self.level.on_hand - self.moved",
        "return self.moved - self.moved",
    ),
    Bug(
        "a reservation that was paid is shown as released",
        DEFINITION,
        """      - Condition: "{% $states.input.status = 'PAID' %}"
        Next: CommitStock""",
        """      - Condition: "{% $states.input.status = 'PAID' %}"
        Next: ReservationReleased""",
    ),
    Bug(
        "the longest hold leaves no time for its heartbeat",
        "functions/reserve_stock.py",
        "TIMEOUT_MARGIN_SECONDS = 1",
        "TIMEOUT_MARGIN_SECONDS = 0",
    ),
    Bug(
        "a hold that ends moves the units that it had before its cart changed",
        STORE,
        "ending = [self._write(read, change, condition & _as_read(read)), *moved(read)]",
        "ending = [self._write(read, change, condition), *moved(read)]",
    ),
    Bug(
        "the units of a tracked sale leave with a late payment",
        STORE,
        "leave = units.allocate_available if tracked else units.ship_available",
        "leave = units.ship_available",
    ),
    Bug(
        "of two calls after a sale, the later one forgets the other",
        "functions/inventory/after_sale/store.py",
        "condition = is_sold & _is_revision(read.revision)",
        "condition = is_sold",
    ),
    Bug(
        "a return does not count what came back before",
        "functions/inventory/after_sale/distribution.py",
        "sold[after.key] - after.returned for",
        "sold[after.key] for",
    ),
    Bug(
        "a changed cart is counted for its customer as it was",
        "functions/inventory/reservations/customer_limits.py",
        "if read.customer_id is None or units == 0:",
        "if read.customer_id is None or units != 0:",
    ),
    Bug(
        "a publisher overwrites the row of another one",
        "functions/inventory/live/published_store.py",
        "condition = still_as_read if row.revision else NOT_WRITTEN_BEFORE",
        'condition = Condition("attribute_not_exists(nothing)")',
    ),
    Bug(
        "a push that was not accepted is forgotten",
        "functions/inventory/live/batch.py",
        "waiting = [product_id for product_id, outcome in products.items() if outcome.push_failed]",
        "waiting: list[str] = []",
    ),
    Bug(
        "events that were not accepted are forgotten",
        "functions/inventory/live/publication.py",
        "left = [event for event in waiting if event.event_id not in accepted]",
        "left: list[Event] = []",
    ),
    Bug(
        "the levels are not read again after a claim",
        "functions/inventory/live/products/publisher.py",
        "            may_push = may_push or (claims_push and is_mine)\n",
        "            may_push = may_push or (claims_push and is_mine)\n            return ProductClaim(row, may_push)\n",
    ),
)
