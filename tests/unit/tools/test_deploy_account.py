"""What the checks of `make deploy` read from an account, with the answers of AWS."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from tools.deploy.account import Account
from tools.deploy.certificate import Certificate
from tools.deploy.errors import NoAccount
from tools.deploy.stack import DeployedStack

STACK_ID = "arn:aws:cloudformation:eu-central-1:123456789012:stack/inventory/1"
ARN = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-1111-2222-333344445555"
VARIABLES = ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


class AnsweringAccount(Account):
    """An account in which one call has a prepared answer or error, and no call leaves this machine."""

    def __init__(self, service: str, region: str = "eu-central-1") -> None:
        self.id, self.region = "123456789012", "eu-central-1"
        self._prepared = boto3.client(
            service, region_name=region, aws_access_key_id="test", aws_secret_access_key="test"
        )  # type: ignore[call-overload]
        self._service, self._region = service, region
        self.stubber = Stubber(self._prepared)
        self.stubber.activate()

    def _client(self, service: Any, region: str | None = None) -> Any:
        assert (service, region or self.region) == (self._service, self._region)
        return self._prepared


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> pytest.MonkeyPatch:
    """A machine without credentials and without a region."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch


def sign_in(machine: pytest.MonkeyPatch) -> None:
    """Set credentials, and let STS accept them."""
    machine.setenv("AWS_ACCESS_KEY_ID", "test")
    machine.setenv("AWS_SECRET_ACCESS_KEY", "test")
    machine.setattr(
        Account, "_client", lambda *_: type("Sts", (), {"get_caller_identity": lambda self: {"Account": "1234"}})()
    )


def test_missing_credentials_and_a_missing_region_are_two_sentences(machine: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoAccount) as raised:
        Account(None, None, None)

    assert [sentence.split(":")[0] for sentence in raised.value.sentences] == [
        "There are no AWS credentials",
        "There is no region",
    ]


def test_an_unknown_profile_is_one_sentence(machine: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoAccount, match=r"The config profile \(shop\) could not be found"):
        Account("shop", "eu-central-1", None)


def test_an_invalid_region_is_one_sentence(machine: pytest.MonkeyPatch) -> None:
    machine.setenv("AWS_ACCESS_KEY_ID", "test")
    machine.setenv("AWS_SECRET_ACCESS_KEY", "test")

    with pytest.raises(NoAccount, match="eu central 1"):
        Account(None, "eu central 1", None)


@pytest.mark.parametrize(
    ("given", "default", "variable", "region"),
    [
        ("eu-west-1", "eu-west-2", "eu-west-3", "eu-west-1"),
        (None, "eu-west-2", "eu-west-3", "eu-west-2"),
        (None, None, "eu-west-3", "eu-west-3"),
    ],
)
def test_the_region_is_that_of_the_stage_then_of_the_credentials_then_of_the_variable(
    machine: pytest.MonkeyPatch, given: str | None, default: str | None, variable: str | None, region: str
) -> None:
    sign_in(machine)
    if default:
        machine.setenv("AWS_DEFAULT_REGION", default)

    account = Account(None, given, variable)

    assert (account.id, account.region) == ("1234", region)


def test_a_stack_is_read_with_its_parameters() -> None:
    account = AnsweringAccount("cloudformation")
    stack = {
        "StackName": "inventory",
        "CreationTime": datetime.now(UTC),
        "StackStatus": "CREATE_COMPLETE",
        "Parameters": [{"ParameterKey": "Runtime", "ParameterValue": "python3.12"}],
    }
    account.stubber.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "inventory"})

    assert account.stack("inventory") == DeployedStack("CREATE_COMPLETE", {"Runtime": "python3.12"})


def test_a_stack_that_does_not_exist_is_none() -> None:
    account = AnsweringAccount("cloudformation")
    account.stubber.add_client_error("describe_stacks", "ValidationError", "Stack with id inventory does not exist")

    assert account.stack("inventory") is None


def test_a_stack_that_may_not_be_read_is_one_sentence() -> None:
    account = AnsweringAccount("cloudformation")
    account.stubber.add_client_error("describe_stacks", "AccessDenied", "not authorized to perform DescribeStacks")

    with pytest.raises(NoAccount, match="The stack inventory cannot be read: .*not authorized"):
        account.stack("inventory")


def test_only_change_sets_that_can_be_executed_are_open() -> None:
    account = AnsweringAccount("cloudformation")
    states = {"AVAILABLE": "declined", "EXECUTE_COMPLETE": "executed", "UNAVAILABLE": "empty"}
    summaries = [{"ChangeSetId": f"arn:{name}", "ExecutionStatus": state} for state, name in states.items()]
    account.stubber.add_response("list_change_sets", {"Summaries": summaries})

    assert account.open_change_sets("inventory") == {"arn:declined"}


def test_change_sets_of_a_stack_that_does_not_exist_are_none() -> None:
    account = AnsweringAccount("cloudformation")
    account.stubber.add_client_error("list_change_sets", "ValidationError", "Stack [inventory] does not exist")

    assert account.open_change_sets("inventory") == set()


def test_a_certificate_is_read_in_the_region_of_cloudfront_with_all_its_names() -> None:
    account = AnsweringAccount("acm", "us-east-1")
    described = {"DomainName": "a.example", "SubjectAlternativeNames": ["a.example", "*.b.example"], "Status": "ISSUED"}
    account.stubber.add_response("describe_certificate", {"Certificate": described}, {"CertificateArn": ARN})

    assert account.certificate(ARN) == Certificate("ISSUED", ["*.b.example", "a.example"])


def test_a_certificate_that_does_not_exist_is_none_and_another_error_is_not() -> None:
    account = AnsweringAccount("acm", "us-east-1")
    account.stubber.add_client_error("describe_certificate", "ResourceNotFoundException", "Could not find certificate")
    account.stubber.add_client_error("describe_certificate", "AccessDeniedException", "not authorized")

    assert account.certificate(ARN) is None
    with pytest.raises(ClientError, match="not authorized"):
        account.certificate(ARN)


def test_an_event_bus_is_found_by_its_name() -> None:
    account = AnsweringAccount("events")
    account.stubber.add_response("describe_event_bus", {"Name": "shop"}, {"Name": "shop"})
    account.stubber.add_client_error("describe_event_bus", "ResourceNotFoundException")

    assert account.has_event_bus("shop")
    assert not account.has_event_bus("shop")


def test_the_concurrency_is_that_of_the_account() -> None:
    account = AnsweringAccount("lambda")
    account.stubber.add_response("get_account_settings", {"AccountLimit": {"ConcurrentExecutions": 10}})

    assert account.concurrency() == 10
