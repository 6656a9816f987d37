"""A snapshot of levels is written as a whole, or from the one before and what changed since."""

import zlib
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import ReadModelMissing
from inventory.model import LevelKey
from inventory.read_model.entries import Change, LevelEntry
from inventory.read_model.levels import writing
from inventory.read_model.levels.columns import LevelColumns
from inventory.read_model.levels.index import LevelIndex
from inventory.read_model.levels.order import LevelSort
from inventory.read_model.levels.packing import (
    pack_codes,
    pack_numbers,
    pack_texts,
    unpack_codes,
    unpack_numbers,
    unpack_texts,
)
from inventory.read_model.levels.writing import apply, encode
from tests.support.read_model.level_entries import Filter, an_entry, changed, deleted
from tests.unit.functions.read_model.test_level_index import CHANGES, LEVELS, applied

# --- columns as bytes


@given(st.lists(st.integers(1 - 10**38, 10**38 - 1)))
@pytest.mark.parametrize("bits", [0, 7, 15, 31, 63])
def test_numbers_of_any_size_are_kept(bits: int, numbers: list[int]) -> None:
    edges = [-(1 << bits), (1 << bits) - 1]

    assert list(unpack_numbers(pack_numbers(edges))) == edges
    assert list(unpack_numbers(pack_numbers(numbers))) == numbers


@given(st.lists(st.text()))
def test_texts_are_kept_with_their_lines(texts: list[str]) -> None:
    assert unpack_texts(pack_texts(texts)) == texts
    assert unpack_codes(pack_codes(texts)).listed() == texts


@pytest.mark.parametrize("number", [1, 255, 256, 257, 65_536, 65_537])
def test_a_column_may_have_any_number_of_different_texts(number: int) -> None:
    texts = [f"text {row}" for row in range(number)] * 2

    codes = unpack_codes(pack_codes(texts))

    assert codes.listed() == texts
    assert (codes[0], codes[number - 1], codes[number]) == (texts[0], texts[number - 1], texts[0])
    found = codes.rows_with(texts[number - 1])
    assert found is not None and list(found.rows()) == [number - 1, 2 * number - 1]
    assert codes.rows_with("unknown") is None


# --- the next snapshot


@pytest.mark.parametrize("sorted_anew_from", [0, 100], ids=["sorted anew", "put into the orders"])
@given(entries=LEVELS, changes=CHANGES)
def test_the_next_snapshot_is_the_one_of_the_levels_after_the_changes(
    sorted_anew_from: int, entries: list[LevelEntry], changes: list[Change[LevelEntry]]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writing, "SORTED_ANEW_FROM", sorted_anew_from)
        following = apply(LevelColumns(encode(entries).get), changes)

    assert following == encode(applied(entries, changes))


def test_the_order_of_entries_does_not_matter_and_the_later_of_two_counts() -> None:
    first, second = an_entry("P-1", on_hand=1), an_entry("P-2")

    assert encode([second, an_entry("P-1", on_hand=9), first]) == encode([first, second])


def test_the_deletion_of_a_level_that_is_not_there_changes_nothing() -> None:
    files = encode([an_entry("P-1")])

    assert apply(LevelColumns(files.get), [deleted(an_entry("P-2"))]) == files


def test_changes_are_applied_in_sequence() -> None:
    files = apply(LevelColumns(encode([]).get), [deleted(an_entry(), 3), changed(an_entry(), 2)])

    assert LevelColumns(files.get).count == 0


# --- loading


def test_a_list_loads_only_the_columns_that_it_needs() -> None:
    files = encode([an_entry("P-1"), an_entry("P-2")])
    loaded = []

    def load(name: str) -> bytes | None:
        loaded.append(name)
        return files.get(name)

    LevelIndex.from_columns(LevelColumns(load)).find(Filter(), LevelSort.ON_HAND, None, None, 50)

    assert sorted(loaded) == [
        "levels/contents",
        "levels/on_hand",
        "levels/order-on_hand",
        "levels/product_id",
        "levels/warehouse_id",
    ]


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no zlib", zlib.compress(b""), zlib.compress(b"J[1"), zlib.compress(b"?")],
    ids=["gone", "empty", "not compressed", "nothing", "half", "another form"],
)
def test_a_snapshot_without_one_of_its_files_is_missing(content: bytes | None) -> None:
    files = {**encode([an_entry("P-1")])}
    for name in ("levels/contents", "levels/product_id"):
        damaged = {**files, name: content}
        index = LevelIndex.from_columns(LevelColumns(lambda name, found=damaged: found.get(name)))  # type: ignore[misc]

        with pytest.raises(ReadModelMissing):
            index.find(Filter(), None, None, None, 50)


def test_a_file_that_could_not_be_read_once_is_read_again() -> None:
    files = encode([an_entry("P-1")])
    answers = [TimeoutError()]

    def load(name: str) -> bytes | None:
        if name == "levels/product_id" and answers:
            raise answers.pop()
        return files.get(name)

    index = LevelIndex.from_columns(LevelColumns(load))

    with pytest.raises(TimeoutError):
        index.find(Filter(), None, None, None, 50)
    assert index.find(Filter(), None, None, None, 50).total == 1


def test_threads_that_share_a_snapshot_load_each_file_once() -> None:
    files = encode([an_entry(f"P-{number}") for number in range(100)])
    loaded: list[str] = []

    def load(name: str) -> bytes | None:
        loaded.append(name)
        return files.get(name)

    index = LevelIndex.from_columns(LevelColumns(load))
    together = Barrier(4)
    found: list[list[LevelKey]] = []

    def list_levels() -> None:
        together.wait(timeout=10)
        found.append(index.find(Filter(), LevelSort.NAME, None, None, 5).keys)

    threads = [Thread(target=list_levels) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert found == [found[0]] * 4
    assert len(loaded) == len(set(loaded))
