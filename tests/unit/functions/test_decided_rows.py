"""The outcomes of a file's rows, kept in little memory, say what the decisions say."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import FieldError
from inventory.imports.catalogue_csv import ERRORS_MAX, RowError
from inventory.imports.decided_rows import DecidedRows
from inventory.imports.report import Tally
from inventory.stock.batch import ACCEPTANCE, Decision
from inventory.stock.counts import ChangeOutcome

lines = st.dictionaries(st.integers(2, 3_000), st.sampled_from(ChangeOutcome), max_size=40)


@given(lines)
def test_each_decided_line_has_its_outcome_and_no_other_has_one(outcomes: dict[int, ChangeOutcome]) -> None:
    decided = DecidedRows.of((line, Decision(outcome)) for line, outcome in outcomes.items())

    assert {line: outcome for line in range(3_100) if (outcome := decided.outcome(line))} == outcomes
    assert all((line in decided) == (line in outcomes) for line in range(3_100))
    number = Counter(outcomes.values())
    assert decided.tally() == Tally(
        created=number[ChangeOutcome.CREATED],
        changed=number[ChangeOutcome.CHANGED],
        unchanged=number[ChangeOutcome.UNCHANGED],
        failed=number[ChangeOutcome.REFUSED],
    )


def test_the_acceptance_of_a_file_is_no_row() -> None:
    decided = DecidedRows.of([(ACCEPTANCE, Decision(ChangeOutcome.CHANGED, etag="E-1"))])

    assert decided.tally() == Tally()
    assert ACCEPTANCE not in decided


def test_the_first_errors_are_kept_and_all_are_counted() -> None:
    too_many = Decision(ChangeOutcome.REFUSED, (FieldError("on_hand", "too many"), FieldError("name", "empty")))
    decided = DecidedRows.of((line, too_many) for line in range(2, 2 + ERRORS_MAX))

    assert decided.error_count == 2 * ERRORS_MAX
    assert len(decided.errors) == ERRORS_MAX
    assert decided.errors[:3] == [
        RowError(2, "on_hand", "too many"),
        RowError(2, "name", "empty"),
        RowError(3, "on_hand", "too many"),
    ]
