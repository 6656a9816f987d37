"""The journal: what was written is read, in few items; a batch that comes again replaces only itself."""

import random

import pytest

from inventory.read_model.entries import Change, Kind
from inventory.read_model.journal import ITEM_BYTES_MAX, Journal
from tests.support.read_model import A_REFUND, a_change, a_removal
from tests.support.shop import Shop


@pytest.fixture
def journal(shop: Shop) -> Journal:
    """The journal of a shop."""
    return Journal(shop.client, shop.tables)


def a_long_name(number: int) -> str:
    """A name that hardly can be compressed."""
    return "".join(chr(code) for code in random.Random(number).choices(range(0x4E00, 0x9FFF), k=200))


def rows(shop: Shop) -> int:
    return len(shop.rows(shop.tables.read_model))


def test_changes_are_read_as_they_were_written(journal: Journal) -> None:
    changes = [a_change(5), a_removal(7, "P-2")]

    journal.append(1, Kind.LEVELS, changes)

    read = journal.read(1, Kind.LEVELS, consistent=True)
    assert (read.changes, read.is_complete) == (changes, True)
    assert (read.units, read.bytes > 0) == (1, True)


def test_a_generation_and_a_kind_are_read_alone(journal: Journal) -> None:
    journal.append(1, Kind.LEVELS, [a_change(5)])
    journal.append(10, Kind.LEVELS, [a_change(6)])
    journal.append(1, Kind.REFUNDS, [Change(7, A_REFUND.entry_key, A_REFUND)])

    assert [change.sequence for change in journal.read(1, Kind.LEVELS).changes] == [5]
    assert journal.read(1, Kind.RESERVATIONS).changes == []


def test_no_changes_are_no_item(journal: Journal, shop: Shop) -> None:
    journal.append(1, Kind.LEVELS, [])

    assert rows(shop) == 0


def test_the_same_batch_again_is_the_same_item(journal: Journal, shop: Shop) -> None:
    journal.append(1, Kind.LEVELS, [a_change(5, on_hand=1), a_change(6, "P-2")])
    journal.append(1, Kind.LEVELS, [a_change(5, on_hand=2), a_change(6, "P-2")])

    assert rows(shop) == 1
    assert journal.read(1, Kind.LEVELS).changes[0] == a_change(5, on_hand=2)


def test_a_smaller_batch_with_the_same_first_record_takes_nothing_away(journal: Journal) -> None:
    journal.append(1, Kind.LEVELS, [a_change(5), a_change(6, "P-2")])
    journal.append(1, Kind.LEVELS, [a_change(5)])

    assert {change.key for change in journal.read(1, Kind.LEVELS).changes} == {("P-1", "main"), ("P-2", "main")}


def test_sequence_numbers_of_any_length_are_kept(journal: Journal) -> None:
    numbers = [10**39 + 7, 10**21 + 3, 1]
    journal.append(1, Kind.LEVELS, [a_change(number) for number in numbers])

    assert [change.sequence for change in journal.read(1, Kind.LEVELS).changes] == sorted(numbers)


def test_many_long_names_are_split_into_several_items(journal: Journal, shop: Shop) -> None:
    changes = [a_change(number, f"P-{number}", name=a_long_name(number)) for number in range(200)]

    journal.append(1, Kind.LEVELS, changes)

    sizes = [len(bytes(row["changes"])) for row in shop.rows(shop.tables.read_model)]
    assert len(sizes) > 1 and max(sizes) <= ITEM_BYTES_MAX
    assert journal.read(1, Kind.LEVELS, consistent=True).changes == changes


def test_a_read_stops_at_its_units_and_says_so(journal: Journal) -> None:
    for batch in range(30):
        numbers = range(batch * 40, batch * 40 + 40)
        journal.append(
            1, Kind.LEVELS, [a_change(number, f"P-{number}", name=a_long_name(number)) for number in numbers]
        )

    limited, whole = journal.read(1, Kind.LEVELS, units_max=40), journal.read(1, Kind.LEVELS)

    assert not limited.is_complete and whole.is_complete
    assert limited.units <= 40 and whole.units > 40
    assert limited.changes == whole.changes[: len(limited.changes)]


def test_small_items_within_the_units_are_read_whole(journal: Journal) -> None:
    for number in range(150):
        journal.append(1, Kind.LEVELS, [a_change(number, f"P-{number}")])

    read = journal.read(1, Kind.LEVELS, units_max=40)

    assert (read.is_complete, len(read.changes)) == (True, 150)
    assert read.units <= 8


@pytest.mark.parametrize("content", [b"", b"rubbish", None, "text"], ids=["empty", "rubbish", "absent", "text"])
def test_an_item_that_cannot_be_read_leaves_the_others(
    journal: Journal, shop: Shop, content: bytes | str | None
) -> None:
    journal.append(1, Kind.LEVELS, [a_change(5)])
    key = {"part": {"S": "journal-1"}, "entry": {"S": "levels-x"}}
    value = {} if content is None else {"changes": {"B": content} if isinstance(content, bytes) else {"S": content}}
    shop.client.put_item(TableName=shop.tables.read_model, Item={**key, **value})

    assert journal.read(1, Kind.LEVELS).changes == [a_change(5)]
