"""Levels are listed, searched, sorted and counted from columns as if each level was looked at."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.admin.pagination import read_cursor, write_cursor
from inventory.errors import InvalidRequest
from inventory.model import LevelKey, StockStatus
from inventory.read_model.entries import Change, LevelEntry
from inventory.read_model.folding import fold, words
from inventory.read_model.levels.columns import LevelColumns
from inventory.read_model.levels.index import LevelIndex
from inventory.read_model.levels.order import CURSOR_PARTS, LevelSort, Order, Position
from inventory.read_model.levels.writing import encode
from tests.support.read_model.level_entries import Filter, an_entry, changed, deleted

EVERYTHING = Filter()


def an_index(*entries: LevelEntry) -> LevelIndex:
    """A snapshot with these levels, and no changes."""
    return LevelIndex.from_columns(LevelColumns(encode(entries).get))


def ids(index: LevelIndex, wanted: Filter = EVERYTHING, **query: Any) -> list[str]:
    """The products of the first page."""
    found = index.find(wanted, query.get("sort"), query.get("order"), None, query.get("limit", 50))
    return [key.product_id for key in found.keys]


# --- lists


def test_levels_are_listed_by_product_and_warehouse() -> None:
    index = an_index(an_entry("P-2"), an_entry("P-1", "outlet"), an_entry("P-1", "main"))

    found = index.find(EVERYTHING, None, None, None, 50)

    assert found.keys == [LevelKey("P-1", "main"), LevelKey("P-1", "outlet"), LevelKey("P-2", "main")]
    assert (found.total, found.next) == (3, None)


def test_the_total_is_that_of_the_whole_list() -> None:
    index = an_index(*(an_entry(f"P-{number}") for number in range(10)))

    assert index.find(EVERYTHING, None, None, None, 3).total == 10


@pytest.mark.parametrize("order", list(Order))
def test_a_list_continues_after_the_place_of_a_level_that_moved(order: Order) -> None:
    entries = [an_entry(f"P-{number}", on_hand=number) for number in range(6)]
    before = an_index(*entries)
    first = before.find(EVERYTHING, LevelSort.ON_HAND, order, None, 3)
    last = next(entry for entry in entries if entry.product_id == first.keys[-1].product_id)
    moves = [changed(replace(last, on_hand=99)), deleted(last)]

    for move in moves:
        after = LevelIndex.from_columns(LevelColumns(encode(entries).get), [move])
        rest = after.find(EVERYTHING, LevelSort.ON_HAND, order, first.next, 50)

        expected = [entry.product_id for entry in sorted(entries, key=lambda entry: entry.on_hand)]
        expected = expected if order is Order.ASC else expected[::-1]
        listed_again = [last.product_id] if move.entry and order is Order.ASC else []
        assert [key.product_id for key in rest.keys] == expected[3:] + listed_again


def test_a_change_of_a_level_is_listed_instead_of_its_row() -> None:
    kettle, teapot = an_entry("P-1", name="Kettle"), an_entry("P-2", name="Teapot")
    columns = LevelColumns(encode([kettle, teapot]).get)
    renamed = replace(kettle, name="Urn")

    index = LevelIndex.from_columns(columns, [changed(renamed), changed(an_entry("P-0")), deleted(teapot)])

    assert ids(index) == ["P-0", "P-1"]
    assert ids(index, Filter(search="kettle")) == []
    assert ids(index, Filter(search="urn")) == ["P-1"]
    assert index.entry(renamed.key) == renamed
    assert index.entry(teapot.key) is None
    assert [index.has(LevelKey(product_id, "main")) for product_id in ("P-0", "P-1", "P-2")] == [True, True, False]
    assert index.names(["P-0", "P-1", "P-9"]) == {"P-0": "Teapot", "P-1": "Urn"}


def test_of_two_changes_of_a_level_the_higher_sequence_counts() -> None:
    index = LevelIndex.from_columns(
        LevelColumns(encode([]).get),
        [changed(an_entry(on_hand=3), sequence=11), changed(an_entry(on_hand=5), sequence=9)],
    )

    assert [entry.on_hand for entry in index.entries()] == [3]


def test_a_status_has_no_retired_levels() -> None:
    index = an_index(an_entry("P-1", on_hand=0), an_entry("P-2", on_hand=0, active=False))

    assert ids(index, Filter(status=StockStatus.OUT_OF_STOCK)) == ["P-1"]
    assert ids(index, Filter(active=False)) == ["P-2"]


# --- searches


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("teapot", ["RED/1 X", "blue 2"]),
        ("POT créme", ["RED/1 X"]),
        ("creme teapot", ["RED/1 X"]),
        ("teapot zzz", []),
        ("red/1 x", ["RED/1 X"]),
        ("D/1", ["RED/1 X"]),
        ("/", ["RED/1 X"]),
        ("ue 2", ["blue 2"]),
        ("2 teapot", ["blue 2"]),
        ("--", []),
        ("\u00ad\u00ad", []),
        ("grosse", ["Ä 3"]),
        ("a 3", ["Ä 3"]),
    ],
)
def test_a_search_finds_words_in_any_order_and_any_part_of_the_sku(search: str, found: list[str]) -> None:
    index = an_index(
        an_entry("RED/1 X", name="Crème-Teapot"),
        an_entry("blue 2", name="Teapot"),
        an_entry("Ä 3", name="Große Tasse"),
    )

    assert ids(index, Filter(search=search)) == found


# --- cursors


def a_cursor(index: LevelIndex, wanted: Filter, sort: LevelSort | None, order: Order | None) -> Position:
    following = index.find(wanted, sort, order, None, 1).next
    assert following
    return following


@pytest.mark.parametrize(
    ("wanted", "sort", "order"),
    [
        (EVERYTHING, None, Order.DESC),
        (EVERYTHING, LevelSort.NAME, None),
        (EVERYTHING, LevelSort.ON_HAND, None),
        (Filter(category="Kitchen"), None, None),
        (Filter(active=True), None, None),
        (Filter(search="teapot"), None, None),
    ],
)
def test_a_cursor_continues_its_own_list_only(wanted: Filter, sort: LevelSort | None, order: Order | None) -> None:
    index = an_index(*(an_entry(f"P-{number}") for number in range(3)))
    cursor = a_cursor(index, EVERYTHING, None, None)

    with pytest.raises(InvalidRequest) as refused:
        index.find(wanted, sort, order, cursor, 50)

    assert [error.field for error in refused.value.errors] == ["cursor"]
    assert a_cursor(index, wanted, sort, order) != cursor


def test_a_list_without_a_sort_is_the_list_by_product() -> None:
    index = an_index(*(an_entry(f"P-{number}") for number in range(3)))
    cursor = a_cursor(index, EVERYTHING, None, None)

    found = index.find(EVERYTHING, LevelSort.PRODUCT_ID, Order.ASC, cursor, 50)

    assert [key.product_id for key in found.keys] == ["P-1", "P-2"]


@pytest.mark.parametrize("value", ["", "=", "7", "=x", "=1.5", "=" + "9" * 50])
def test_a_cursor_whose_value_is_no_number_is_refused(value: str) -> None:
    index = an_index(*(an_entry(f"P-{number}") for number in range(3)))
    list_id, _, *key = a_cursor(index, EVERYTHING, LevelSort.ON_HAND, None)

    with pytest.raises(InvalidRequest):
        index.find(EVERYTHING, LevelSort.ON_HAND, None, (list_id, value, *key), 50)


def test_the_cursor_of_a_level_without_a_name_can_be_sent() -> None:
    index = an_index(an_entry("P-1", name=""), an_entry("P-2", name=""))
    cursor = write_cursor(a_cursor(index, EVERYTHING, LevelSort.NAME, None))

    found = index.find(EVERYTHING, LevelSort.NAME, None, read_cursor(cursor, CURSOR_PARTS), 50)

    assert [key.product_id for key in found.keys] == ["P-2"]


@pytest.mark.parametrize("order", list(Order))
def test_a_list_continues_after_the_longest_id_of_another_tool(order: Order) -> None:
    longest = "\U0001f6d2" * 512
    names = ["A", longest, "\U0001f6d3"]
    index = an_index(*(an_entry(name, "\U0001f6d2" * 256, name="\U0001f6d2" * 300) for name in names))
    listed: list[str] = []
    start: Position | None = None

    for _ in names:
        found = index.find(EVERYTHING, LevelSort.NAME, order, start, 1)
        listed += [key.product_id for key in found.keys]
        start = read_cursor(write_cursor(found.next), CURSOR_PARTS)

    assert listed == (names if order is Order.ASC else names[::-1])
    assert start is None


# --- figures


def test_retired_levels_have_no_status_but_what_is_held_of_them_counts() -> None:
    index = an_index(
        an_entry("P-1", reserved=3, available=7),
        an_entry("P-2", "outlet", on_hand=0, category="Bath"),
        an_entry("P-3", on_hand=0, reserved=4, active=False),
    )

    figures = index.figures()

    assert figures.statuses == Counter({StockStatus.IN_STOCK: 1, StockStatus.OUT_OF_STOCK: 1})
    assert (figures.levels, figures.reserved) == (3, 7)
    assert figures.categories == {"Bath", "Kitchen"}
    assert figures.warehouses == {"main", "outlet"}


@pytest.mark.parametrize(
    ("values", "needs"),
    [
        ({"on_hand": 10, "alert": 0}, False),
        ({"on_hand": 1, "alert": 0}, True),
        ({"on_hand": 1, "alert": 1}, False),
        ({"on_hand": 10, "alert": 1}, True),
        ({"on_hand": 1, "alert": 3}, True),
        ({"on_hand": 10, "alert": 4}, True),
        ({"on_hand": 10, "allocated": 8, "alert": 0}, True),
    ],
)
def test_levels_are_found_whose_alert_is_not_as_it_should_be(values: dict[str, Any], needs: bool) -> None:
    entry = an_entry(**values)
    expected = [entry.key] if needs else []

    assert an_index(entry).needing_alert() == expected
    assert LevelIndex.from_entries([entry]).needing_alert() == expected


# --- any levels, changes, filters, orders and pages


TEXTS = ["", "Kitchen", "kitchen", "Bäth", "Red Teapot", "teapot, ROT", "a\nb", "\x00", "ÉÈ 12", "x" * 300]
# A tool that is not ours may write 38 digits, and a time of any form.
NUMBERS = st.one_of(st.integers(-3, 12), st.sampled_from([2**31, -(2**63), 2**63, 10**38 - 1, 1 - 10**38]))
ENTRIES = st.builds(
    LevelEntry,
    product_id=st.sampled_from(["P-1", "P-2", "p-1", "Ä/1 x", "a\nb", "P-10", "\U0001f4a1"]),
    warehouse_id=st.sampled_from(["main", "outlet", "MAIN", "x\ny"]),
    name=st.sampled_from(TEXTS),
    category=st.sampled_from(TEXTS),
    on_hand=NUMBERS,
    reserved=NUMBERS,
    allocated=NUMBERS,
    available=NUMBERS,
    low_stock_threshold=NUMBERS,
    active=st.booleans(),
    version=NUMBERS,
    updated_at=st.sampled_from(["2026-11-27T10:00:00.000Z", "2026-11-26T10:00:00.000Z", "yesterday", ""]),
    shards=st.integers(1, 32),
    alert=st.integers(0, 7),
)
LEVELS = st.lists(ENTRIES, max_size=25, unique_by=lambda entry: entry.key)
CHANGES = st.lists(
    st.builds(
        lambda sequence, entry, is_there: changed(entry, sequence) if is_there else deleted(entry, sequence),
        st.integers(0, 10**30),
        ENTRIES,
        st.sampled_from([True, True, False]),
    ),
    max_size=15,
    unique_by=lambda change: change.sequence,
)
FILTERS = st.builds(
    Filter,
    category=st.none() | st.sampled_from([*TEXTS, "unknown"]),
    warehouse_id=st.none() | st.sampled_from(["main", "outlet", "unknown"]),
    status=st.none() | st.sampled_from(list(StockStatus)),
    active=st.none() | st.booleans(),
    search=st.none() | st.sampled_from(["teapot", "rot TEA", "p-1", "P-", "/1 X", "--", "12", "ba", "é1", "a b"]),
)


def applied(entries: list[LevelEntry], changes: list[Change[LevelEntry]]) -> list[LevelEntry]:
    """The levels after all changes."""
    levels = {entry.key: entry for entry in entries}
    for change in sorted(changes, key=lambda change: change.sequence):
        product_id, warehouse_id = change.key
        if change.entry:
            levels[change.entry.key] = change.entry
        else:
            levels.pop(LevelKey(product_id, warehouse_id), None)
    return list(levels.values())


def matches(entry: LevelEntry, wanted: Filter) -> bool:
    """Whether a level is on a list, in plain words."""
    if wanted.category is not None and wanted.category != entry.category:
        return False
    if wanted.warehouse_id is not None and wanted.warehouse_id != entry.warehouse_id:
        return False
    if wanted.status is not None and not (entry.active and entry.status is wanted.status):
        return False
    if wanted.active is not None and wanted.active is not entry.active:
        return False
    if wanted.search is None:
        return True
    sku, names = fold(entry.product_id), words(entry.name)
    searched = words(wanted.search)
    has_words = all(word in sku or any(word in name for name in names) for word in searched)
    return (bool(searched) and has_words) or fold(wanted.search) in sku


def place(entry: LevelEntry, sort: LevelSort) -> Any:
    value = getattr(entry, sort)
    if sort in (LevelSort.NAME, LevelSort.CATEGORY):
        value = value.casefold()
    return value[:200] if isinstance(value, str) else value, entry.product_id, entry.warehouse_id


SORTS = st.none() | st.sampled_from(list(LevelSort))
ORDERS = st.none() | st.sampled_from(list(Order))


@given(LEVELS, CHANGES, FILTERS, st.tuples(SORTS, ORDERS), st.integers(1, 7))
def test_a_list_is_what_looking_at_each_level_finds(
    entries: list[LevelEntry],
    changes: list[Change[LevelEntry]],
    wanted: Filter,
    sorting: tuple[LevelSort | None, Order | None],
    limit: int,
) -> None:
    sort, order = sorting
    after = applied(entries, changes)
    expected = sorted(
        (entry for entry in after if matches(entry, wanted)),
        key=lambda entry: place(entry, sort or LevelSort.PRODUCT_ID),
        reverse=order is Order.DESC,
    )
    of_columns = LevelIndex.from_columns(LevelColumns(encode(entries).get), changes)

    for index in (of_columns, LevelIndex.from_entries(after)):
        listed: list[LevelKey] = []
        start: Position | None = None
        for _ in range(len(expected) + 1):
            found = index.find(wanted, sort, order, start, limit)
            assert found.total == len(expected)
            listed += found.keys
            start = read_cursor(write_cursor(found.next), CURSOR_PARTS)
            if start is None:
                break
        assert listed == [entry.key for entry in expected]


@given(LEVELS, CHANGES)
def test_figures_and_entries_are_those_of_the_levels(
    entries: list[LevelEntry], changes: list[Change[LevelEntry]]
) -> None:
    after = applied(entries, changes)
    of_columns = LevelIndex.from_columns(LevelColumns(encode(entries).get), changes)

    for index in (of_columns, LevelIndex.from_entries(after)):
        figures = index.figures()
        assert figures.levels == index.count == len(after)
        assert +figures.statuses == Counter(entry.status for entry in after if entry.active)
        assert figures.reserved == sum(entry.reserved for entry in after)
        assert figures.categories == {entry.category for entry in after}
        assert figures.warehouses == {entry.warehouse_id for entry in after}
        assert list(index.entries()) == sorted(after, key=lambda entry: entry.key)
        assert all(index.entry(entry.key) == entry and index.has(entry.key) for entry in after)
        assert [index.has(entry.key) for entry in entries] == [
            entry.key in {one.key for one in after} for entry in entries
        ]
        assert index.needing_alert() == sorted(
            entry.key for entry in after if entry.is_low != bool(entry.alert & 1) or entry.alert >= 2
        )
