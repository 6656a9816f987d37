"""The checks of `make deploy` before anything is built: what they find, and what they say."""

import argparse
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    UnauthorizedSSOTokenError,
)

from tests.support.template.source import ROOT, template
from tests.support.template.transformed import resources
from tools.deploy.account import account_problem
from tools.deploy.certificate import Certificate, covers
from tools.deploy.errors import DeployError, NoAccount, Problems
from tools.deploy.machine import build_problem
from tools.deploy.parameters import (
    Declared,
    declared_parameters,
    override_arguments,
    parameter_problems,
    parse_overrides,
)
from tools.deploy.preflight import Checked, check
from tools.deploy.settings import DeploySettings
from tools.deploy.stack import NAME_LENGTH_MAX, NAME_LENGTH_UNCUT, UPDATABLE, DeployedStack, way_out

SAMCONFIG = ROOT / "samconfig.toml"
DECLARED = declared_parameters(ROOT / "template.yaml")
DOMAIN = "stock.example.com"
ARN = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b"


@dataclass
class FakeAccount:
    """An account with at most one stack and one certificate."""

    status: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    known_certificate: Certificate | None = None
    functions_at_once: int = 1000
    event_buses: tuple[str, ...] = ("default",)
    error: Exception | None = None
    id: str = "123456789012"
    region: str = "eu-central-1"

    def stack(self, name: str) -> DeployedStack | None:
        return DeployedStack(self.status, self.parameters) if self.status else None

    def certificate(self, arn: str) -> Certificate | None:
        if self.error:
            raise self.error
        return self.known_certificate

    def concurrency(self) -> int:
        if self.error:
            raise self.error
        return self.functions_at_once

    def has_event_bus(self, name: str) -> bool:
        if self.error:
            raise self.error
        return name in self.event_buses

    def open_change_sets(self, name: str) -> set[str]:
        return set()


def an_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "what AWS says"}}, "AnyOperation")


def settings(stage: str = "default", *sam_arguments: str, samconfig: Path = SAMCONFIG, **given: Any) -> DeploySettings:
    """The settings of a command line."""
    defaults = dict.fromkeys(("stack_name", "region", "profile", "parameter_overrides"))
    flags = {"use_container": False, "no_page": False}
    return DeploySettings.of(samconfig, argparse.Namespace(stage=stage, **defaults | flags | given), sam_arguments)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A PATH with a Python of the template's runtime."""
    a_python(tmp_path, "3.13")
    return {"PATH": str(tmp_path)}


def a_python(folder: Path, version: str, name: str | None = None) -> None:
    """A program that answers as a Python of this version when its version is compared."""
    folder.mkdir(exist_ok=True)
    program = folder / (name or f"python{version}")
    wanted = tuple(map(int, version.split(".")))
    program.write_text(f'#!/bin/sh\ncase "$2" in *"!= {wanted}"*) exit 0;; esac\nexit 1\n')
    program.chmod(program.stat().st_mode | stat.S_IEXEC)


def checked(
    environment: Mapping[str, str], account: FakeAccount | None = None, wanted: DeploySettings | None = None
) -> Checked[FakeAccount]:
    return check(wanted or settings(), DECLARED, environment, lambda: account or FakeAccount())


def problems(
    environment: Mapping[str, str], account: FakeAccount | None = None, wanted: DeploySettings | None = None
) -> tuple[str, ...]:
    with pytest.raises(Problems) as raised:
        checked(environment, account, wanted)
    return raised.value.sentences


# --- The stage -------------------------------------------------------------------------------------------------------


def test_an_unknown_stage_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DeployError, match="no stage 'staging'. Choose one of default, prod"):
        settings("staging")


def test_the_local_stage_is_not_for_aws() -> None:
    with pytest.raises(DeployError, match="local AWS of make up. For AWS, choose one of default, prod"):
        settings("local")


@pytest.mark.parametrize("content", ["[default", '[default.global.parameters]\nregion = "eu-west-1"\n'])
def test_a_samconfig_that_cannot_be_used_is_one_sentence(tmp_path: Path, content: str) -> None:
    samconfig = tmp_path / "samconfig.toml"
    samconfig.write_text(content)

    with pytest.raises(DeployError, match=r"^samconfig.toml (cannot be read|has no stack_name)"):
        settings(samconfig=samconfig)


def test_the_section_of_the_command_overrides_the_global_one(tmp_path: Path) -> None:
    samconfig = tmp_path / "samconfig.toml"
    samconfig.write_text(
        '[default.global.parameters]\nstack_name = "shop"\nregion = "eu-west-1"\nparameter_overrides = "A=1"\n'
        '[default.deploy.parameters]\nregion = "eu-central-1"\nparameter_overrides = ["A=2", "B=3"]\n'
    )

    found = settings(samconfig=samconfig)

    assert (found.stack_name, found.region, found.overrides) == ("shop", "eu-central-1", {"A": "2", "B": "3"})


def test_parameters_of_the_command_line_are_added_to_those_of_the_stage() -> None:
    found = settings("prod", parameter_overrides=["LogRetentionDays=30", 'ReconcileHoldsRate="rate(2 minutes)"'])

    assert found.overrides == {
        "DeletionProtection": "true",
        "GradualDeployment": "true",
        "LogRetentionDays": "30",
        "ReconcileHoldsRate": "rate(2 minutes)",
    }


def test_a_guided_deployment_is_referred_to_sam() -> None:
    with pytest.raises(DeployError, match="sam build && sam deploy --guided"):
        settings("default", "--guided")


# --- Parameters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"ReconcileHoldsRate": "rate(2 minutes)", "LowStockEmail": "anna@example.com"},
        {"LowStockEmail": "", "StorefrontOrigin": "https://shop.example.com"},
        {"StorefrontCacheControl": "max-age=2, s-maxage=5", "AdminOrigin": "*"},
        {"A": "it's", "B": 'a "quoted" word', "C": "a,b", "D": "cron(0/5 * * * ? *)"},
    ],
)
def test_sam_reads_the_values_that_are_passed_to_it(values: dict[str, str]) -> None:
    [option, *arguments] = override_arguments(values)

    assert option == "--parameter-overrides"
    assert parse_overrides(arguments) == values


def test_overrides_in_another_format_are_one_sentence() -> None:
    with pytest.raises(DeployError, match="The parameter overrides cannot be read: AdminOrigin"):
        settings(parameter_overrides=["AdminOrigin"])


@pytest.mark.parametrize("stage", ["default", "prod"])
def test_the_parameters_of_the_stages_are_allowed(stage: str) -> None:
    assert settings(stage).overrides
    assert parameter_problems(DECLARED, settings(stage).overrides) == []


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("AdminOrgin=https://a.example", "no parameter AdminOrgin. Did you mean AdminOrigin?"),
        ("Colour=red", "no parameter Colour. docs/deployment.md lists all parameters."),
        ("GradualDeployment=yes", "The parameter GradualDeployment cannot be 'yes': choose one of true, false."),
        ("LogRetentionDays=2", "The parameter LogRetentionDays cannot be '2': choose one of 1, 3, 5"),
        ("LowStockEmail=anna", "The parameter LowStockEmail cannot be 'anna': it must match"),
        ("AdminOrigin=https://a.example/page", "The parameter AdminOrigin cannot be 'https://a.example/page'"),
        ("LongestHoldSeconds=0", "The parameter LongestHoldSeconds cannot be 0: it must be at least 1."),
        (
            "LongestHoldSeconds=2678401",
            "The parameter LongestHoldSeconds cannot be 2678401: it must be at most 2678400.",
        ),
        ("CustomerHoldsMax=many", "The parameter CustomerHoldsMax cannot be 'many': it must be a number."),
        ("Runtime=python2.7", "The parameter Runtime cannot be 'python2.7': choose one of python3.11"),
        ("MfaConfiguration=", "The parameter MfaConfiguration cannot be '': choose one of OFF, OPTIONAL, ON."),
    ],
)
def test_a_parameter_that_the_template_does_not_allow_is_named(
    environment: dict[str, str], override: str, sentence: str
) -> None:
    [problem] = problems(environment, wanted=settings(parameter_overrides=[override]))

    assert sentence in problem


def test_lengths_and_missing_values_are_checked_too() -> None:
    declared: Declared = {"Code": {"Type": "String", "MinLength": 2, "MaxLength": 3}, "Key": {"Type": "String"}}

    assert parameter_problems(declared, {"Code": "a"}) == [
        "The parameter Code is too short: it needs at least 2 characters.",
        "The parameter Key has no default: set it in samconfig.toml.",
    ]
    assert "at most 3 characters" in parameter_problems(declared, {"Code": "abcd", "Key": ""})[0]


def test_an_event_bus_that_does_not_exist_is_named_before_the_deployment(environment: dict[str, str]) -> None:
    wanted = settings(parameter_overrides=["EventBusName=shop"])

    [problem] = problems(environment, wanted=wanted)

    assert "There is no event bus shop" in problem and "create-event-bus --name shop" in problem


def test_an_event_bus_that_exists_may_be_named(environment: dict[str, str]) -> None:
    wanted = settings(parameter_overrides=["EventBusName=shop"])

    assert checked(environment, FakeAccount(event_buses=("default", "shop")), wanted).warnings == []


def test_an_event_bus_that_cannot_be_read_is_a_warning(environment: dict[str, str]) -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeEventBus")
    wanted = settings(parameter_overrides=["EventBusName=shop"])

    warnings = checked(environment, FakeAccount(error=denied), wanted).warnings

    assert any("The event bus shop could not be checked" in warning for warning in warnings)


# --- The stack's name and status -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["1inventory", "inventory_prod", "inventory prod", "-a", "", "lager-größe", "a" * 129])
def test_a_name_that_cloudformation_refuses_is_refused(environment: dict[str, str], name: str) -> None:
    wanted = DeploySettings("default", name, None, None, {})

    [problem] = problems(environment, wanted=wanted)

    assert "name" in problem


def test_the_longest_name_fits_everything_that_the_template_derives_from_it() -> None:
    limits = {
        ("AWS::CloudFront::Distribution", "Comment"): 128,
        ("AWS::Logs::LogGroup", "LogGroupName"): 512,
        ("AWS::Cognito::UserPool", "UserPoolName"): 128,
        ("AWS::KMS::Key", "Description"): 8192,
        ("AWS::SSM::Parameter", "Name"): 900,  # the ARN may have 1,011
        ("AWS::Logs::MetricFilter", "MetricNamespace"): 255,
        ("AWS::ApiGateway::RestApi", "Name"): 1024,
        ("AWS::AppSync::Api", "OwnerContact"): 250,
    }
    derived = {
        (kind, key): len(value["Fn::Sub"].replace("${AWS::StackName}", ""))
        for kind in {resource["Type"] for resource in template()["Resources"].values()}
        for properties in resources(kind).values()
        for key, value in named(properties)
        if "${AWS::StackName}" in value["Fn::Sub"]
    }

    assert ("AWS::CloudFront::Distribution", "Comment") in derived
    for place, length in derived.items():
        assert length + NAME_LENGTH_MAX <= limits[place], place


def named(content: Any) -> list[tuple[str, dict[str, str]]]:
    """Every key whose value is an Fn::Sub of a text, at any depth."""
    if isinstance(content, list):
        return [found for part in content for found in named(part)]
    if not isinstance(content, dict):
        return []
    here = [(key, value) for key, value in content.items() if is_sub(value)]
    return here + [found for value in content.values() for found in named(value)]


def is_sub(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("Fn::Sub"), str)


def test_function_names_are_whole_up_to_the_length_that_the_warning_names() -> None:
    longest = max(map(len, resources("AWS::Lambda::Function")))

    assert NAME_LENGTH_UNCUT == 64 - len("--") - 12 - longest


@pytest.mark.parametrize(("length", "warned"), [(NAME_LENGTH_UNCUT, False), (NAME_LENGTH_UNCUT + 1, True)])
def test_a_long_name_is_a_warning(environment: dict[str, str], length: int, warned: bool) -> None:
    found = checked(environment, wanted=settings(stack_name="s" * length))

    assert any("cuts the names of functions" in warning for warning in found.warnings) == warned


@pytest.mark.parametrize("status", [None, "REVIEW_IN_PROGRESS", *sorted(UPDATABLE)])
def test_a_stack_that_can_be_deployed_has_no_problem(environment: dict[str, str], status: str | None) -> None:
    assert checked(environment, FakeAccount(status)).warnings == []


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name inventory --region eu-central-1"),
        ("ROLLBACK_FAILED", "aws cloudformation delete-stack --stack-name inventory"),
        ("DELETE_FAILED", "aws cloudformation delete-stack --stack-name inventory"),
        ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --stack-name inventory"),
        ("CREATE_FAILED", "aws cloudformation rollback-stack --stack-name inventory"),
        ("UPDATE_FAILED", "aws cloudformation rollback-stack --stack-name inventory"),
        ("CREATE_IN_PROGRESS", "Wait until it has ended: aws cloudformation describe-stacks"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "Wait until it has ended"),
        ("DELETE_IN_PROGRESS", "Wait until it has ended"),
        ("IMPORT_ROLLBACK_FAILED", "docs/deployment.md"),
    ],
)
def test_a_stack_that_cannot_be_deployed_comes_with_the_way_out(
    environment: dict[str, str], status: str, command: str
) -> None:
    [problem] = problems(environment, FakeAccount(status))

    assert status in problem and command in problem


def test_a_stack_that_kept_its_resources_can_go_on_without_rollback(environment: dict[str, str]) -> None:
    wanted = settings("default", "--disable-rollback")

    assert checked(environment, FakeAccount("CREATE_FAILED"), wanted).stack
    assert problems(environment, FakeAccount("ROLLBACK_COMPLETE"), wanted)


def test_the_guide_that_a_way_out_names_exists() -> None:
    [(path, heading)] = re.findall(r"(docs/\S+)#(\S+)", way_out("inventory", "eu-central-1", "ROLLBACK_FAILED"))
    headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text(), re.MULTILINE)

    assert heading in [text.lower().replace(" ", "-") for text in headings]


# --- The certificate -------------------------------------------------------------------------------------------------


def with_domain(domain: str = DOMAIN, arn: str = ARN) -> DeploySettings:
    return settings(parameter_overrides=[f"AdminUiDomainName={domain}", f'AdminUiCertificateArn="{arn}"'])


@pytest.mark.parametrize(
    ("domain", "arn", "sentence"),
    [
        (DOMAIN, "", "AdminUiCertificateArn is not set"),
        ("", ARN, "AdminUiDomainName is not: set the domain"),
        (
            DOMAIN,
            ARN.replace("us-east-1", "eu-central-1"),
            "is in eu-central-1, but CloudFront reads certificates only",
        ),
        (DOMAIN, "arn:aws:iam::123456789012:server-certificate/a", "AdminUiCertificateArn cannot be"),
        ("Stock.example.com", ARN, "AdminUiDomainName cannot be 'Stock.example.com'"),
    ],
)
def test_a_domain_and_a_certificate_that_do_not_fit_are_one_problem(
    environment: dict[str, str], domain: str, arn: str, sentence: str
) -> None:
    [problem] = problems(environment, FakeAccount(), with_domain(domain, arn))

    assert sentence in problem


@pytest.mark.parametrize(
    ("certificate", "sentence"),
    [
        (None, "does not exist in this account"),
        (Certificate("PENDING_VALIDATION", [DOMAIN]), "is PENDING_VALIDATION, not ISSUED"),
        (Certificate("EXPIRED", [DOMAIN]), "is EXPIRED, not ISSUED"),
        (Certificate("ISSUED", ["example.com", "*.shop.example.com"]), f"does not cover {DOMAIN}"),
    ],
)
def test_a_certificate_that_cloudfront_cannot_use_is_refused(
    environment: dict[str, str], certificate: Certificate | None, sentence: str
) -> None:
    [problem] = problems(environment, FakeAccount(known_certificate=certificate), with_domain())

    assert sentence in problem


@pytest.mark.parametrize("names", [[DOMAIN], ["*.example.com"], ["example.com", DOMAIN]])
def test_an_issued_certificate_for_the_domain_is_accepted(environment: dict[str, str], names: list[str]) -> None:
    account = FakeAccount(known_certificate=Certificate("ISSUED", names))

    assert checked(environment, account, with_domain()).warnings == []


def test_a_domain_that_is_deployed_needs_its_certificate_too(environment: dict[str, str]) -> None:
    account = FakeAccount("CREATE_COMPLETE", {"AdminUiDomainName": DOMAIN, "AdminUiCertificateArn": ARN})

    [problem] = problems(environment, account)

    assert "does not exist in this account" in problem


def test_a_wildcard_covers_exactly_one_label() -> None:
    assert covers("*.example.com", "a.example.com")
    assert not covers("*.example.com", "example.com")
    assert not covers("*.example.com", "a.b.example.com")


# --- The machine and the account -------------------------------------------------------------------------------------


def test_a_machine_without_the_python_of_the_runtime_is_refused(tmp_path: Path) -> None:
    a_python(tmp_path, "3.12")

    [problem] = problems({"PATH": str(tmp_path)})

    assert "needs Python 3.13 with pip" in problem and "--use-container" in problem


@pytest.mark.parametrize("name", ["python3.13", "python3", "python"])
def test_the_python_of_the_runtime_may_have_each_name_that_sam_tries(tmp_path: Path, name: str) -> None:
    a_python(tmp_path, "3.13", name)

    assert build_problem("python3.13", {"PATH": str(tmp_path)}, use_container=False) is None


def test_a_python_that_is_only_a_name_does_not_count(tmp_path: Path) -> None:
    # pyenv has such a program for each version that it knows.
    a_python(tmp_path, "3.12", "python3.13")

    assert build_problem("python3.13", {"PATH": str(tmp_path)}, use_container=False)


def test_the_python_of_the_deployed_runtime_is_needed_when_the_stage_names_none(tmp_path: Path) -> None:
    a_python(tmp_path, "3.12")
    account = FakeAccount("CREATE_COMPLETE", {"Runtime": "python3.12"})

    assert checked({"PATH": str(tmp_path)}, account).stack


def test_a_build_in_a_container_needs_a_container_program_and_no_python(tmp_path: Path) -> None:
    wanted = settings(use_container=True)
    [problem] = problems({"PATH": str(tmp_path)}, wanted=wanted)
    a_python(tmp_path, "0.0", "docker")

    assert "needs Docker or Finch" in problem
    assert checked({"PATH": str(tmp_path)}, wanted=wanted)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NoCredentialsError(), "There are no AWS credentials: sign in"),
        (NoRegionError(), "There is no region: set AWS_DEFAULT_REGION"),
        (an_error("ExpiredToken"), "have expired: sign in again"),
        (an_error("ExpiredTokenException"), "have expired: sign in again"),
        (an_error("InvalidClientTokenId"), "does not accept the credentials (InvalidClientTokenId)"),
        (an_error("SignatureDoesNotMatch"), "does not accept the credentials (SignatureDoesNotMatch)"),
        (ProfileNotFound(profile="shop"), "The config profile (shop) could not be found. Sign in again"),
        (UnauthorizedSSOTokenError(), "cannot be used"),
        (
            EndpointConnectionError(endpoint_url="https://sts.eu-centrl-1.amazonaws.com/"),
            "Check the name of the region",
        ),
    ],
)
def test_unusable_credentials_are_one_sentence(error: Exception, sentence: str) -> None:
    problem = account_problem(error)

    assert sentence in problem and "\n" not in problem


def test_a_new_account_is_a_warning_and_no_problem(environment: dict[str, str]) -> None:
    [warning] = checked(environment, FakeAccount(functions_at_once=10)).warnings

    assert "only 10 functions at the same time" in warning and "Service Quotas" in warning


def test_what_the_caller_may_not_read_is_a_warning(environment: dict[str, str]) -> None:
    account = FakeAccount(error=an_error("AccessDeniedException"))

    warnings = checked(environment, account, with_domain()).warnings

    assert [warning.partition(" could not be checked")[0] for warning in warnings] == [
        "The concurrency limit of Lambda",
        "The certificate",
    ]


def test_all_problems_are_found_at_once(tmp_path: Path) -> None:
    wanted = settings(
        stack_name="my_stack", parameter_overrides=["LogRetentionDays=2", "AdminUiDomainName=a.example.com"]
    )

    def no_credentials() -> FakeAccount:
        raise NoAccount([account_problem(NoCredentialsError()), account_problem(NoRegionError())])

    with pytest.raises(Problems) as raised:
        check(wanted, DECLARED, {"PATH": str(tmp_path)}, no_credentials)

    keys = ("'my_stack'", "no AWS credentials", "no region", "AdminUiCertificateArn", "LogRetentionDays", "Python 3.13")
    assert len(raised.value.sentences) == len(keys)
    for key, sentence in zip(keys, raised.value.sentences, strict=True):
        assert key in sentence
        assert os.linesep not in sentence


BEFORE = {"Runtime": "python3.13"}  # the parameters of a stack of the version before


@pytest.mark.parametrize(
    ("parameters", "overrides", "warned"),
    [
        (BEFORE, [], True),
        (BEFORE, ["SpreadReservations=false"], False),
        (BEFORE | {"SpreadReservations": "false"}, ["SpreadReservations=true"], False),
        (BEFORE | {"SpreadReservations": "true"}, [], False),
    ],
    ids=["update", "first step", "second step", "later"],
)
def test_an_update_from_a_version_that_finds_no_spread_reservations_is_warned_of(
    environment: Mapping[str, str], parameters: dict[str, str], overrides: list[str], warned: bool
) -> None:
    account = FakeAccount("UPDATE_COMPLETE", parameters)

    warnings = checked(environment, account, settings(parameter_overrides=overrides)).warnings

    assert any("SpreadReservations=false" in warning for warning in warnings) == warned
    assert len(warnings) == warned


def test_a_new_stack_spreads_reservations_without_a_warning(environment: Mapping[str, str]) -> None:
    assert DECLARED["SpreadReservations"]["Default"] == "true"
    assert checked(environment, FakeAccount()).warnings == []
