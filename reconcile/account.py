"""The stack that is looked at: its tables, and who looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from inventory.book_store import BookStore
from inventory.dynamodb import Tables
from inventory.stock_store import StockStore
from local import running_stack


class NoStack(Exception):
    """There is no such stack."""


@dataclass(frozen=True)
class Account:
    """A deployed stack, on AWS or on this machine."""

    books: BookStore
    stock: StockStore
    actor: str  # as AWS knows the caller

    @classmethod
    def on_this_machine(cls) -> "Account":
        """The local AWS that `make up` left running."""
        stack = running_stack()
        if stack is None:
            raise NoStack("No local AWS is running: make up")
        return cls.of(stack.client, stack.outputs)

    @classmethod
    def on_aws(cls, stack_name: str, region: str | None) -> "Account":
        """A stack of the account of the current credentials."""
        session = boto3.Session(region_name=region)
        cloudformation = session.client("cloudformation")
        try:
            [stack] = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
        except cloudformation.exceptions.ClientError as error:
            raise NoStack(f"There is no stack {stack_name}: {error}") from error
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
        return cls.of(session.client, outputs)

    @classmethod
    def of(cls, client: Any, outputs: Mapping[str, str]) -> "Account":
        """The stack with these outputs, as these clients see it."""
        try:
            tables = Tables(
                outputs["InventoryTableName"],
                outputs["ReservationsTableName"],
                outputs["MovementsTableName"],
                outputs["CustomersTableName"],
            )
        except KeyError as error:
            raise NoStack(f"This is another stack: it has no output {error}") from error
        dynamodb = client("dynamodb")
        return cls(
            BookStore(dynamodb, tables), StockStore(dynamodb, tables), client("sts").get_caller_identity()["Arn"]
        )
