"""The checks before anything is built. Each problem is one sentence that says what to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from tools.deploy.certificate import Certificate, arn_problem, certificate_problem, region_of
from tools.deploy.errors import NoAccount, Problems
from tools.deploy.machine import build_problem
from tools.deploy.parameters import Declared, parameter_problems
from tools.deploy.settings import DeploySettings
from tools.deploy.stack import KEPT_FAILED, DeployedStack, name_problem, name_warning, status_problem

DOMAIN, CERTIFICATE = "AdminUiDomainName", "AdminUiCertificateArn"
# Fewer, and a few checkouts at once are throttled. New accounts have 10, others 1,000.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
CONCURRENCY_MIN = 100
SPREAD = "SpreadReservations"
EVENT_BUS = "EventBusName"


class AwsAccount(Protocol):
    """The account that is deployed to."""

    @property
    def id(self) -> str: ...
    @property
    def region(self) -> str: ...
    def stack(self, name: str) -> DeployedStack | None: ...
    def certificate(self, arn: str) -> Certificate | None: ...
    def concurrency(self) -> int: ...
    def has_event_bus(self, name: str) -> bool: ...
    def open_change_sets(self, name: str) -> set[str]: ...


AccountType = TypeVar("AccountType", bound=AwsAccount)


@dataclass
class Findings:
    """What the checks found."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add_problem(self, sentence: str | None) -> None:
        if sentence:
            self.problems.append(sentence)

    def add_warning(self, sentence: str | None) -> None:
        if sentence:
            self.warnings.append(sentence)


@dataclass(frozen=True)
class Checked(Generic[AccountType]):
    """What the checks know after they found no problem."""

    account: AccountType
    stack: DeployedStack | None
    warnings: list[str]


def check(
    settings: DeploySettings,
    declared: Declared,
    environment: Mapping[str, str],
    connect: Callable[[], AccountType],
) -> Checked[AccountType]:
    """Find all problems of a deployment.

    Args:
        environment: the environment variables of `sam build`.
        connect: finds the account of the current credentials, or raises NoAccount.

    Raises:
        Problems: there are some.
    """
    findings = Findings()
    findings.add_problem(name_problem(settings.stack_name))
    findings.add_warning(name_warning(settings.stack_name))
    account: AccountType | None = None
    stack: DeployedStack | None = None
    try:
        account = connect()
        if not findings.problems:  # a stack with an invalid name cannot be read
            stack = account.stack(settings.stack_name)
        _check_account(settings, account, stack, findings)
    except NoAccount as error:
        findings.problems += error.sentences
    _check_parameters(settings, declared, stack, account, findings)
    findings.add_warning(spread_warning(stack, settings.value(SPREAD, declared, stack)))
    runtime = settings.value("Runtime", declared, stack)
    if runtime in declared["Runtime"]["AllowedValues"]:  # otherwise the runtime itself is the problem
        findings.add_problem(build_problem(runtime, environment, use_container=settings.use_container))
    if findings.problems or account is None:
        raise Problems(findings.problems)
    return Checked(account, stack, findings.warnings)


def _check_account(
    settings: DeploySettings, account: AwsAccount, stack: DeployedStack | None, findings: Findings
) -> None:
    goes_on = stack and stack.status in KEPT_FAILED and "--disable-rollback" in settings.sam_arguments
    if stack and not goes_on:
        findings.add_problem(status_problem(settings.stack_name, account.region, stack.status))
    try:
        findings.add_warning(concurrency_warning(account.concurrency()))
    except (BotoCoreError, ClientError) as error:
        findings.add_warning(f"The concurrency limit of Lambda could not be checked: {error}")


def _check_parameters(
    settings: DeploySettings,
    declared: Declared,
    stack: DeployedStack | None,
    account: AwsAccount | None,
    findings: Findings,
) -> None:
    domain, arn = (settings.value(name, declared, stack) for name in (DOMAIN, CERTIFICATE))
    problem = arn_problem(domain, arn)
    findings.add_problem(problem)
    overrides = dict(settings.overrides)
    if problem and region_of(arn):
        overrides.pop(CERTIFICATE, None)  # the problem is clearer than the parameter's pattern
    findings.problems += parameter_problems(declared, overrides)
    if domain and arn and account and not findings.problems:
        try:
            findings.add_problem(certificate_problem(domain, account.certificate(arn)))
        except (BotoCoreError, ClientError) as error:
            findings.add_warning(f"The certificate could not be checked: {error}")
    bus = settings.value(EVENT_BUS, declared, stack)
    if account and bus != declared[EVENT_BUS]["Default"] and not findings.problems:
        _check_event_bus(bus, account, findings)


def _check_event_bus(name: str, account: AwsAccount, findings: Findings) -> None:
    """Lambda would find out with the first event: CloudFormation does not look for the bus."""
    try:
        if account.has_event_bus(name):
            return
    except (BotoCoreError, ClientError) as error:
        findings.add_warning(f"The event bus {name} could not be checked: {error}")
        return
    findings.add_problem(
        f"There is no event bus {name} in {account.region}: create it (aws events create-event-bus --name {name}), or "
        f"use {EVENT_BUS}=default."
    )


def concurrency_warning(limit: int) -> str | None:
    """What a low limit of Lambda's concurrency does, or None."""
    if limit >= CONCURRENCY_MIN:
        return None
    return (
        f"This account runs only {limit} functions at the same time, as new accounts do, so a few checkouts at once are "
        "throttled: request 1,000 in Service Quotas (Lambda, Concurrent executions) before you sell."
    )


def spread_warning(stack: DeployedStack | None, value: str) -> str | None:
    """What a stack of a version that does not find spread reservations needs first, or None."""
    if value != "true" or stack is None or not stack.parameters or SPREAD in stack.parameters:
        return None
    return (
        "The functions that are deployed now do not find reservations that are spread over partitions: to be able to roll "
        f'back, deploy first with DEPLOY_ARGS="--parameter-overrides {SPREAD}=false", and then without.'
    )
