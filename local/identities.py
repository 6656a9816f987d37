"""The IAM users of a local AWS: the operator, and the checkout service."""

import json
from typing import TYPE_CHECKING

from local.stack import Credentials

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

MAY_DO_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def create_operator(iam: "IAMClient") -> Credentials:
    """A user who may do everything on the local AWS."""
    iam.create_user(UserName="operator")
    iam.put_user_policy(UserName="operator", PolicyName="everything", PolicyDocument=json.dumps(MAY_DO_EVERYTHING))
    return _access_key(iam, "operator")


def create_checkout(iam: "IAMClient", policy_arn: str) -> Credentials:
    """A user who may do what the stack's own policy for checkout services allows, and no more."""
    iam.create_user(UserName="checkout")
    iam.attach_user_policy(UserName="checkout", PolicyArn=policy_arn)
    return _access_key(iam, "checkout")


def _access_key(iam: "IAMClient", user_name: str) -> Credentials:
    key = iam.create_access_key(UserName=user_name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])
