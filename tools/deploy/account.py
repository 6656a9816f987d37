"""Reads from the AWS account what the checks need. Each call has a short time limit."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
)

from tools.deploy.certificate import REGION as CERTIFICATE_REGION
from tools.deploy.certificate import Certificate
from tools.deploy.errors import NoAccount
from tools.deploy.stack import DeployedStack

SHORT = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})

# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}


class Account:
    """The account and region of the current credentials."""

    def __init__(self, profile: str | None, region: str | None, environment_region: str | None) -> None:
        """Check that there are credentials and a region.

        Args:
            profile: a profile of the AWS configuration; None for the default.
            region: the region of the command line or the stage; None for that of the credentials.
            environment_region: the value of AWS_REGION, which boto3 does not read.

        Raises:
            NoAccount: there are none, or AWS does not accept them.
        """
        try:
            session = boto3.Session(profile_name=profile)
            found = region or session.region_name or environment_region
            missing = [] if session.get_credentials() else [account_problem(NoCredentialsError())]
            missing += [] if found else [account_problem(NoRegionError())]
            if not found or missing:
                raise NoAccount(missing)
            self.session = boto3.Session(profile_name=profile, region_name=found)
            self.region: str = found
            self.id: str = self._client("sts").get_caller_identity()["Account"]
        except (BotoCoreError, ClientError, ValueError) as error:
            raise NoAccount([account_problem(error)]) from error

    def stack(self, name: str) -> DeployedStack | None:
        """A stack, or None if it does not exist.

        Raises:
            NoAccount: the stack cannot be read.
        """
        try:
            [stack] = self._client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":  # the error for a stack that does not exist
                return None
            raise NoAccount([f"The stack {name} cannot be read: {error}"]) from error
        except BotoCoreError as error:
            raise NoAccount([account_problem(error)]) from error
        parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in stack.get("Parameters", ())}
        return DeployedStack(stack["StackStatus"], parameters)

    def open_change_sets(self, name: str) -> set[str]:
        """The ids of a stack's change sets that could be executed. Empty if they cannot be read."""
        try:
            pages = self._client("cloudformation").get_paginator("list_change_sets").paginate(StackName=name)
            summaries = [summary for page in pages for summary in page["Summaries"]]
        except (BotoCoreError, ClientError):
            return set()
        return {one["ChangeSetId"] for one in summaries if one.get("ExecutionStatus") == "AVAILABLE"}

    def certificate(self, arn: str) -> Certificate | None:
        """A certificate, or None if it does not exist.

        Raises:
            ClientError, BotoCoreError: the certificate cannot be read, for example without permission.
        """
        try:
            found = self._client("acm", CERTIFICATE_REGION).describe_certificate(CertificateArn=arn)["Certificate"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        names = {found["DomainName"], *found.get("SubjectAlternativeNames", ())}
        return Certificate(found["Status"], sorted(names))

    def concurrency(self) -> int:
        """The number of functions that the account can run at the same time in the region.

        Raises:
            ClientError, BotoCoreError: the limit cannot be read, for example without permission.
        """
        limit: int = self._client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
        return limit

    def has_event_bus(self, name: str) -> bool:
        """Whether there is an event bus of this name in the region.

        Raises:
            ClientError, BotoCoreError: it cannot be read, for example without permission.
        """
        try:
            self._client("events").describe_event_bus(Name=name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return False
            raise
        return True

    def _client(self, service: Any, region: str | None = None) -> Any:
        return self.session.client(service, region_name=region or self.region, config=SHORT)


def account_problem(error: Exception) -> str:
    """What is wrong with the credentials, the region or the connection, and what to do."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
    match error:
        case NoCredentialsError():
            return "There are no AWS credentials: sign in (aws sso login), or store them (aws configure)."
        case NoRegionError():
            return "There is no region: set AWS_DEFAULT_REGION, or region in the stage's section of samconfig.toml."
        case ConnectionError() | HTTPClientError():
            return f"AWS cannot be reached. Check the name of the region and your network: {error}"
        case ClientError() if code in EXPIRED:
            return "The AWS credentials have expired: sign in again (aws sso login), or renew them."
        case ClientError():
            return (
                f"AWS does not accept the credentials ({code}): sign in again. "
                "If they are right, turn on the region in the account's settings, and check this machine's clock."
            )
        case _:  # an unknown profile, an expired sign-in, unreadable configuration
            return f"The AWS credentials cannot be used: {str(error).rstrip('.')}. Sign in again, or correct ~/.aws/config."
