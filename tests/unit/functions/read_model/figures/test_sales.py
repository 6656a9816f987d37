"""Units sold: each movement counts once, on its day, however the merges fall."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.read_model.figures.sales import (
    DAYS,
    Columns,
    Key,
    Sale,
    SoldUnits,
    first_moment,
    settled_until,
)
from inventory.read_model.figures.times import day_of, milliseconds, moment_at
from tests.support.read_model import a_level_entry

NOW = datetime(2026, 3, 20, 23, 40, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
P_1 = ("P-1", "main")


class Written(NamedTuple):
    """A movement in the ledger: the time in its id."""

    key: Key
    at: datetime
    units: int


class Ledger:
    """A ledger, the journal of what changed, and a read model that counts what was sold."""

    def __init__(self) -> None:
        self.now = NOW
        self.movements: list[Written] = []
        self.changed: set[Key] = set()
        self.sold = SoldUnits.empty(NOW)

    def sells(self, product_id: str, units: int, seconds_ago: int) -> None:
        """A sale whose writer took some seconds, or whose clock is ahead."""
        self.movements.append(Written((product_id, "main"), self.now - timedelta(seconds=seconds_ago), units))
        self.changed.add((product_id, "main"))

    def merges(self, *, reads_max: int = 9) -> None:
        sold = SoldUnits.decode(self.sold.encode())
        sold.roll(self.now)
        sold.note({key: a_level_entry(key[0]) for key in self.changed}, self.now)
        self.changed = set()
        for product_id in sold.due(self.now)[:reads_max]:
            since, until = moment_at(sold.start_of(product_id, self.now)), settled_until(self.now)
            sold.take(
                product_id,
                [_sale(m) for m in self.movements if m.key[0] == product_id and since <= m.at < until],
                self.now,
            )
        self.sold = sold

    def counted(self) -> dict[Key, list[int]]:
        return self.sold.days

    def true(self) -> dict[Key, list[int]]:
        found: dict[Key, Counter[int]] = {}
        for movement in self.movements:
            if movement.at >= first_moment(self.now):
                found.setdefault(movement.key, Counter())[day_of(movement.at)] += movement.units
        return {key: [days[day_of(self.now) - ago] for ago in reversed(range(DAYS))] for key, days in found.items()}


def _sale(movement: Written) -> Sale:
    return Sale(movement.key, day_of(movement.at), movement.units)


STEPS = st.one_of(
    st.tuples(st.just("sell"), st.sampled_from(["P-1", "P-2", "P-3"]), st.integers(-9, 90)),
    st.tuples(st.just("wait"), st.sampled_from([MINUTE, 3 * MINUTE, 30 * MINUTE, 5 * DAY, 20 * DAY]), st.just(0)),
    st.tuples(st.just("merge"), st.none(), st.integers(0, 3)),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(STEPS, max_size=30))
def test_each_sale_counts_once_on_its_day(steps: list[tuple[str, object, int]]) -> None:
    ledger = Ledger()
    for step, what, number in steps:
        match step, what:
            case "sell", str() as product_id:
                ledger.sells(product_id, 1 + number % 5, number)
            case "wait", timedelta() as time:
                ledger.now += time
            case _:
                ledger.merges(reads_max=number)
    for _ in range(4):
        ledger.merges()
        ledger.now += 3 * MINUTE
    ledger.merges()

    assert ledger.counted() == ledger.true()
    assert ledger.sold.waiting == {}


def test_a_sale_is_counted_when_it_is_two_minutes_old() -> None:
    ledger = Ledger()
    ledger.sells("P-1", 3, 0)
    ledger.merges()
    too_young = dict(ledger.counted())
    due = moment_at(ledger.sold.next_due or 0)

    ledger.now = due
    ledger.merges()

    assert too_young == {}
    assert due - NOW == timedelta(minutes=2, seconds=10)
    assert ledger.counted()[P_1][-1] == 3
    assert ledger.sold.next_due is None


def test_a_busy_product_is_read_every_few_minutes_not_with_each_merge() -> None:
    ledger = Ledger()
    reads = 0
    for _ in range(60):
        ledger.sells("P-1", 1, 0)
        reads += len(ledger.sold.due(ledger.now))
        ledger.merges()
        ledger.now += MINUTE

    assert reads <= 20


def test_the_file_of_lists_has_the_same_units() -> None:
    sold = SoldUnits.empty(NOW)
    keys = [("P-1", "main"), ("P-1", "north"), ("P-2", "main"), ("Ä\n2", "main")]
    for number, key in enumerate(keys, start=1):
        sold.add(Sale(key, day_of(NOW), number))
        sold.add(Sale(key, day_of(NOW - 13 * DAY), 10))
        sold.set_available(key, a_level_entry(key[0], available=number))
    sold.set_available(("P-2", "main"), None)

    columns = Columns.decode(sold.encode())

    positions = {key: columns.position(key) for key in keys}
    assert {key: columns.totals(NOW)[at] for key, at in positions.items() if at is not None} == {
        key: 10 + number for number, key in enumerate(keys, start=1)
    }
    assert sorted(columns.totals(NOW + DAY)) == [1, 2, 3, 4]
    assert columns.totals(NOW + 14 * DAY) == [0, 0, 0, 0]
    assert [columns.available[at] for at in positions.values() if at is not None] == [1, 2, -1, 4]
    assert columns.position(("P-1", "south")) is None
    assert SoldUnits.decode(sold.encode()).days == sold.days


def test_an_empty_file_has_no_levels() -> None:
    content = SoldUnits.empty(NOW).encode()

    assert Columns.decode(content).totals(NOW) == []
    assert SoldUnits.decode(content).days == {}


def test_numbers_of_another_tool_do_not_break_the_file() -> None:
    sold = SoldUnits.empty(NOW)
    sold.add(Sale(P_1, day_of(NOW), 10**30))
    sold.add(Sale(P_1, day_of(NOW), -5))
    sold.set_available(P_1, a_level_entry(available=10**30))

    columns = Columns.decode(sold.encode())

    assert columns.totals(NOW) == [2**32 - 1]
    assert columns.available[0] == 2**63 - 1


def test_what_was_not_read_waits_from_the_beginning_of_the_14_days() -> None:
    assert moment_at(SoldUnits.empty(NOW).start_of("P-1", NOW)) == datetime(2026, 3, 7, tzinfo=UTC)
    sold = SoldUnits.empty(NOW)
    sold.since = milliseconds(NOW)
    assert moment_at(sold.start_of("P-1", NOW)) == NOW
