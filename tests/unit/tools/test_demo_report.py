"""The demo's report fits into 80 columns, its ids can be copied, and it is plain where it should be."""

import io
import re
import sys
from collections import Counter
from dataclasses import replace

import pytest
from rich.console import Console

from tools.console import new_console
from tools.demo.costs.calls import CHANGE
from tools.demo.costs.usage import Usage, read_prices
from tools.demo.execution_history import ExecutionHistory
from tools.demo.progress import show_step
from tools.demo.report import show_calls, show_messages, show_outcomes, show_usage
from tools.demo.scenarios import SCENARIOS, Outcome

PATH = (
    "ReserveStock",
    "IsStockReserved",
    "AwaitPayment",
    "ReleaseStock",
    "RouteOutcome",
    "CommitStock",
    "AlertLowStock",
)
LONG_ID = "DEMO-20261126-021812-measured-21-60-instead"
STORY = "the storefront shows 5: 2 in main + 3 in outlet"
USAGE = Usage(
    outcome="paid, one low-stock alert",
    states=12,
    function_seconds=(0.1, 0.1, 0.1),
    calls=Counter(TransactWriteItems=12, BatchGetItem=10, UpdateItem=13, GetItem=10),
    write_units=116,
    index_write_units=14,
    read_units=12.5,
    publishes=1,
    http_calls=2,
)


class Terminal(io.StringIO):
    """An output that a person sees."""

    def isatty(self) -> bool:
        return True


def report(console: Console) -> None:
    """Everything that the demo shows, with long names."""
    scenario = SCENARIOS[0]
    outcomes = [
        Outcome(scenario.name, f"{LONG_ID}-{number}", "COMMITTED", "CANCELLED", False, story=[STORY])
        for number in range(8)
    ]
    histories = {outcome.reservation_id: ExecutionHistory(PATH, ()) for outcome in outcomes}
    message = {"type": "PAYMENT_UNFULFILLED", "payment_reference": f"PAY-{LONG_ID}", "reservation_id": LONG_ID}
    level = {"name": "Kettle of steel " * 4, "product_id": "P-1", "warehouse_id": "main"}
    alert = level | {"on_hand": 1, "low_stock_threshold": 2, "reservation_id": LONG_ID}
    with show_step(console, "Loading"):
        pass
    show_outcomes(console, [scenario], outcomes, histories)
    show_messages(console, [alert], [message])
    show_usage(console, [USAGE], read_prices())
    show_calls(console, [replace(USAGE, outcome=CHANGE)], read_prices())


def test_no_line_is_longer_than_80_columns_and_no_id_is_broken() -> None:
    shown = io.StringIO()
    report(Console(file=shown, width=80, color_system=None))

    lines = shown.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    for text in (f"{LONG_ID}-0", f"PAY-{LONG_ID}", *PATH, "outcome", "over", "TransactWriteItems", STORY, "300.00"):
        assert any(text in line for line in lines), text


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}])
def test_a_terminal_with_no_color_is_plain(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in shown_on(Terminal(), variables, monkeypatch)


def test_a_terminal_has_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in shown_on(Terminal(), {"TERM": "xterm-256color"}, monkeypatch)


def test_a_pipe_is_plain_and_as_wide_as_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = shown_on(io.StringIO(), {}, monkeypatch)

    assert not re.search(r"[\x1b\r]", shown)
    assert max(map(len, shown.splitlines())) <= 80


def test_an_encoding_without_our_symbols_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", output)

    new_console().print("✓ Loading …")

    output.flush()
    assert output.buffer.getvalue() == b"? Loading ?\n"


def test_a_narrow_terminal_shows_whole_tables_in_lines_that_it_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = shown_on(io.StringIO(), {}, monkeypatch)

    assert shown_on(Terminal(), {"TERM": "xterm", "COLUMNS": "30"}, monkeypatch) == wide


def shown_on(output: io.StringIO, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The report on an output."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "TERM", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", output)
    report(new_console())
    return output.getvalue()
