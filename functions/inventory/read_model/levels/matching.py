"""Which levels a list has: the filter of the admin API, compared with one level."""

from collections.abc import Sequence
from typing import Any, Protocol

from inventory.identifiers import SEPARATOR
from inventory.model import StockStatus
from inventory.read_model.entries import ALERTED, LevelEntry
from inventory.read_model.folding import fold, words
from inventory.read_model.levels.masks import Mask


class Wanted(Protocol):
    """A filter of levels; None is no condition.

    A status is what shoppers see, so a list with a status has no retired levels.
    """

    @property
    def category(self) -> str | None: ...
    @property
    def warehouse_id(self) -> str | None: ...
    @property
    def status(self) -> StockStatus | None: ...
    @property
    def active(self) -> bool | None: ...
    @property
    def search(self) -> str | None: ...


class Listed(Protocol):
    """A level as filters see it: its row, or its entry in the read model."""

    @property
    def product_id(self) -> str: ...
    @property
    def warehouse_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def active(self) -> bool: ...
    @property
    def status(self) -> StockStatus: ...


class Search:
    """What is searched for: each word is a part of a word of the name, or of the SKU.

    Then a SKU that has the whole text as a part is found too. Of signs without any word it must have the whole text.
    """

    def __init__(self, text: str) -> None:
        whole = fold(text).strip()
        found = set(words(text)) or ({whole} if whole else set())
        self._parts = sorted(found, key=len, reverse=True)  # a long part is rare

    def matches(self, line: str) -> bool:
        """Whether the search line of a level has it."""
        return bool(self._parts) and all(part in line for part in self._parts)

    def rows_in(self, lines: Sequence[str]) -> Mask:
        """The rows whose search lines have it."""
        if not self._parts:
            return Mask.of_none(len(lines))
        first, *others = self._parts
        found = Mask(bytes([first in line for line in lines]))
        return found.where(lambda row: all(part in lines[row] for part in others)) if others else found


def search_line(product_id: str, name: str) -> str:
    """What a search looks at, on one line: the folded words of the name, and the folded SKU.

    Nothing that is searched for contains the separator: it is folded to a space.
    """
    return f"{' '.join(words(name))}{SEPARATOR}{fold(product_id)}"


def needs_alert(entry: LevelEntry) -> bool:
    """Whether the alert of a level is perhaps not as it should be: the scheduled check reads it."""
    return entry.is_low != bool(entry.alert & ALERTED) or bool(entry.alert & ~ALERTED)


def content_of(wanted: Wanted) -> dict[str, Any]:
    """A filter as plain values."""
    return {
        "category": wanted.category,
        "warehouse_id": wanted.warehouse_id,
        "status": wanted.status,
        "active": wanted.active,
        "search": wanted.search,
    }


def matches(level: Listed, wanted: Wanted, search: Search | None) -> bool:
    """Whether a level is on the list.

    Args:
        search: what `wanted` searches for, prepared once for many levels; None if it searches for nothing.
    """
    return (
        wanted.category in (None, level.category)
        and wanted.warehouse_id in (None, level.warehouse_id)
        and (wanted.status is None or (level.active and level.status is wanted.status))
        and wanted.active in (None, level.active)
        and (search is None or search.matches(search_line(level.product_id, level.name)))
    )
