"""Callers who may not list a bucket cannot find out whether an object exists."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from ministack.services import s3

from tests.unit.tools.refusals.in_process import client_of, error_of
from tools.local.emulators.handlers import Response
from tools.local.refusals.missing_objects import hide_missing_objects, names_missing_object

REASON = "User: arn:aws:iam::000000000000:user/reader is not authorized to perform: s3:ListBucket"


@pytest.fixture
def bucket() -> str:
    """A bucket with the object `here`."""
    owner, name = client_of("s3", s3.handle_request), f"b-{uuid4().hex}"
    owner.create_bucket(Bucket=name)
    owner.put_object(Bucket=name, Key="here", Body=b"content")
    return name


def reader(may_list: bool) -> Any:
    """A client of a caller who may read objects, and perhaps list the bucket."""

    def denial(headers: Mapping[str, str], query_params: Mapping[str, Any], bucket: str) -> str | None:
        return None if may_list else REASON

    return client_of("s3", hide_missing_objects(s3.handle_request, denial))


def test_a_missing_object_is_denied_without_the_right_to_list(bucket: str) -> None:
    get, head = reader(may_list=False).get_object, reader(may_list=False).head_object

    assert error_of(get, Bucket=bucket, Key="missing") == ("AccessDenied", REASON, 403)
    assert error_of(head, Bucket=bucket, Key="missing") == ("403", "Forbidden", 403)


def test_a_missing_object_is_named_with_the_right_to_list(bucket: str) -> None:
    get, head = reader(may_list=True).get_object, reader(may_list=True).head_object

    assert error_of(get, Bucket=bucket, Key="missing")[::2] == ("NoSuchKey", 404)
    assert error_of(head, Bucket=bucket, Key="missing")[::2] == ("404", 404)


def test_an_object_is_read_without_the_right_to_list(bucket: str) -> None:
    client = reader(may_list=False)

    assert client.get_object(Bucket=bucket, Key="here")["Body"].read() == b"content"
    assert client.head_object(Bucket=bucket, Key="here")["ContentLength"] == len(b"content")


def test_a_missing_bucket_is_named_without_the_right_to_list() -> None:
    client, missing = reader(may_list=False), f"b-{uuid4().hex}"

    assert error_of(client.get_object, Bucket=missing, Key="k")[::2] == ("NoSuchBucket", 404)
    assert error_of(client.head_object, Bucket=missing, Key="k")[::2] == ("404", 404)


def test_a_missing_configuration_is_no_missing_object() -> None:
    response: Response = (404, {}, b"<Error><Code>NoSuchTagSet</Code></Error>")

    assert not names_missing_object("GET", True, "key", response)
