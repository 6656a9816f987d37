"""The figures of a load test, and the files that it writes."""

from pathlib import Path

import pytest

from tools.load_test import report
from tools.load_test.plan import Call, Plan
from tools.load_test.results import Outcome, Result, Row, by_call, by_second, csv_lines, percentile
from tools.load_test.shoppers import outcome_of

PLAN = Plan(5, 30, 10, 20)


def result(planned: float, latency: float, call: Call = Call.LOOK_UP, outcome: Outcome = Outcome.OK) -> Result:
    """A call that was answered so long after its planned moment."""
    return Result(call, planned, planned + latency, outcome)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([1.0], 50, 1.0),
        ([1.0], 99, 1.0),
        ([1.0, 2.0], 50, 1.0),
        ([1.0, 2.0, 3.0], 50, 2.0),
        ([float(number) for number in range(1, 101)], 99, 99.0),
        ([float(number) for number in range(1, 102)], 99, 100.0),
        ([float(number) for number in range(1, 101)], 100, 100.0),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(values: list[float], percent: float, expected: float) -> None:
    assert percentile(values, percent) == expected


def test_a_latency_counts_from_the_planned_moment() -> None:
    assert Result(Call.PAY, planned=2.0, answered=5.5, outcome=Outcome.OK).latency == 3.5


def test_there_is_a_row_for_each_call_and_one_for_all() -> None:
    rows = by_call(
        [
            result(0.0, 0.1),
            result(0.5, 0.2, Call.RESERVE, Outcome.REFUSED),
            result(1.0, 0.3, Call.RESERVE, Outcome.UNDECIDED),
            result(1.5, 9.0, Call.PAY, Outcome.ERROR),
        ]
    )

    assert [(row.name, row.calls, row.refused, row.undecided, row.errors) for row in rows] == [
        ("look up", 1, 0, 0, 0),
        ("reserve", 2, 1, 1, 0),
        ("pay", 1, 0, 0, 1),
        ("all", 4, 1, 1, 1),
    ]
    assert [rows[-1].p50, rows[-1].longest] == pytest.approx([0.2, 9.0])


def test_a_call_belongs_to_the_second_of_its_planned_moment() -> None:
    rows = by_second([result(0.9, 5.0), result(1.0, 0.1, outcome=Outcome.ERROR), result(1.9, 0.3)])

    assert [(row.name, row.calls, row.errors) for row in rows] == [("0", 1, 0), ("1", 2, 1)]


def test_the_seconds_are_csv_in_milliseconds() -> None:
    lines = csv_lines([Row("7", 12, 3, 2, 1, 0.0214, 1.5, 2.0)])

    assert lines[1:] == ["7,12,3,2,1,21,1500,2000"]
    assert lines[0].count(",") == lines[1].count(",")


def test_without_a_call_there_is_no_row() -> None:
    assert by_call([]) == by_second([]) == []


@pytest.mark.parametrize(
    ("call", "status", "outcome"),
    [
        (Call.LOOK_UP, 200, Outcome.OK),
        (Call.RESERVE, 201, Outcome.OK),
        (Call.RESERVE, 202, Outcome.UNDECIDED),
        (Call.RESERVE, 409, Outcome.REFUSED),
        (Call.PAY, 409, Outcome.REFUSED),
        (Call.LOOK_UP, 409, Outcome.ERROR),
        (Call.RESERVE, 429, Outcome.ERROR),
        (Call.RESERVE, 400, Outcome.ERROR),
        (Call.PAY, 404, Outcome.ERROR),
        (Call.PAY, 503, Outcome.ERROR),
        (Call.PAY, 0, Outcome.ERROR),  # no answer
    ],
)
def test_a_status_is_an_outcome(call: Call, status: int, outcome: Outcome) -> None:
    assert outcome_of(call, status) is outcome


def test_the_plot_and_the_tables_are_written(tmp_path: Path) -> None:
    directory = tmp_path / ".local" / "load-test"
    directory.parent.mkdir()

    for _ in range(2):  # the second run replaces the files of the first
        report.write(directory, PLAN, [result(0.1, 0.2), result(1.2, 0.4, Call.RESERVE)])

    assert {file.name for file in directory.iterdir()} == {"plot.png", "seconds.csv", "summary.md"}
    assert (directory / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert "| reserve | 1 | 0 | 0 | 0 | 400 | 400 | 400 |" in (directory / "summary.md").read_text()
    assert list((tmp_path / ".local").iterdir()) == [directory]  # nothing temporary is left


def test_a_plot_that_cannot_be_drawn_leaves_the_results_of_the_run_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / ".local" / "load-test"
    directory.parent.mkdir()
    report.write(directory, PLAN, [result(0.1, 0.2)])
    before = {file.name: file.read_bytes() for file in directory.iterdir()}

    def fails(*_: object) -> None:
        raise OSError("no space is left")

    monkeypatch.setattr(report, "draw", fails)
    with pytest.raises(OSError, match="no space"):
        report.write(directory, PLAN, [result(0.1, 0.9)])

    assert {file.name: file.read_bytes() for file in directory.iterdir()} == before
