"""What the demo shows: tables of what happened, and the commands to look further."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.demo.history import History
from tools.demo.measure import Usage
from tools.demo.scenarios import Ending, Scenario
from tools.local.stack import Stack


def show_outcomes(
    console: Console, scenarios: Sequence[Scenario], endings: Sequence[Ending], histories: Mapping[str, History]
) -> None:
    """Every execution by its scenario, its outcome and its path; those alike share a line."""
    table = Table(title="What became of every checkout", title_justify="left", show_lines=False)
    for column in ("scenario", "executions", "reservation", "states entered", "path"):
        table.add_column(column, overflow="fold", justify="right" if column == "states entered" else "left")
    for scenario in scenarios:
        alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for ending in endings:
            if ending.scenario == scenario.name:
                more = "rescued" if ending.rescued else ending.reason
                status = f"{ending.status}, {more}" if more else ending.status
                states = histories[ending.reservation_id].states
                alike.setdefault((status, states), []).append(ending.reservation_id)
        for (status, states), ids in alike.items():
            named = ids[0] if len(ids) == 1 else f"{len(ids)}: {ids[0]} …"
            table.add_row(scenario.name, named, status, str(len(states)), " › ".join(states))
    console.print(table)


def show_messages(
    console: Console, low_stock: Sequence[Mapping[str, Any]], operations: Sequence[Mapping[str, Any]]
) -> None:
    """What SNS delivered."""
    table = Table(title="What SNS delivered", title_justify="left")
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
    """What one checkout of each outcome used, and what a million of them would cost."""
    table = Table(title="What one checkout takes (each played alone)", title_justify="left")
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
        "[dim]Units are counted from item sizes by AWS's rules, with task tokens of AWS's length.[/dim]",
        highlight=False,
    )
    costs = Table(title="What a million of them cost on AWS, in dollars", title_justify="left")
    costs.add_column("outcome")
    services = ("Step Functions", "Lambda", "DynamoDB", "SNS")
    for column in (*services, "in all", "over HTTP"):
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
        "[dim]Prices: demo/prices.toml. Lambda's share is of the times measured here, emulators included.[/dim]",
        highlight=False,
    )


def show_how_to_look_further(console: Console, stack: Stack, execution_arn: str, *, still_running: bool) -> None:
    """Commands to paste: the story of one execution, and its reservation's row."""
    console.print()
    if still_running:
        console.print("[bold]Look further[/bold] (this local AWS keeps running):")
    else:
        console.print(
            "[bold]Look further[/bold]: `make up`, then `make demo` plays on it and leaves it running for these:"
        )
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
