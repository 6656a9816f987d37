"""The deployed stack that a command works with: on AWS, or on the local AWS."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from inventory.aws.dynamodb import Tables
from tools.local import Stack, running_stack
from tools.local.errors import LocalAwsError
from tools.local.stack import reachable_api


class NoStack(Exception):
    """The stack does not exist, cannot be read, or is a different kind of stack."""


@dataclass(frozen=True)
class DeployedStack:
    """A deployed stack, with the credentials of the caller."""

    client: Any  # a function that creates a boto3 client of a service
    session: boto3.Session  # has the caller's credentials
    outputs: Mapping[str, str]

    @classmethod
    def on_this_machine(cls) -> "DeployedStack":
        """The stack on the local AWS that `make up` started, with the operator's credentials.

        Raises:
            NoStack: no local AWS is running.
        """
        try:
            stack = running_stack()
        except LocalAwsError as error:
            raise NoStack(str(error)) from error
        if stack is None:
            raise NoStack("No local AWS is running. Start it first: make up")
        return cls.of_local(stack)

    @classmethod
    def of_local(cls, stack: Stack) -> "DeployedStack":
        """The stack of a local AWS, with the operator's credentials."""
        signer = stack.operator
        session = boto3.Session(signer.access_key_id, signer.secret_access_key, region_name=stack.region)
        return cls(stack.client, session, stack.outputs)

    @classmethod
    def on_aws(cls, stack_name: str, region: str | None) -> "DeployedStack":
        """A stack in the AWS account of the current credentials, or on the local AWS at AWS_ENDPOINT_URL.

        Raises:
            NoStack: the stack cannot be read.
        """
        session = boto3.Session(region_name=region)
        try:
            [stack] = session.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
        except ClientError as error:
            raise NoStack(f"The stack {stack_name} cannot be read: {error}") from error
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
        if endpoint_url := os.environ.get("AWS_ENDPOINT_URL"):  # the host names of a local AWS have no addresses
            outputs = {name: reachable_api(value, endpoint_url) for name, value in outputs.items()}
        return cls(session.client, session, outputs)

    def output(self, name: str) -> str:
        """One output of the stack.

        Raises:
            NoStack: the stack has no such output, so it is a different kind of stack.
        """
        try:
            return self.outputs[name]
        except KeyError as error:
            raise NoStack(f"This is a different kind of stack: it has no output {error}") from error

    @property
    def tables(self) -> Tables:
        """The names of the stack's tables."""
        return Tables(
            self.output("InventoryTableName"),
            self.output("ReservationsTableName"),
            self.output("MovementsTableName"),
            self.output("CustomersTableName"),
        )

    @property
    def caller(self) -> str:
        """The ARN of the caller."""
        arn: str = self.client("sts").get_caller_identity()["Arn"]
        return arn
