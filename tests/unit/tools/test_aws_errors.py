"""What commands say of an error of AWS: what it means, and what to do."""

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    UnauthorizedSSOTokenError,
)

from tools.aws_errors import sentence_of


def refused(code: str) -> ClientError:
    """An error of a service."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeStacks")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoRegionError(), "Give one: --region"),
        (NoCredentialsError(), "Sign in (aws sso login), or store credentials (aws configure)."),
        (ProfileNotFound(profile="prod"), "(prod) could not be found. AWS_PROFILE names it"),
        (UnauthorizedSSOTokenError(), "Sign in again: aws sso login"),
        (EndpointConnectionError(endpoint_url="https://x"), "Is the region right"),
        (refused("ExpiredToken"), "The AWS credentials have expired. Sign in"),
        (refused("InvalidClientTokenId"), "AWS does not know these credentials (InvalidClientTokenId). Sign in"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_of_the_caller_s_account_says_what_to_do(error: Exception, words: str) -> None:
    assert words in sentence_of(error)


@pytest.mark.parametrize("error", [refused("AccessDenied"), ValueError("a number is wrong")], ids=["denied", "other"])
def test_any_other_error_is_repeated(error: Exception) -> None:
    assert sentence_of(error) == str(error)
