"""The AWS clients of the engine's tasks: they act with the state machine's role.

moto creates a new client for every task and signs its calls as root. Here clients are cached, which keeps many
concurrent tasks fast. Their calls are signed with the state machine's role, so a missing permission fails as on AWS.
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

from tools.local.root_user import ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY, root_session

SESSION_SECONDS = 3600
RENEWAL_SECONDS = SESSION_SECONDS // 2
TASK_SECONDS = 900  # the longest time that a task of a workflow may take
REPLACED_MODULE = "moto.stepfunctions.parser.asl.utils.boto_client"


class RoleClients:
    """Creates and caches clients by service and role."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._lock = threading.Lock()
        self._cached_client = lru_cache(maxsize=64)(self._client)

    def boto_client_for(self, region: str, service: str, state_credentials: Any = None) -> BaseClient:
        """A client for one task; moto calls this before every task."""
        role_arn = state_credentials.role_arn if state_credentials else None
        with self._lock:  # boto3 cannot create two clients at the same time
            return self._cached_client(service, region, role_arn, int(time.monotonic() // RENEWAL_SECONDS))

    def _client(self, service: str, region: str, role_arn: str | None, _period: int) -> BaseClient:
        root: dict[str, Any] = {
            "aws_access_key_id": ROOT_ACCESS_KEY_ID,
            "aws_secret_access_key": ROOT_SECRET_ACCESS_KEY,
        }
        credentials = self._assume_role(role_arn) if role_arn else root
        make_client: Any = boto3.client  # its type covers only service names that are literals
        client: BaseClient = make_client(
            service,
            region_name=region,
            endpoint_url=self._endpoint_url,
            config=Config(
                parameter_validation=False,  # the service validates, as on AWS
                retries={"total_max_attempts": 1},  # the state machine's Retry applies
                max_pool_connections=256,
                read_timeout=TASK_SECONDS,
            ),
            **credentials,
        )
        return client

    def _assume_role(self, role_arn: str) -> dict[str, str]:
        sts = root_session().client("sts", endpoint_url=self._endpoint_url)
        response = sts.assume_role(RoleArn=role_arn, RoleSessionName="states", DurationSeconds=SESSION_SECONDS)
        credentials = response["Credentials"]
        return {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }


def install(endpoint_url: str) -> None:
    """Replace moto's module that creates clients; nothing may have imported it yet."""
    replacement = ModuleType(REPLACED_MODULE)
    replacement.boto_client_for = RoleClients(endpoint_url).boto_client_for  # type: ignore[attr-defined]
    sys.modules[REPLACED_MODULE] = replacement
