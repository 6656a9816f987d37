"""Search by parts of ids in segments: what is found, in which order, page by page, and how segments are merged."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from inventory.errors import InvalidRequest, ReadModelMissing
from inventory.model import Status
from inventory.read_model.entries import Change, Kind, ReservationEntry
from inventory.read_model.search import segments
from inventory.read_model.search.rows import SearchRow
from inventory.read_model.search.search import Search, SearchSegments
from inventory.read_model.search.segments import SegmentFiles, SegmentRef, merged_segments, read_segment
from tests.support.read_model.files import MemoryFiles

RESERVATIONS = Kind.RESERVATIONS


def row(number: int, *ids: str) -> SearchRow:
    """The row of a reservation that was created in this minute."""
    return SearchRow(f"2026-03-01T{number // 60:02}:{number % 60:02}:00.000Z", (f"R-{number:04}",), ids)


def change(number: int, *, gone: bool = False, **values: Any) -> Change[ReservationEntry]:
    """A change of a reservation that is not merged yet."""
    name, at = f"R-{number:04}", row(number).at
    texts: dict[str, Any] = {"order_id": None, "customer_id": None, "payment_reference": None} | values
    entry = ReservationEntry(name, name, **texts, status=Status.HELD, created_at=at, decided_at=None, held_until=at)
    return Change(number, (name,), None if gone else entry)


class Segments:
    """Segments of reservations in memory."""

    def __init__(self) -> None:
        self.files = MemoryFiles()
        self.refs: list[SegmentRef] = []
        self._merges = 0

    def merge(self, *changes: SearchRow | tuple[str, None]) -> list[str]:
        """Merge rows, or keys of rows that are gone; the names of the files that were written."""
        self._merges += 1
        files = SegmentFiles(self.files, f"s{self._merges}")
        rows = {one.key if isinstance(one, SearchRow) else (one[0],): one for one in changes}
        found: Mapping[Any, SearchRow | None] = {
            key: one if isinstance(one, SearchRow) else None for key, one in rows.items()
        }
        self.refs = merged_segments(files, RESERVATIONS, self.refs, found, lambda: True)
        return files.written

    def rows(self) -> list[SearchRow]:
        return [one for ref in self.refs for one in read_segment(self.files, RESERVATIONS, ref).rows()]

    def search(self, changes: Sequence[Change[Any]] = (), clock: Any = lambda: 0.0) -> SearchSegments:
        return SearchSegments(self.files, {RESERVATIONS: self.refs}, {RESERVATIONS: changes}, clock)

    def finds(self, text: str, *changes: Change[Any], exact: bool = False) -> list[str]:
        """The names of all reservations that are found, over pages of two."""
        search, start, names = Search(text, exact=exact), None, []
        while True:
            page = self.search(changes).search(search, 2, start)
            names += [key[0] for key in page.keys[RESERVATIONS]]
            start = page.next
            if start is None:
                return names


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Segments:
    """No segments, each of which takes four rows."""
    monkeypatch.setattr(segments, "ROWS_MAX", 4)
    return Segments()


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("r-0001", True),
        ("der-É".lower(), True),
        ("ORDER-e", True),
        ("pay 1", True),
        ("order-e\x1fpay", False),
        ("x", False),
    ],
)
def test_a_part_of_any_id_is_found_whatever_its_case_and_accents(stored: Segments, text: str, is_found: bool) -> None:
    stored.merge(row(1, "Order-É", "Pay 1"))

    assert stored.finds(text) == (["R-0001"] if is_found else [])


def test_ids_of_other_tools_are_kept_whatever_is_in_them(stored: Segments) -> None:
    strange = row(1, "a\nb\x1fc\x1ed\x1be", "É\x1f")
    stored.merge(strange, row(2))

    assert stored.rows() == [row(2), strange]


def test_all_rows_are_found_once_the_newest_first(stored: Segments) -> None:
    for start in range(0, 30, 3):
        stored.merge(*(row(number) for number in range(start, start + 3)))

    assert stored.finds("r-0") == [f"R-{number:04}" for number in reversed(range(30))]
    assert len(stored.refs) == 8


def test_what_changed_since_counts_more_than_segments(stored: Segments) -> None:
    stored.merge(*(row(number, f"order-{number}") for number in range(8)))

    found = stored.finds("order-", change(3, gone=True), change(5, order_id="another"), change(20, order_id="order-20"))

    assert found == ["R-0020", "R-0007", "R-0006", "R-0004", "R-0002", "R-0001", "R-0000"]


def test_an_exact_search_finds_no_longer_ids(stored: Segments) -> None:
    stored.merge(row(1, "C-1"), row(2, "C-11"), row(3, "C-1"))

    assert stored.finds("C-1", exact=True) == ["R-0003", "R-0001"]


def test_a_merge_rewrites_only_the_segments_that_change(stored: Segments) -> None:
    stored.merge(*(row(number) for number in range(40)))

    assert len(stored.merge(row(40))) == 1
    assert len(stored.merge(row(5, "order-5"))) == 1
    assert stored.merge(row(5, "order-5"), row(6)) == []
    assert len(stored.merge(("R-0000", None))) == 1
    assert [one.key[0] for one in stored.rows()] == [f"R-{number:04}" for number in range(40, 0, -1)]


def test_segments_that_become_small_are_joined(stored: Segments) -> None:
    stored.merge(*(row(number) for number in range(16)))

    stored.merge(*((f"R-{number:04}", None) for number in range(16) if number % 4))

    assert len(stored.refs) == 2
    assert [one.key[0] for one in stored.rows()] == ["R-0012", "R-0008", "R-0004", "R-0000"]


def test_a_row_whose_time_another_tool_changed_is_in_one_place(stored: Segments) -> None:
    stored.merge(*(row(number) for number in range(12)))

    stored.merge(row(2)._replace(at=row(30).at))

    assert [one.key[0] for one in stored.rows()].count("R-0002") == 1


def test_a_search_ends_in_time_and_says_where_it_continues(stored: Segments) -> None:
    stored.merge(*(row(number, "order") for number in range(12)))
    times = iter(range(1_000))

    page = stored.search(clock=lambda: float(next(times))).search(Search("order"), 100)

    assert [key[0] for key in page.keys[RESERVATIONS]] == ["R-0011", "R-0010", "R-0009", "R-0008"]
    rest = stored.search().search(Search("order"), 100, page.next)
    assert len(rest.keys[RESERVATIONS]) == 8 and rest.next is None


def test_a_position_of_another_search_is_refused(stored: Segments) -> None:
    stored.merge(*(row(number, "order") for number in range(12)))
    page = stored.search().search(Search("order"), 2)

    for other in (Search("orde"), Search("order", exact=True), Search("order", frozenset({RESERVATIONS}))):
        with pytest.raises(InvalidRequest, match="cursor"):
            stored.search().search(other, 2, page.next)


def test_a_segment_that_is_gone_means_that_the_model_is_missing(stored: Segments) -> None:
    stored.merge(row(1))
    stored.files.stored.clear()

    with pytest.raises(ReadModelMissing):
        stored.search().search(Search("r-"), 2)
