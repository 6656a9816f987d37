"""The steps of the model-based test: each is the name of a method of its machine, with arguments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from inventory.feed.changes import ChangeKind
from inventory.index_partitions import ACTIVE
from inventory.model import CustomerLimits, LevelKey, iso
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.reference_model.calls import ExpectedCalls
from tests.support.reference_model.checkouts import ReferenceModel
from tests.support.reference_model.edits import Edit, Part
from tests.support.reference_model.feed import SentChange

OPENING = datetime.fromisoformat("2026-03-01T12:00:00Z")
HOLD = timedelta(seconds=600)
LONGEST_HOLD = timedelta(seconds=1_500)
STOCKED = (LevelKey("P-1", "main"), LevelKey("P-1", "north"), LevelKey("P-1", "south"), LevelKey("P-2", "north"))
NOT_YET_STOCKED = LevelKey("P-2", "main")  # until somebody counts it, or a machine receives it
CHECKOUTS_MAX = 8
LISTS_MAX = 8
UNREADABLE_MAX = 2
LIMITS = CustomerLimits(holds_max=2, units_max=6)

Step = tuple[Any, ...]

keys = st.sampled_from((*STOCKED, NOT_YET_STOCKED))
named_lines = st.tuples(keys.map(lambda key: (key.product_id, key.warehouse_id)), st.integers(1, 2))
unplaced_lines = st.tuples(
    st.sampled_from([("P-1", None), ("P-1", None), ("P-2", None)]), st.sampled_from([1, 2, 4, 6, 8, 9, 10, 11, 12, 14])
)
lines = st.one_of(named_lines, unplaced_lines)
carts = st.one_of(
    unplaced_lines.map(lambda line: (line,)),
    lines.map(lambda line: (line,)),
    st.lists(lines, min_size=1, max_size=3).map(tuple),
)
unknown_carts = st.sampled_from(
    [((("P-2", "west"), 1),), ((("P-9", None), 2),), ((("P-1", None), 1), (("P-1", "west"), 1))]
)
customers = st.sampled_from([None, None, None, "C-1", "C-1", "C-2"])
parts = st.booleans()  # whether a checkout accepts a part
units = st.integers(3, 9)
thresholds = st.integers(1, 6)
payments = st.sampled_from(["PAY-1", "PAY-1", "PAY-2"])
policies = st.sampled_from(
    [
        SourcingPolicy(("main",), Sourcing.ONE_WAREHOUSE),
        SourcingPolicy(("north", "main", "south"), Sourcing.ONE_WAREHOUSE),
        SourcingPolicy(("main", "north", "south"), Sourcing.SPLIT),
        SourcingPolicy(("main", "south", "north"), Sourcing.SPLIT),
        SourcingPolicy(("south", "north", "main"), Sourcing.SPLIT),
        SourcingPolicy(("north", "south"), Sourcing.SPLIT),
        SourcingPolicy(("north", "main", "south"), Sourcing.SPLIT),
        SourcingPolicy(("main",), Sourcing.NAMED),
    ]
)
# A shop allows longer or shorter holds, and its customers more or less, while others are held.
shop_settings = st.sampled_from(
    [
        (LONGEST_HOLD, LIMITS),
        (2 * LONGEST_HOLD, LIMITS),
        (2 * LONGEST_HOLD, CustomerLimits(holds_max=1, units_max=2)),
        (HOLD / 2, LIMITS),
    ]
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
# After how many attempts a call of a machine has no time left; a change mostly needs one.
attempts = st.sampled_from([None, None, None, 0, 1, 2])
some_thresholds = st.one_of(st.none(), st.none(), thresholds)
# What a machine sends, without the moments of counts.
changes = st.one_of(
    st.builds(SentChange, keys, st.just(ChangeKind.RECEIVED), st.integers(1, 6), threshold=some_thresholds),
    st.builds(SentChange, keys, st.just(ChangeKind.SOLD_ELSEWHERE), st.sampled_from([-1, -2, -5, -8])),
    st.builds(SentChange, keys, st.just(ChangeKind.ADJUSTED), st.sampled_from([-9, -4, -1, 3])),
    st.builds(SentChange, keys, st.just(ChangeKind.COUNTED), st.integers(0, 9), threshold=some_thresholds),
    st.builds(SentChange, keys, st.just(ChangeKind.COUNTED), st.integers(0, 9)),
    st.builds(SentChange, keys, st.just(ChangeKind.DESCRIBED), threshold=thresholds),
)
# What shoppers make of a held cart, and which units of an order leave or come back.
edits = st.builds(
    Edit,
    position=st.integers(0, 2),
    resize=st.sampled_from([0, 1, -1, 2, -2, 3, 5, -4, -20]),
    where=st.sampled_from(["as it is", "as it is", "anywhere", "its first warehouse"]),
    keeps_others=st.sampled_from([True, True, False]),
    more=st.one_of(st.just(()), st.just(()), st.lists(lines, min_size=1, max_size=2).map(tuple)),
)
a_part = st.builds(
    Part,
    position=st.integers(0, 2),
    share=st.sampled_from(["one", "half", "half", "all", "one too many"]),
    where=st.sampled_from(
        ["anywhere", "anywhere", "anywhere", "their warehouse", "their warehouse", "main", "north", "west"]
    ),
)
some_parts = st.one_of(a_part.map(lambda part: (part,)), st.lists(a_part, min_size=1, max_size=3).map(tuple))
elsewhere = st.builds(
    Part, st.integers(0, 2), share=st.sampled_from(["one", "half"]), where=st.sampled_from(["main", "north", "west"])
).map(lambda part: (part,))
dispatched = st.one_of(a_part.map(lambda part: (part,)), some_parts, st.none())
dispositions = st.sampled_from(["RESTOCK", "DISCARD"])
tracking = st.sampled_from([True, True, False])
shards = st.sampled_from([1, 2, 3, 4])
# How long ago a count was, in seconds: not said, now, and in the future.
ages = st.sampled_from([None, 0, 2, 5, 10, 20, 40, 100, 900, -60])
lists = st.lists(st.tuples(changes, ages), min_size=1, max_size=4)


@dataclass(frozen=True)
class Operation:
    """A kind of step: of one of these reservations or lists if there are any, with arguments from strategies."""

    name: str
    of: tuple[st.SearchStrategy[Any], ...] = ()
    targets: tuple[Any, ...] = ()


class Turn(NamedTuple):
    """An operation on a checkout, and the states in which it mostly happens."""

    name: str
    states: frozenset[str]
    of: tuple[st.SearchStrategy[Any], ...] = ()
    weight: int = 2


def _turn(name: str, states: str, *of: st.SearchStrategy[Any], weight: int = 2) -> Turn:
    return Turn(name, frozenset(states.split()), of, weight)


# Those with most cases happen most, and those that lead to a rare case often where it can happen.
LIFECYCLE = (
    _turn("it_is_paid", "HELD", payments, weight=5),
    _turn("it_is_sold", "PAID"),
    _turn("its_shopper_cancels", "HELD"),
    _turn("its_hold_expires", "HELD"),
    _turn("its_hold_expires", "CHANGED", weight=3),
    _turn("its_shopper_cancels", "CHANGED"),
    _turn("its_payment_is_declined", "HELD"),
    _turn("its_payment_is_declined_and_will_be_retried", "HELD"),
    _turn("it_is_paid", "PAID RELEASED", payments),
    _turn("it_is_paid", "EXPIRED", payments, weight=3),
    _turn("it_is_paid", "EXPIRED_AFTER_A_CHANGE", payments, weight=8),
    _turn("it_is_paid", "COMMITTED UNFULFILLED", payments),
    _turn("its_payments_keep_coming", "REJECTED", weight=1),
    _turn("a_payment_of_it_is_returned", "COMMITTED UNFULFILLED REJECTED", payments),
    _turn("it_is_sold", "PAID"),
    _turn("it_is_sold", "COMMITTED", weight=1),
    _turn("it_is_sold_and_the_function_crashes", "PAID"),
    _turn("it_is_rescued_and_the_function_crashes", "RELEASED", payments),
    _turn("its_workflow_waits", "HELD"),
    _turn("its_shopper_extends_the_hold", "HELD"),
    _turn("its_cart_changes", "HELD", edits, weight=22),
    _turn("its_cart_changes", "HELD_IN_PART", edits, weight=6),
    _turn("its_cart_changes", "PAID COMMITTED RELEASED REJECTED", edits, weight=1),
    _turn("its_units_are_dispatched", "ALLOCATED", dispatched, weight=10),
    _turn("its_units_are_dispatched", "COMMITTED", dispatched, weight=1),
    _turn("its_units_come_back", "RETURNABLE", some_parts, dispositions, weight=12),
    _turn("its_units_come_back", "RETURNABLE", elsewhere, dispositions, weight=5),
    _turn("its_units_come_back", "COMMITTED", some_parts, dispositions),
    _turn("it_is_reserved_again", "REJECTED RELEASED"),
    _turn("its_id_is_used_with_any_cart", "HELD REJECTED", carts, customers, parts, weight=1),
)


ANY_TIME = (
    Operation("stock_is_adjusted", (keys, st.integers(-4, 6).filter(bool))),
    Operation("stock_is_counted", (keys, units, thresholds)),
    Operation("time_passes"),
    Operation("the_low_stock_check_runs"),
    Operation("the_reconciliation_runs_after_a_while"),
    Operation("workflows_publish_their_alerts"),
    Operation("sns_stops_or_works_again"),
    Operation("the_settings_change", (shop_settings,)),
    Operation("the_sourcing_changes", (policies,)),
    Operation("tracking_is_switched", (tracking,)),
    Operation("a_level_is_spread", (keys, shards)),
)


@st.composite
def steps(draw: st.DrawFn, expected: ReferenceModel, now: datetime, unreadable: int) -> Step:
    """The next step. One rule draws it, because Hypothesis disables most rules of a machine in each run.

    The strategies of arguments are made once: to make and validate them for each step took as long as the steps.
    """
    operations = [*ANY_TIME, *_on_checkouts(expected), *_of_machines(expected.feed.lists), *_again(expected.calls)]
    if unreadable < UNREADABLE_MAX:
        operations.append(Operation("another_tool_writes_a_row_that_cannot_be_read", (unreadable_rows,)))
    if expected.reservations:
        turn = draw(st.sampled_from(LIFECYCLE))
        operations += [Operation(turn.name, turn.of, tuple(expected.reservations))] * 2  # mostly out of turn
    operation = draw(st.sampled_from(operations))
    target = [draw(st.sampled_from(operation.targets))] if operation.targets else []
    arguments = [
        tuple(_sent(change, age, now) for change, age in draw(strategy)) if strategy is lists else draw(strategy)
        for strategy in operation.of
    ]
    return (operation.name, *target, *arguments)


def _on_checkouts(expected: ReferenceModel) -> Iterator[Operation]:
    known = expected.reservations
    if len(known) < CHECKOUTS_MAX:
        yield from [Operation("a_checkout_starts", (carts, customers, parts))] * 3
        yield Operation("a_checkout_starts", (unknown_carts, customers, parts))
    for turn in LIFECYCLE:
        fitting = tuple(name for name, found in known.items() if not turn.states.isdisjoint(found.states()))
        yield from [Operation(turn.name, turn.of, fitting)] * turn.weight if fitting else []


def _of_machines(sent: Iterable[str]) -> Iterator[Operation]:
    """What an ERP or a till sends: new lists, those of before again, and other content under a key of before."""
    names = tuple(sent)
    if len(names) < LISTS_MAX:
        yield from [Operation("a_machine_sends_a_list", (lists, attempts))] * 3
    if names:
        yield Operation("its_list_is_sent_again", (), names)
        yield Operation("its_key_is_used_for_another_list", (lists,), names)


def _again(calls: ExpectedCalls) -> Iterator[Operation]:
    """Calls that were sent before, and others under their keys."""
    for kind in ("change", "dispatch", "return"):
        sent = tuple(call for call in calls.sent if call.kind == kind)
        made = tuple(call for call in sent if calls.is_made(call))
        refused = tuple(call for call in sent if calls.is_refused(call))  # few are
        yield from [Operation("a_call_is_repeated", (), of) for of in (made, made, refused, refused) if of]
        yield from [Operation("its_key_is_used_for_another_call", (), of) for of in (made or sent, made) if of]


def _sent(change: SentChange, age: int | None, now: datetime) -> SentChange:
    """The change with its moment, if it is a count that says one."""
    is_count = change.kind is ChangeKind.COUNTED
    return replace(change, as_of=now - timedelta(seconds=age)) if is_count and age is not None else change
