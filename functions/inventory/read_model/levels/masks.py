"""Sets of rows: a byte for each row, which is 1 if the row is in the set. All that is done with them is done in C."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce
from itertools import compress
from typing import Self

from inventory.values import dataclass

BYTES = range(256)


@dataclass(frozen=True, slots=True)
class Mask:
    """The rows whose byte is 1; all others are 0."""

    flags: bytes | bytearray

    @classmethod
    def of_all(cls, size: int) -> Self:
        """Every row."""
        return cls(b"\x01" * size)

    @classmethod
    def of_none(cls, size: int) -> Self:
        """No row."""
        return cls(bytes(size))

    @classmethod
    def all_of(cls, masks: "Iterable[Mask]") -> "Mask":
        """The rows that are in each of the masks, of which there is at least one."""
        return reduce(Mask._and, masks)

    def _and(self, other: "Mask") -> "Mask":
        both = int.from_bytes(self.flags, "little") & int.from_bytes(other.flags, "little")
        return Mask(both.to_bytes(len(self.flags), "little"))

    def where(self, is_wanted: Callable[[int], bool]) -> "Mask":
        """Those of the rows for which something is true: of few rows, as each is asked in Python."""
        flags = bytearray(len(self.flags))
        for row in self.rows():
            flags[row] = is_wanted(row)
        return Mask(flags)

    def without(self, rows: Iterable[int]) -> "Mask":
        """The same but some rows."""
        flags = bytearray(self.flags)
        for row in rows:
            flags[row] = 0
        return Mask(flags)

    @property
    def count(self) -> int:
        return self.flags.count(1)

    def rows(self) -> Iterator[int]:
        """The rows in their own order."""
        return compress(range(len(self.flags)), self.flags)

    def among(self, rows: Sequence[int]) -> Iterator[int]:
        """Those of some rows that are in the mask, in the given order."""
        return compress(rows, map(self.flags.__getitem__, rows))


def any_of(values: bytes, wanted: AbstractSet[int]) -> Mask:
    """The rows that have one of these bytes as their value."""
    return Mask(values.translate(bytes(value in wanted for value in BYTES)))
