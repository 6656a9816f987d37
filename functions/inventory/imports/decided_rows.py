"""Which rows of a file are decided, and how: a byte for each line, as a file may have a million."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from inventory.imports.catalogue_csv import ERRORS_MAX, RowError
from inventory.imports.report import Tally
from inventory.stock.batch import ACCEPTANCE, Decision
from inventory.stock.counts import ChangeOutcome

_OUTCOMES = tuple(ChangeOutcome)  # a line's byte is the place here, counted from 1; 0: it is not decided


@dataclass(slots=True)
class DecidedRows:
    """The outcomes of rows, by their lines, and the first errors of refused ones."""

    errors: list[RowError] = field(default_factory=list)
    error_count: int = 0
    _codes: bytearray = field(default_factory=bytearray)

    @classmethod
    def of(cls, decisions: Iterable[tuple[int, Decision]]) -> Self:
        """The rows that earlier runs have decided."""
        decided = cls()
        for line, decision in decisions:
            if line != ACCEPTANCE:
                decided.add(line, decision)
        return decided

    def add(self, line: int, decision: Decision) -> None:
        """Keep the outcome of a row."""
        if line >= len(self._codes):
            self._codes.extend(bytes(max(line + 1 - len(self._codes), len(self._codes))))
        self._codes[line] = 1 + _OUTCOMES.index(decision.outcome)
        self.error_count += len(decision.errors)
        missing = ERRORS_MAX - len(self.errors)
        self.errors += [RowError(line, error.field, error.message) for error in decision.errors[:missing]]

    def __contains__(self, line: int) -> bool:
        return self.outcome(line) is not None

    def outcome(self, line: int) -> ChangeOutcome | None:
        """What became of a row; None if it is not decided."""
        code = self._codes[line] if line < len(self._codes) else 0
        return _OUTCOMES[code - 1] if code else None

    def tally(self) -> Tally:
        """How many rows have which outcome, without their errors."""
        numbers = {outcome: self._codes.count(code) for code, outcome in enumerate(_OUTCOMES, start=1)}
        return Tally(
            created=numbers[ChangeOutcome.CREATED],
            changed=numbers[ChangeOutcome.CHANGED],
            unchanged=numbers[ChangeOutcome.UNCHANGED],
            failed=numbers[ChangeOutcome.REFUSED],
        )
