"""Reads where a deployed stack serves its admin page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tools.publish.errors import NotDeployed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


@dataclass(frozen=True)
class DeployedPage:
    """The page's bucket, its distribution, the user pool for its sign-in, and the API that its reference describes."""

    region: str
    url: str
    bucket_name: str
    distribution_id: str
    user_pool_id: str
    user_pool_client_id: str
    api_url: str

    @classmethod
    def of_stack(cls, cloudformation: "CloudFormationClient", stack_name: str) -> "DeployedPage":
        """Read the page's resources from a stack's outputs.

        Raises:
            NotDeployed: the stack does not exist, or has no admin page.
        """
        try:
            [stack] = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":  # the error for a stack that does not exist
                raise
            raise NotDeployed(stack_name, error.response["Error"]["Message"]) from error
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        try:
            return cls(
                region=cloudformation.meta.region_name,
                url=outputs["AdminUiUrl"],
                bucket_name=outputs["AdminUiBucketName"],
                distribution_id=outputs["AdminUiDistributionId"],
                user_pool_id=outputs["UserPoolId"],
                user_pool_client_id=outputs["UserPoolClientId"],
                api_url=outputs["ApiUrl"],
            )
        except KeyError as missing:
            raise NotDeployed(stack_name, f"it has no output {missing}") from missing
