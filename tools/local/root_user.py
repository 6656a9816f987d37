"""The root user of the local AWS, with which the tools set it up."""

import boto3

from tools.local.settings import REGION

# ministack accepts this key pair as the root user's, and the Step Functions engine signs with it.
ROOT_ACCESS_KEY_ID = "ak"
ROOT_SECRET_ACCESS_KEY = "sk"


def root_session() -> boto3.Session:
    """A boto3 session with the root user's credentials."""
    return boto3.Session(ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY, region_name=REGION)
