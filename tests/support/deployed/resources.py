"""Names of the deployed resources on the local AWS."""

from tools.local import Stack
from tools.local.deployment import stack_name
from tools.local.settings import PROJECT

STACK_NAME = stack_name(PROJECT)


def physical_id(stack: Stack, logical_id: str) -> str:
    """The physical name of a resource of the template that is not an output."""
    described = stack.client("cloudformation").describe_stack_resource(
        StackName=STACK_NAME, LogicalResourceId=logical_id
    )
    name: str = described["StackResourceDetail"]["PhysicalResourceId"]
    return name
