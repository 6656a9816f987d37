"""The invariants, compared at every write: what the rows of all tables say must agree after each call."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inventory.aws.changes import to_item
from inventory.items import SHARD_CHANGES, partition_of, to_level_key
from inventory.model import LevelKey
from tests.simulation.platform.faults import Weather
from tests.simulation.platform.runtime import CUSTOMER_HOLDS_MAX, CUSTOMER_UNITS_MAX
from tests.simulation.platform.scheduler import Scheduler
from tests.simulation.platform.story import Story
from tests.simulation.platform.times import iso_at
from tests.support.memory_dynamodb.database import Change
from tests.support.memory_dynamodb.values import Item

Key = tuple[str, str]  # of a row: of a level that is spread, each shard has one

ACTIVE = ("HELD", "PAID")
UNREADABLE = "BAD-"  # how ids begin of rows that another tool wrote in another form
# The wait of an execution may have begun so long before an extension that does not find its token yet.
PROMISE_TOLERANCE_SECONDS = 15.0
DECIDED_WITHIN_SECONDS = 90.0  # as docs/operations.md promises; the index by which the job finds it may lag in addition
# None: there is no row.
NEXT: dict[str | None, set[str | None]] = {
    None: {"HELD", "REJECTED"},
    "HELD": {"PAID", "RELEASED"},
    "PAID": {"COMMITTED"},
    "RELEASED": {"COMMITTED", "UNFULFILLED"},
    "COMMITTED": set(),
    "REJECTED": set(),
    "UNFULFILLED": set(),
}


@dataclass(frozen=True)
class Entry:
    """A movement as the books saw it."""

    at: float
    kind: str
    delta: int
    on_hand: int  # afterwards
    reference: str | None


@dataclass
class Episode:
    """The time for which a level is low, since it became so."""

    since: float
    is_new: bool  # the level began low, which alerts nobody


@dataclass
class Books:
    """Listens to every write, and halts the world at the first that breaks an invariant."""

    scheduler: Scheduler
    story: Story
    weather: Weather
    broken: list[str] = field(default_factory=list)
    levels: dict[Key, Item] = field(default_factory=dict)
    held: Counter[Key] = field(default_factory=Counter)
    allocated: Counter[Key] = field(default_factory=Counter)
    moved_allocated: Counter[Key] = field(default_factory=Counter)
    created: dict[str, Item] = field(default_factory=dict)  # each reservation as its creation wrote it
    moved: Counter[Key] = field(default_factory=Counter)
    customers: dict[str, tuple[int, int]] = field(default_factory=dict)
    customer_holds: Counter[str] = field(default_factory=Counter)
    customer_units: Counter[str] = field(default_factory=Counter)
    low_since: dict[Key, Episode] = field(default_factory=dict)  # of whole levels, like everything below
    crossings: Counter[Key] = field(default_factory=Counter)
    movements: Counter[tuple[str, Key]] = field(default_factory=Counter)  # by their reference or reason
    ledger: dict[Key, list[Entry]] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)  # how often a reservation became what
    promises: dict[str, float] = field(default_factory=dict)  # until when a hold was promised to last by an extension
    edits: dict[str, tuple[int, int]] = field(default_factory=dict)  # the units and the version that an edit makes
    known: set[str] = field(default_factory=set)  # every reservation
    deleted: set[Key] = field(default_factory=set)  # levels that somebody deleted, whether they exist again or not
    paid_at: dict[str, float] = field(default_factory=dict)
    parts: dict[Key, set[Key]] = field(default_factory=dict)  # the rows that each level ever had
    low: dict[Key, bool] = field(default_factory=dict)
    written: list[Item] = field(default_factory=list)  # the movements of one call

    def is_known(self, reservation_id: str) -> bool:
        """Whether there is such a reservation."""
        return reservation_id in self.known

    def breaks(self, sentence: str) -> None:
        """Record that an invariant does not hold."""
        self.story.add(f"*** {sentence}")
        self.broken.append(f"at {self.scheduler.now:.3f}: {sentence}")
        self.scheduler.is_halted = True

    def on_write(self, changes: list[Change]) -> None:
        """What one call has changed."""
        try:
            self._read(changes)
        except Exception as error:  # noqa: BLE001  # in a handler's turn: it would be the handler's error
            self.breaks(f"the books cannot read a write: {error!r}")

    def _read(self, changes: list[Change]) -> None:
        touched: dict[Key, None] = {}
        customers: dict[str, None] = {}
        for table, old, new in changes:
            before, after = to_item(old or {}), to_item(new or {})
            if not before and not after:
                continue  # what was deleted was not there
            match table:
                case "inventory" if (before or after)["product_id"] != SHARD_CHANGES:
                    self._level(before, after, touched)
                case "reservations":
                    self._reservation(before, after, touched, customers)
                case "movements":
                    self._movement(before, after, touched)
                case "customers":
                    self._customer(after, customers)
        for key in touched:
            self._compare(key)
        for level in dict.fromkeys(map(level_of, touched)):
            self._note_low(level)
            self._note_movements(level)
        self.written.clear()
        for customer in customers:
            self._compare_customer(customer)

    # --- what each table says

    def _level(self, before: Item, after: Item, touched: dict[Key, None]) -> None:
        key = (before or after)["product_id"], (before or after)["warehouse_id"]
        touched[key] = None
        level = level_of(key)
        self.parts.setdefault(level, set()).add(key)
        if not after:
            self.levels.pop(key, None)
            if key == level:
                self.deleted.add(key)
            self.story.add(f"level {'/'.join(key)} is deleted")
            return
        self.levels[key] = after
        self.outcomes["SPREAD"] += int(after.get("shards", 1)) > int(before.get("shards", 1))
        self.outcomes["GATHERED"] += int(after.get("shards", 1)) < int(before.get("shards", 1))
        self.story.add(
            f"level {'/'.join(key)}: on_hand {after['on_hand']}, reserved {after['reserved']},"
            f" allocated {after.get('allocated', 0)}, available {after['available']}, version {after['version']},"
            f" shards {after.get('shards', 1)}, alert {after.get('low_stock_alert_by', '-')}"
        )

    def _reservation(self, before: Item, after: Item, touched: dict[Key, None], customers: dict[str, None]) -> None:
        was, status = before.get("status"), after.get("status")
        reservation_id = (before or after)["reservation_id"]
        self.known.add(reservation_id)
        if reservation_id.startswith(UNREADABLE):
            return
        if was != status:
            self.story.add(f"reservation {reservation_id} is {status} {after.get('reason', '')}")
            self.outcomes["RESCUED" if after.get("rescued") else str(status)] += 1
            if status == "HELD":
                self.outcomes["SPLIT"] += any(len(warehouses_of(line)) > 1 for line in after["lines"])
                self.outcomes["IN SHARDS"] += any(key != level_of(key) for key in taken_by(after))
            if status not in NEXT[was]:
                self.breaks(f"reservation {reservation_id} was {was} and is {status}")
        if not before:
            self.created[reservation_id] = after
        elif before["lines"] != after.get("lines") and not _only_shards_differ(before, after):
            self.outcomes["CHANGED"] += 1
            if (was, status, after.get("revision")) != ("HELD", "HELD", before.get("revision", 0) + 1):
                self.breaks(f"the lines of reservation {reservation_id} have changed")
        if was == "PAID" and before.get("payment_reference") != after.get("payment_reference"):
            self.breaks(f"the payment of reservation {reservation_id} has changed")
        if was == status == "HELD" and after["held_until"] < before["held_until"]:
            self.breaks(
                f"the hold of {reservation_id} is shortened from {before['held_until']} to {after['held_until']}"
            )
        if was != status and self.weather.is_punctual:
            self._expect_in_time(reservation_id, before, after)
        if was == "HELD" and status == "RELEASED" and after["reason"] == "EXPIRED":
            promised = (
                self.promises.get(reservation_id, 0) - PROMISE_TOLERANCE_SECONDS - 2 * self.weather.clock_error_seconds
            )
            if self.scheduler.now < promised:
                self.breaks(f"reservation {reservation_id} is released before {iso_at(self.promises[reservation_id])}")
        for back in after.get("after_sale", ()):
            if int(back.get("returned", 0)) > taken_by(after)[back["product_id"], back["warehouse_id"]]:
                self.breaks(f"more came back than was sold: {back} of reservation {reservation_id}")
        for item, sign in ((before, -1), (after, 1)):
            if item.get("status") in ACTIVE:
                for key, quantity in taken_by(item).items():
                    self.held[key] += sign * quantity
                    touched[key] = None
                if "customer_id" in item:
                    self.customer_holds[item["customer_id"]] += sign
                    self.customer_units[item["customer_id"]] += sign * sum(
                        int(line["quantity"]) for line in item["lines"]
                    )
                    customers[item["customer_id"]] = None
            for key, units in allocated_by(item).items():
                self.allocated[key] += sign * units
                touched[key] = None
                if units < 0:
                    self.breaks(f"more of {key} left reservation {reservation_id} than was sold")

    def _expect_in_time(self, reservation_id: str, before: Item, after: Item) -> None:
        """A hold that ends, and one that was paid, are decided soon, also if their execution was stopped."""
        now = self.scheduler.now
        if after.get("status") == "PAID":
            self.paid_at[reservation_id] = now
        due = self.paid_at.get(reservation_id)
        if before.get("status") == "HELD" and after.get("reason") == "EXPIRED":
            due = datetime.fromisoformat(before["held_until"]).timestamp()
        if after.get("status") in ("COMMITTED", "RELEASED") and due and before["status"] in ACTIVE:
            late = now - due - DECIDED_WITHIN_SECONDS - self.weather.lag_seconds
            if late > 0:
                self.breaks(f"reservation {reservation_id} became {after['status']} {late:.0f} s too late")

    def _movement(self, before: Item, after: Item, touched: dict[Key, None]) -> None:
        if before:
            self.breaks(f"a movement is written twice: {before['movement_id']}")
        if after["kind"] == "REQUEST":
            return  # what was decided about a request, which belongs to no level
        if after["kind"] in ("SOLD_ELSEWHERE", "DISPATCHED", "RETURNED"):
            self.outcomes[after["kind"]] += 1
        key = after["product_id"], after["warehouse_id"]
        self.moved[key] += int(after["delta"])
        self.moved_allocated[key] += int(after.get("allocated_delta", 0))
        touched[key] = None
        self.parts.setdefault(level_of(key), set()).add(key)
        self.written.append(after)

    def _note_movements(self, level: Key) -> None:
        """One change of a level may be one movement of each of its shards."""
        written = [one for one in self.written if level_of((one["product_id"], one["warehouse_id"])) == level]
        deltas: Counter[tuple[str, str | None, str]] = Counter()
        for one in written:
            deltas[one["kind"], one.get("reference"), str(one.get("reason"))] += int(one["delta"])
        on_hand = sum(self.moved[key] for key in self.parts[level]) - deltas.total()
        for (kind, reference, reason), delta in deltas.items():
            on_hand += delta
            if kind == "MOVED":
                if delta:
                    self.breaks(f"units of {level} moved between its shards, and {delta} came or went")
                continue
            self.ledger.setdefault(level, []).append(Entry(self.scheduler.now, kind, delta, on_hand, reference))
            for cause in {reference, reason} - {None}:
                self.movements[str(cause), level] += 1
            self._compare_edit(level, reason)

    def _compare_edit(self, level: Key, reason: str) -> None:
        edited, rows = self.edits.get(reason), self._rows(level)
        if edited is None or not rows:
            return
        on_hand, version = (sum(int(row[name]) for row in rows) for name in ("on_hand", "version"))
        # An edit of a level that is spread writes several rows, and each raises its version.
        if on_hand != edited[0] or (len(rows) == 1 and version != edited[1]):
            left = f"{on_hand} in version {version}"
            self.breaks(f"an edit of {level} to {edited[0]} on hand in version {edited[1]} left {left}")

    def _note_low(self, level: Key) -> None:
        rows = self._rows(level)
        if not rows:
            self.low_since.pop(level, None)
            self.low.pop(level, None)
            return
        unsold = sum(int(row["on_hand"]) - int(row.get("allocated", 0)) for row in rows)
        was_low = self.low.get(level)  # None: there was no such level
        self.low[level] = unsold <= self.levels[level]["low_stock_threshold"]
        if not self.low[level]:
            self.low_since.pop(level, None)
        elif not was_low:
            self.low_since[level] = Episode(self.scheduler.now, is_new=was_low is None)
            self.crossings[level] += was_low is not None

    def _rows(self, level: Key) -> list[Item]:
        """The rows of a level: its own and those of its shards; none if it has no own row."""
        rows = [self.levels[key] for key in self.parts.get(level, ()) if key in self.levels]
        return rows if level in self.levels else []

    def _customer(self, after: Item, customers: dict[str, None]) -> None:
        self.customers[after["customer_id"]] = int(after["active_holds"]), int(after["held_units"])
        customers[after["customer_id"]] = None

    # --- what must agree

    def _compare(self, key: Key) -> None:
        level = self.levels.get(key)
        if level is None:
            if self.held[key] or self.allocated[key] or self.moved[key]:
                self.breaks(
                    f"there is no level {key}, but {self.held[key]} are held, {self.allocated[key]} allocated"
                    f" and {self.moved[key]} moved"
                )
            return
        on_hand, reserved, available = (int(level[name]) for name in ("on_hand", "reserved", "available"))
        allocated = int(level.get("allocated", 0))
        if available < 0 or reserved < 0 or allocated < 0:
            self.breaks(f"{key}: {available} are available, {reserved} reserved, {allocated} allocated")
        if on_hand != available + reserved + allocated:
            self.breaks(
                f"{key}: {on_hand} on hand, but {available} available + {reserved} reserved + {allocated} allocated"
            )
        if not allocated == self.allocated[key] == self.moved_allocated[key]:
            self.breaks(
                f"{key}: {allocated} allocated, but {self.allocated[key]} by its reservations"
                f" and {self.moved_allocated[key]} by its movements"
            )
        if reserved != self.held[key]:
            self.breaks(f"{key}: {reserved} reserved, but its reservations hold {self.held[key]}")
        if on_hand != self.moved[key]:
            self.breaks(f"{key}: {on_hand} on hand, but its movements add up to {self.moved[key]}")

    def _compare_customer(self, customer: str) -> None:
        counted = self.customers.get(customer, (0, 0))
        held = self.customer_holds[customer], self.customer_units[customer]
        if counted != held:
            self.breaks(f"customer {customer} is counted as {counted}, but holds {held}")
        if held[0] > CUSTOMER_HOLDS_MAX or held[1] > CUSTOMER_UNITS_MAX:
            self.breaks(f"customer {customer} holds {held}, more than a customer may")


def level_of(key: Key) -> Key:
    """The level of a row."""
    level = to_level_key({"product_id": key[0], "warehouse_id": key[1]})
    return level.product_id, level.warehouse_id


def taken_by(reservation: Item) -> Counter[Key]:
    """What a reservation takes from each row; a line without sources is taken from its own warehouse."""
    taken: Counter[Key] = Counter()
    for line in reservation["lines"]:
        for source in line.get("sources", [line]):
            key = LevelKey(line["product_id"], source["warehouse_id"], int(source.get("shard", 0)))
            taken[partition_of(key), key.warehouse_id] += int(source["quantity"])
    return taken


def warehouses_of(line: Any) -> set[str]:
    """The warehouses that a stored line is taken from."""
    return {source["warehouse_id"] for source in line.get("sources", [line]) if "warehouse_id" in source}


def _only_shards_differ(before: Item, after: Item) -> bool:
    """Whether a rescue took the same units of the same levels from other shards than the hold."""
    if (before["status"], after.get("status")) != ("RELEASED", "COMMITTED"):
        return False
    of_levels: list[Counter[Key]] = [Counter(), Counter()]
    for units, reservation in zip(of_levels, (before, after), strict=True):
        for key, quantity in taken_by(reservation).items():
            units[level_of(key)] += quantity
    return of_levels[0] == of_levels[1]


def allocated_by(reservation: Item) -> Counter[Key]:
    """What a tracked sale has in each level: what it took, and neither was dispatched nor came back before."""
    allocated: Counter[Key] = Counter()
    if reservation.get("tracked") and reservation["status"] == "COMMITTED":
        allocated = taken_by(reservation)
        for after in reservation.get("after_sale", ()):
            gone = int(after.get("dispatched", 0)) + int(after.get("returned_undispatched", 0))
            allocated[after["product_id"], after["warehouse_id"]] -= gone
    return allocated
