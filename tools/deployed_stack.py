"""The deployed stack that a command works with: on AWS, or on the local AWS."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from inventory.aws.dynamodb import Tables
from tools.aws_errors import sentence_of
from tools.local import Stack, running_stack
from tools.local.deployment.sam import stack_name as local_stack_name
from tools.local.errors import LocalAwsError
from tools.local.processes.environment import forget_account_of_caller
from tools.local.settings import PROJECT
from tools.local.stack import reachable_api

AWS_HOST = re.compile(r"\.(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$")


class NoStack(Exception):
    """The stack does not exist, cannot be read, or is a different kind of stack."""


@dataclass(frozen=True)
class DeployedStack:
    """A deployed stack, with the credentials of the caller."""

    client: Any  # a function that creates a boto3 client of a service
    session: boto3.Session  # has the caller's credentials
    outputs: Mapping[str, str]
    name: str
    is_on_aws: bool  # not on a local AWS

    @classmethod
    def on_this_machine(cls) -> "DeployedStack":
        """The stack on the local AWS that `make up` started, with the operator's credentials.

        Raises:
            NoStack: no local AWS is running.
        """
        forget_account_of_caller()
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
        return cls(stack.client, session, stack.outputs, local_stack_name(PROJECT), is_on_aws=False)

    @classmethod
    def on_aws(cls, stack_name: str, region: str | None) -> "DeployedStack":
        """A stack in the AWS account of the current credentials, or on the local AWS of AWS_ENDPOINT_URL.

        Raises:
            NoStack: the stack cannot be read.
        """
        try:
            session = boto3.Session(region_name=region)
            cloudformation = session.client("cloudformation")
            [stack] = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
        except (BotoCoreError, ClientError) as error:
            raise NoStack(_unreadable(stack_name, error)) from error
        url = cloudformation.meta.endpoint_url
        is_on_aws = bool(AWS_HOST.search(urlsplit(url).hostname or ""))
        outputs = {
            output["OutputKey"]: output["OutputValue"] if is_on_aws else reachable_api(output["OutputValue"], url)
            for output in stack.get("Outputs", ())
        }
        return cls(session.client, session, outputs, stack_name, is_on_aws)

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
            self.output("RefundsTableName"),
            self.output("FailedExecutionsTableName"),
            self.output("IdempotencyTableName"),
            self.output("PublishedTableName"),
            self.output("ReadModelTableName"),
            self.output("LedgerCheckpointsTableName"),
        )

    @property
    def caller(self) -> str:
        """The ARN of the caller."""
        arn: str = self.client("sts").get_caller_identity()["Arn"]
        return arn


def _unreadable(stack_name: str, error: BotoCoreError | ClientError) -> str:
    # CloudFormation has no code of its own for a stack that does not exist.
    if isinstance(error, ClientError) and "does not exist" in str(error):
        return (
            f"There is no stack {stack_name} in this account and region. `make deploy` creates it; "
            "another one is chosen by --stack-name and --region."
        )
    return f"The stack {stack_name} cannot be read: {sentence_of(error)}"
