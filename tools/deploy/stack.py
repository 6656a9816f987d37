"""What a stack's name and status allow, and the way out of a status that allows no deployment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
# CloudFront accepts comments of 128 characters, and the comment of the page's distribution contains the stack's name.
NAME_LENGTH_MAX = 114
# CloudFormation names a function <stack>-<logical id>-<12 characters>, and cuts the first two to 64 characters in total.
NAME_LENGTH_UNCUT = 21

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
UPDATABLE = {
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
}
KEPT_FAILED = {"CREATE_FAILED", "UPDATE_FAILED"}  # failed with --disable-rollback
NOT_CREATED = "REVIEW_IN_PROGRESS"  # there is a change set, and no resource yet

GUIDE = "docs/deployment.md#the-way-out-of-a-failed-deployment"


@dataclass(frozen=True)
class DeployedStack:
    """A stack as it is now: its status, and the values of its parameters."""

    status: str
    parameters: Mapping[str, str]


def exists(stack: DeployedStack | None) -> bool:
    """Whether the stack has or had resources. A stack with only a change set has none."""
    return stack is not None and stack.status != NOT_CREATED


def name_problem(name: str) -> str | None:
    """Why a stack cannot have this name, or None."""
    if not NAME.fullmatch(name):
        return (
            f"The stack cannot be named {name!r}: a name begins with a letter and has only letters, digits and hyphens."
        )
    if len(name) > NAME_LENGTH_MAX:
        return (
            f"The stack's name {name} has {len(name)} characters: choose one of at most {NAME_LENGTH_MAX}, "
            f"better of at most {NAME_LENGTH_UNCUT}."
        )
    return None


def name_warning(name: str) -> str | None:
    """What a long name does, or None."""
    if len(name) <= NAME_LENGTH_UNCUT:
        return None
    return (
        f"The stack's name has {len(name)} characters: over {NAME_LENGTH_UNCUT}, CloudFormation cuts the names of "
        "functions. Everything works, but the names are harder to read."
    )


def status_problem(name: str, region: str, status: str) -> str | None:
    """Why the stack cannot be deployed in this status and what to do, or None."""
    if status in UPDATABLE or status == NOT_CREATED:
        return None
    return f"The stack {name} cannot be deployed now, because its status is {status}. {way_out(name, region, status)}"


def way_out(name: str, region: str, status: str | None) -> str:
    """What to do in a status: one or two sentences with the commands."""
    here = f"--stack-name {name} --region {region}"
    delete = f"aws cloudformation delete-stack {here}"
    match status:
        case "ROLLBACK_COMPLETE":
            return (
                f"The first deployment failed, and nothing is left of it. Delete the stack, and deploy again: {delete}"
            )
        case "ROLLBACK_FAILED" | "DELETE_FAILED":
            return f"Some resources could not be deleted. {GUIDE} says how to find and release them. Then: {delete}"
        case "UPDATE_ROLLBACK_FAILED":
            return (
                "Fix what prevents the rollback (its reason is in the stack's events), then: "
                f"aws cloudformation continue-update-rollback {here}"
            )
        case "CREATE_FAILED" | "UPDATE_FAILED":
            return (
                "It kept its resources as --disable-rollback asked. Go on with DEPLOY_ARGS=--disable-rollback, or "
                f"roll back: aws cloudformation rollback-stack {here}"
            )
        case "UPDATE_ROLLBACK_COMPLETE":
            return "The previous version is running again. Fix the cause, and deploy again."
        case None | "REVIEW_IN_PROGRESS":
            return "Nothing was created. Fix the cause, and deploy again."
        case _ if status.endswith("_IN_PROGRESS"):
            return f"Wait until it has ended: aws cloudformation describe-stacks {here} --query 'Stacks[0].StackStatus'"
        case _:
            return f"{GUIDE} describes the ways out."
