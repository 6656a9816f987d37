"""The demo's report: tables of what happened, and commands for more details."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tools.demo.costs.usage import Usage
from tools.demo.execution_history import ExecutionHistory
from tools.demo.scenarios import Outcome, Scenario
from tools.local.stack import Stack


def show_outcomes(
    console: Console,
    scenarios: Sequence[Scenario],
    outcomes: Sequence[Outcome],
    histories: Mapping[str, ExecutionHistory],
) -> None:
    """Show the outcome and the path of every execution; executions with the same path share their lines."""
    console.print("The outcome of every checkout", style="bold")
    for scenario in scenarios:
        same_path: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for outcome in outcomes:
            if outcome.scenario == scenario.name:
                detail = "rescued" if outcome.rescued else outcome.reason
                status = f"{outcome.status}, {detail}" if detail else outcome.status
                states = histories[outcome.reservation_id].states
                same_path.setdefault((status, states), []).append(outcome.reservation_id)
        _show_lines(console, scenario.name)
        for (status, states), ids in same_path.items():
            more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
            _show_lines(console, f"{status}: {ids[0]}{more}", indent=2)
            _show_lines(console, f"{len(states)} states: {' › '.join(states)}", indent=4, style="dim")
        for sentence in (
            sentence for outcome in outcomes if outcome.scenario == scenario.name for sentence in outcome.story
        ):
            _show_lines(console, sentence, indent=4)
    console.print()


def show_messages(
    console: Console, low_stock: Sequence[Mapping[str, Any]], operations: Sequence[Mapping[str, Any]]
) -> None:
    """Show the messages that SNS delivered."""
    console.print("Messages delivered by SNS", style="bold")
    for message in low_stock:
        cause = message.get("reservation_id") or str(message.get("movement_id")).replace("\u001f", " ")
        _show_lines(
            console,
            f"low stock: {message['name']} ({message['product_id']} in {message['warehouse_id']}):"
            f" {message['on_hand']} on hand, threshold {message['low_stock_threshold']}, by {cause}",
            indent=2,
        )
    for message in operations:
        sentence = f"operations: {message['type']}: {message['payment_reference']} of {message['reservation_id']}"
        _show_lines(console, sentence, indent=2)
    console.print()


def show_calls(console: Console, usages: Sequence[Usage], prices: Mapping[str, Mapping[str, float]]) -> None:
    """Show what calls used that are no checkouts, and their cost."""
    console.print("Usage of other calls, and the cost of a million of them, in US dollars", style="bold")
    for usage in usages:
        dollars = sum(usage.dollars_per_million(prices).values()) + usage.http_dollars_per_million(prices)
        _show_lines(
            console,
            f"{usage.outcome}: {usage.write_units:,} write units, {usage.read_units:,g} read units,"
            f" {sum(usage.function_seconds):.1f} s, {dollars:,.2f}",
            indent=2,
        )
    console.print()


def _show_lines(console: Console, text: str, *, indent: int = 0, style: str = "") -> None:
    """Show a text in lines that break at spaces only, so that an id can be copied."""
    console.print(Padding(Text(text, style=style), (0, 0, 0, indent)))


def show_usage(console: Console, usages: Sequence[Usage], prices: Mapping[str, Mapping[str, float]]) -> None:
    """Show what one checkout of each outcome used, and what a million of them would cost."""
    table = _table(
        "Usage of one checkout of each outcome", *("states", "functions", "write units", "index", "read units")
    )
    for usage in usages:
        numbers = (len(usage.function_seconds), usage.write_units, usage.index_write_units, f"{usage.read_units:g}")
        table.add_row(usage.outcome, str(usage.states), *(str(number) for number in numbers))
        table.add_row(Text(f"  {_calls(usage)}", style="dim"))
    console.print(table)
    _show_lines(
        console,
        "Capacity units are computed from item sizes by AWS's rules, with task tokens as long as on AWS.",
        style="dim",
    )
    console.print()
    services = ("Step Functions", "Lambda", "DynamoDB", "SNS")
    costs = _table("Cost of a million checkouts on AWS, in US dollars", *services, "total", "over HTTP")
    for usage in usages:
        dollars = usage.dollars_per_million(prices)
        costs.add_row(
            usage.outcome,
            *(f"{dollars[service]:,.2f}" for service in services),
            f"{sum(dollars.values()):,.2f}",
            f"+ {usage.http_dollars_per_million(prices):,.2f}",
        )
    console.print(costs)
    _show_lines(
        console,
        "Prices: tools/demo/costs/prices.toml. Lambda's cost is computed from the durations on this machine.",
        style="dim",
    )
    console.print()


def _calls(usage: Usage) -> str:
    """The calls of DynamoDB."""
    return ", ".join(f"{count} {operation}" for operation, count in sorted(usage.calls.items()))


def _table(title: str, *columns: str) -> Table:
    """A table of numbers by outcome, which fits into 80 columns."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1))
    table.add_column("outcome")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def show_next_commands(console: Console, stack: Stack, execution_arn: str, *, keeps_running: bool) -> None:
    """Show commands to paste: the history of one execution, and the rows of all reservations."""
    console.print()
    if not keeps_running:
        console.print("[bold]More details[/bold]: run `make up` first; `make demo` then keeps that local AWS running.")
        return
    console.print("[bold]More details[/bold] (this local AWS keeps running):")
    console.print(
        f"  export AWS_ACCESS_KEY_ID={stack.operator.access_key_id}"
        f" AWS_SECRET_ACCESS_KEY={stack.operator.secret_access_key} AWS_DEFAULT_REGION={stack.region}\n"
        f"  .venv/bin/aws stepfunctions get-execution-history --endpoint-url {stack.stepfunctions_endpoint_url}"
        f" --execution-arn {execution_arn}\n"
        f"  .venv/bin/aws dynamodb scan --endpoint-url {stack.endpoint_url}"
        f" --table-name {stack.outputs['ReservationsTableName']}",
        soft_wrap=True,
        highlight=False,
    )
