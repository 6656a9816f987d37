"""Creates the users of a local AWS: IAM users for operator, checkout service and stock feed, Cognito users for the page."""

import json
import secrets
from typing import TYPE_CHECKING, Any

from tools.local.stack import Credentials, SignIn

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

ALLOW_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def create_operator(iam: "IAMClient") -> Credentials:
    """An IAM user with all permissions on the local AWS."""
    iam.create_user(UserName="operator")
    iam.put_user_policy(UserName="operator", PolicyName="everything", PolicyDocument=json.dumps(ALLOW_EVERYTHING))
    return _access_key(iam, "operator")


def create_caller(iam: "IAMClient", user_name: str, policy_arn: str) -> Credentials:
    """An IAM user with one of the stack's policies for callers, and no other permissions."""
    iam.create_user(UserName=user_name)
    iam.attach_user_policy(UserName=user_name, PolicyArn=policy_arn)
    return _access_key(iam, user_name)


def create_sign_in(cognito: Any, user_pool_id: str, username: str, group: str) -> SignIn:
    """A user of the admin page in one of its groups, with a permanent password."""
    password = f"{secrets.token_urlsafe(16)}-aA1"  # the suffix has every kind of character that the pool requires
    user = {"UserPoolId": user_pool_id, "Username": username}
    attributes = [{"Name": "email", "Value": f"{username}@example.com"}, {"Name": "email_verified", "Value": "true"}]
    cognito.admin_create_user(**user, UserAttributes=attributes, TemporaryPassword=password, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(**user, Password=password, Permanent=True)
    cognito.admin_add_user_to_group(**user, GroupName=group)
    return SignIn(username, password)


def _access_key(iam: "IAMClient", user_name: str) -> Credentials:
    key = iam.create_access_key(UserName=user_name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])
