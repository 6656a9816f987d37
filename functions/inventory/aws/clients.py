"""Clients of AWS services, made by botocore.

boto3's clients are the same, with transfers to S3 in addition. No function makes any, and they load multiprocessing.
"""

from functools import cache
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session

_creating = Lock()  # a session is not thread-safe


def new_client(service: str, config: Config) -> Any:
    """A client of a service, for the account and the region of the environment."""
    with _creating:
        return _session().create_client(service, config=config)


def forget_session() -> None:
    """Read the environment again: its credentials are read once."""
    _session.cache_clear()


@cache
def _session() -> Session:
    return get_session()
