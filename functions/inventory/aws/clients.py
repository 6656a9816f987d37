"""Clients of AWS services, made by botocore.

boto3's clients are the same, with transfers to S3 in addition. No function makes any, and they load multiprocessing.
"""

from functools import cache
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from botocore.httpsession import URLLib3Session
from botocore.loaders import Loader
from botocore.session import Session, get_session

_creating = Lock()  # a session is not thread-safe


def new_client(service: str, config: Config) -> Any:
    """A client of a service, for the account and the region of the environment."""
    with _creating:
        return _session().create_client(service, config=config)


def new_http_session(connect_seconds: float, read_seconds: float) -> URLLib3Session:
    """Connections for requests that no client makes, for as many threads as a function has."""
    timeout: Any = (connect_seconds, read_seconds)
    return URLLib3Session(timeout=timeout, max_pool_connections=20)


def credentials() -> Credentials:
    """The credentials of the environment, to sign requests that no client makes."""
    with _creating:
        found = _session().get_credentials()
    if found is None:
        raise NoCredentialsError
    return found


def region() -> str:
    """The region of the environment."""
    return str(_session().get_config_variable("region"))


def forget_session() -> None:
    """Read the environment again: its credentials are read once."""
    _session.cache_clear()


class _Models(Loader):
    """The SDK's models of services, without what it searches in each request to DynamoDB for the ARN of a table.

    It would take the account in the endpoint's name from it. Our tables are named by their names.
    """

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        model = super().load_service_model(service_name, type_name, api_version)
        for operation in model.get("operations", {}).values():
            operation.pop("operationContextParams", None)
        return model


@cache
def _session() -> Session:
    session = get_session()
    session.register_component("data_loader", _Models())
    return session
