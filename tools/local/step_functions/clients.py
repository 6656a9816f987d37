"""The AWS clients that the engine's tasks call with: they act as the state machine's own role.

moto makes a new client for every task and signs it as root. Made once, sixty tasks at once stay quick; and signed
as the role, a state machine that lacks a permission fails here as it would on AWS.
"""

import sys
import threading
import time
from functools import lru_cache
from types import ModuleType
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config

from tools.local.settings import REGION, ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY

SESSION_SECONDS = 3600
RENEWAL_SECONDS = SESSION_SECONDS // 2
TASK_SECONDS = 900  # no task of a workflow here may take longer
REPLACED_MODULE = "moto.stepfunctions.parser.asl.utils.boto_client"


class RoleClients:
    """Clients by service and role."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._lock = threading.Lock()
        self._cached_client = lru_cache(maxsize=64)(self._client)

    def boto_client_for(self, region: str, service: str, state_credentials: Any = None) -> BaseClient:
        """What moto calls before every task."""
        role_arn = state_credentials.role_arn if state_credentials else None
        with self._lock:  # a boto3 session makes one client at a time
            return self._cached_client(service, region, role_arn, int(time.monotonic() // RENEWAL_SECONDS))

    def _client(self, service: str, region: str, role_arn: str | None, _period: int) -> BaseClient:
        root: dict[str, Any] = {
            "aws_access_key_id": ROOT_ACCESS_KEY_ID,
            "aws_secret_access_key": ROOT_SECRET_ACCESS_KEY,
        }
        signer = self._assume(role_arn, root) if role_arn else root
        make_client: Any = boto3.client  # typed for services named in the source only
        client: BaseClient = make_client(
            service,
            region_name=region,
            endpoint_url=self._endpoint_url,
            config=Config(
                parameter_validation=False,  # the service answers for it, as on AWS
                retries={"total_max_attempts": 1},  # the workflow's Retry decides
                max_pool_connections=256,
                read_timeout=TASK_SECONDS,
            ),
            **signer,
        )
        return client

    def _assume(self, role_arn: str, root: dict[str, Any]) -> dict[str, str]:
        sts = boto3.Session(**root, region_name=REGION).client("sts", endpoint_url=self._endpoint_url)
        answer = sts.assume_role(RoleArn=role_arn, RoleSessionName="states", DurationSeconds=SESSION_SECONDS)
        credentials = answer["Credentials"]
        return {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }


def install(endpoint_url: str) -> None:
    """Stand in for moto's own maker of clients, before anything of moto imports it."""
    replacement = ModuleType(REPLACED_MODULE)
    replacement.boto_client_for = RoleClients(endpoint_url).boto_client_for  # type: ignore[attr-defined]
    sys.modules[REPLACED_MODULE] = replacement
