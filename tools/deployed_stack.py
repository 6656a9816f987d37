"""The stack that a command works with: on AWS by its name, or the local one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from inventory.aws.dynamodb import Tables
from tools.local import Stack, running_stack
from tools.local.errors import LocalAwsError


class NoStack(Exception):
    """There is no such stack."""


@dataclass(frozen=True)
class DeployedStack:
    """A deployed stack as its caller sees it."""

    client: Any  # makes a boto3 client of a service, with the caller's credentials
    session: boto3.Session  # what the caller signs with
    outputs: Mapping[str, str]

    @classmethod
    def on_this_machine(cls) -> "DeployedStack":
        """The local AWS that `make up` left running, as its operator sees it; raises NoStack."""
        try:
            stack = running_stack()
        except LocalAwsError as error:
            raise NoStack(str(error)) from error
        if stack is None:
            raise NoStack("No local AWS is running: make up")
        return cls.of_local(stack)

    @classmethod
    def of_local(cls, stack: Stack) -> "DeployedStack":
        """The stack of a local AWS, as its operator sees it."""
        signer = stack.operator
        session = boto3.Session(signer.access_key_id, signer.secret_access_key, region_name=stack.region)
        return cls(stack.client, session, stack.outputs)

    @classmethod
    def on_aws(cls, stack_name: str, region: str | None) -> "DeployedStack":
        """A stack of the account of the current credentials; raises NoStack."""
        session = boto3.Session(region_name=region)
        try:
            [stack] = session.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
        except ClientError as error:
            raise NoStack(f"The stack {stack_name} cannot be looked at: {error}") from error
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
        return cls(session.client, session, outputs)

    def output(self, name: str) -> str:
        """One output; raises NoStack where another sort of stack has none of that name."""
        try:
            return self.outputs[name]
        except KeyError as error:
            raise NoStack(f"This is another stack: it has no output {error}") from error

    @property
    def tables(self) -> Tables:
        """The names of its tables."""
        return Tables(
            self.output("InventoryTableName"),
            self.output("ReservationsTableName"),
            self.output("MovementsTableName"),
            self.output("CustomersTableName"),
        )

    @property
    def caller(self) -> str:
        """Who calls, as AWS knows them."""
        arn: str = self.client("sts").get_caller_identity()["Arn"]
        return arn
