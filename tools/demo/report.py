"""The demo's report: tables of what happened, and commands for more details."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

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
    """Show the outcome and the path of every execution; executions with the same path share a line."""
    table = Table(title="The outcome of every checkout", title_justify="left", show_lines=False)
    for column in ("scenario", "executions", "reservation", "states entered", "path"):
        table.add_column(column, overflow="fold", justify="right" if column == "states entered" else "left")
    for scenario in scenarios:
        same_path: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for outcome in outcomes:
            if outcome.scenario == scenario.name:
                detail = "rescued" if outcome.rescued else outcome.reason
                status = f"{outcome.status}, {detail}" if detail else outcome.status
                states = histories[outcome.reservation_id].states
                same_path.setdefault((status, states), []).append(outcome.reservation_id)
        for (status, states), ids in same_path.items():
            executions = ids[0] if len(ids) == 1 else f"{len(ids)}: {ids[0]} …"
            table.add_row(scenario.name, executions, status, str(len(states)), " › ".join(states))
    console.print(table)


def show_messages(
    console: Console, low_stock: Sequence[Mapping[str, Any]], operations: Sequence[Mapping[str, Any]]
) -> None:
    """Show the messages that SNS delivered."""
    table = Table(title="Messages delivered by SNS", title_justify="left")
    for column in ("topic", "message"):
        table.add_column(column, overflow="fold")
    for message in low_stock:
        cause = message.get("reservation_id") or message.get("movement_id")
        table.add_row(
            "low stock",
            f"{message['name']} ({message['product_id']} in {message['warehouse_id']}): {message['on_hand']} on hand,"
            f" threshold {message['low_stock_threshold']}, by {cause}",
        )
    for message in operations:
        table.add_row("operations", f"{message['type']}: {message['payment_reference']} of {message['reservation_id']}")
    console.print(table)


def show_usage(console: Console, usages: Sequence[Usage], prices: Mapping[str, Mapping[str, float]]) -> None:
    """Show what one checkout of each outcome used, and what a million of them would cost."""
    table = Table(title="Usage of one checkout of each outcome", title_justify="left")
    columns = ("outcome", "states", "functions", "DynamoDB calls", "transactions", "write units", "index", "read units")
    for column in columns:
        table.add_column(column, justify="left" if column in ("outcome", "DynamoDB calls") else "right")
    for usage in usages:
        calls = ", ".join(f"{count} {operation}" for operation, count in sorted(usage.calls.items()))
        numbers = (usage.transactions, usage.write_units, usage.index_write_units, f"{usage.read_units:g}")
        table.add_row(
            usage.outcome, str(usage.states), str(len(usage.function_seconds)), calls, *(str(n) for n in numbers)
        )
    console.print(table)
    console.print(
        "[dim]Capacity units are computed from item sizes by AWS's rules, with task tokens as long as on AWS.[/dim]",
        highlight=False,
    )
    costs = Table(title="Cost of a million checkouts on AWS, in US dollars", title_justify="left")
    costs.add_column("outcome")
    services = ("Step Functions", "Lambda", "DynamoDB", "SNS")
    for column in (*services, "total", "over HTTP"):
        costs.add_column(column, justify="right")
    for usage in usages:
        dollars = usage.dollars_per_million(prices)
        costs.add_row(
            usage.outcome,
            *(f"{dollars[service]:,.2f}" for service in services),
            f"{sum(dollars.values()):,.2f}",
            f"+ {usage.http_dollars_per_million(prices):,.2f}",
        )
    console.print(costs)
    console.print(
        "[dim]Prices: tools/demo/costs/prices.toml. Lambda's cost is computed from the durations on this machine.[/dim]",
        highlight=False,
    )


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
