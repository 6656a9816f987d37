"""What the demo shows: tables of what happened, and the commands to look further."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from demo.history import History
from demo.scenarios import Ending, Scenario
from local.stack import Stack


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
                status = f"{ending.status}, rescued" if ending.rescued else ending.status
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
