"""How many rows one call of an administrator reads: its page ends before it would cost more than a call may."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from inventory.aws.changes import Item

Key = TypeVar("Key")

UNITS_MAX = 100  # of one call
UNIT_BYTES = 4_096  # of a consistent read; an eventually consistent one reads twice as much
FIRST_ROWS = 10  # how large rows are is known when some were read
FIRST_ROW_UNITS = 4  # of each of the first ones: few rows have more


class ReadBudget:
    """The read units that a call may still spend."""

    def __init__(self, units: float = UNITS_MAX) -> None:
        self.left = units

    @property
    def is_spent(self) -> bool:
        """Whether not even a small row can be read."""
        return self.left < 1

    @property
    def first_size(self) -> int:
        """How many rows are read first, of which nothing is known."""
        return min(FIRST_ROWS, max(1, int(self.left // FIRST_ROW_UNITS)))

    def spend(self, units: float) -> None:
        self.left -= units

    def rows(
        self,
        keys: Sequence[Key],
        read: Callable[[Sequence[Key]], Mapping[Key, Item]],
        more: Callable[[Item], int] = lambda _: 0,
    ) -> tuple[dict[Key, Item], int]:
        """The rows of as many keys, in their order, as the budget pays for; and how many keys these are: one at least.

        Args:
            more: the units of what is read in addition to show a row.
        """
        found: dict[Key, Item] = {}
        number, size = 0, self.first_size
        while number < len(keys) and size > 0:
            chunk = keys[number : number + size]
            rows = read(chunk)
            self.spend(len(chunk) - len(rows) + sum(map(units_of, rows.values())))
            for key in chunk:
                row = rows.get(key)
                in_addition = more(row) if row is not None else 0
                if number and in_addition > max(0, self.left):
                    return found, number
                self.spend(in_addition)
                found |= {key: row} if row is not None else {}
                number += 1
            average = (self._spent_on(found, more) + number - len(found)) / number
            size = int(self.left // average)
        return found, number

    def size(self, items: Sequence[Item], wanted: int) -> int:
        """How many more items a query may read, given those that it has read: at most as many as are wanted."""
        read = units_of(*items) / 2 / len(items) if items else 1.0
        return min(wanted, int(self.left // read))

    @staticmethod
    def _spent_on(found: Mapping[Key, Item], more: Callable[[Item], int]) -> int:
        return sum(units_of(row) + more(row) for row in found.values())


def units_of(*items: Item) -> int:
    """The units of a consistent read of some items, about."""
    return max(1, -(-sum(map(_bytes, items)) // UNIT_BYTES))


def _bytes(value: Any) -> int:
    """About how many bytes DynamoDB counts for a value."""
    match value:
        case str():
            return len(value.encode("utf-8", "surrogatepass"))
        case dict():
            return 3 + sum(len(name) + 1 + _bytes(content) for name, content in value.items())
        case list() | tuple() | set() | frozenset():
            return 3 + sum(1 + _bytes(content) for content in value)
        case bytes() | bytearray():
            return len(value)
        case _:
            return len(str(value))
