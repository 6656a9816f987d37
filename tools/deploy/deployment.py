"""The steps of a deployment: page, functions, stack, deletion protection, and the page's files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.deploy.errors import DeployError, NotExecuted
from tools.deploy.parameters import Declared
from tools.deploy.preflight import AccountType, AwsAccount, Checked
from tools.deploy.settings import PROTECTION, DeploySettings
from tools.deploy.stack import DeployedStack, exists, way_out


@dataclass(frozen=True)
class Steps:
    """What the deployment runs. Tests replace it."""

    sam: Callable[[Sequence[str]], int]
    build_page: Callable[[], int]
    check_packages: Callable[[str, str], None]  # of a runtime and an architecture
    finish_packages: Callable[[str], None]  # of a runtime
    publish: Callable[[], None]
    log: Callable[[str], None] = print


@dataclass(frozen=True)
class Plan:
    """How the deletion protection is handled.

    A first deployment that fails deletes what it created. Tables and user pool with deletion protection cannot be
    deleted, so the stack would end as ROLLBACK_FAILED. So a first deployment creates them without protection, and a
    second one turns it on.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    """

    protection: str  # of the deployment that the user confirms
    protect_afterwards: bool

    @classmethod
    def of(cls, wanted: str, stack: DeployedStack | None) -> "Plan":
        """The plan for a wanted value of DeletionProtection, which is true or false."""
        if exists(stack) or wanted != "true":
            return cls(wanted, protect_afterwards=False)
        return cls("false", protect_afterwards=True)


def deploy(settings: DeploySettings, declared: Declared, checked: Checked[AccountType], steps: Steps) -> None:
    """Build and deploy a stage.

    Raises:
        DeployError: a step failed, or the change set was not executed.
    """
    _build(settings, declared, checked.stack, steps)
    # Not the value of the deployed stack: an interrupted first deployment left it without protection.
    wanted = settings.value(PROTECTION, declared, None)
    plan = Plan.of(wanted, checked.stack)
    if plan.protect_afterwards:
        steps.log(
            "This is the first deployment. It creates the tables and the user pool without deletion protection, so that "
            "nothing is left if it fails. A second, short deployment turns the protection on; it asks no question."
        )
    _deploy_stack(settings, checked.account, steps, plan.protection)
    if plan.protect_afterwards:
        _protect(settings, checked.account, steps)
    if settings.has_page:
        steps.publish()


def _build(settings: DeploySettings, declared: Declared, stack: DeployedStack | None, steps: Steps) -> None:
    if settings.has_page:
        steps.log("Building the admin page …")
        if steps.build_page():
            raise DeployError(
                "The admin page could not be built; the reason is above. It needs Node.js 22.22.2 or newer with npm. "
                "Install it, or deploy without the page: make deploy DEPLOY_ARGS=--no-page"
            )
    runtime, architecture = (settings.value(name, declared, stack) for name in ("Runtime", "Architecture"))
    steps.log(f"Building the functions for {runtime} on {architecture} …")
    if steps.sam(settings.build_arguments(runtime, architecture)):
        raise DeployError("The functions could not be built; the reason is above. Nothing was deployed.")
    steps.log("Checking the packages, and compiling their code …")
    steps.check_packages(runtime, architecture)
    steps.finish_packages(runtime)


def _deploy_stack(settings: DeploySettings, account: AwsAccount, steps: Steps, protection: str) -> None:
    name = settings.stack_name
    steps.log(f"Deploying the stack {name} to the account {account.id} in {account.region} …")
    before = account.open_change_sets(name)
    if steps.sam(settings.deploy_arguments(account.region, protection=protection)):
        stack = account.stack(name)
        status = stack.status if stack else None
        found = f"The status of the stack is {status}." if status else "The stack does not exist."
        way = way_out(name, account.region, status)
        raise DeployError(f"The deployment failed; the reason is above. {found} {way}")
    if not exists(account.stack(name)) or account.open_change_sets(name) - before:
        raise NotExecuted("The change set was not executed: nothing was deployed, and the page was not published.")


def _protect(settings: DeploySettings, account: AwsAccount, steps: Steps) -> None:
    steps.log("Turning on the deletion protection of the tables and the user pool …")
    if steps.sam(settings.deploy_arguments(account.region, "--no-confirm-changeset", protection="true")):
        raise DeployError(
            f"The stack {settings.stack_name} is deployed, but without deletion protection; the reason is above. "
            "Run make deploy again: it turns the protection on and publishes the page."
        )
