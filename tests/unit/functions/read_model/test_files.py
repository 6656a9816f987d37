"""The files of the read model in S3, as moto keeps them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from inventory.errors import TransientError
from inventory.read_model.files import Files


@pytest.fixture
def files() -> Iterator[Files]:
    """An empty bucket."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.create_bucket(Bucket="read-model")
        yield Files(client, "read-model")


def test_a_file_is_read_as_it_was_written(files: Files) -> None:
    files.write("snapshots/1/names", b"\x00content")

    assert files.read("snapshots/1/names") == b"\x00content"


def test_a_file_that_does_not_exist_has_no_content(files: Files) -> None:
    assert files.read("snapshots/1/names") is None


def test_files_are_listed_by_their_prefix(files: Files) -> None:
    for name in ("snapshots/1/b", "snapshots/1/a", "snapshots/10/a", "segments/1"):
        files.write(name, b"")

    assert files.names("snapshots/1/") == ["snapshots/1/a", "snapshots/1/b"]
    assert len(files.names()) == 4


def test_more_files_than_a_page_are_listed_and_deleted(files: Files) -> None:
    names = [f"segments/{number:04}" for number in range(1_001)]
    for name in names:
        files.write(name, b"")

    assert files.names("segments/") == names
    files.delete(names)
    assert files.names() == []


def test_files_are_listed_by_their_age(files: Files) -> None:
    files.write("segments/1", b"")
    now = datetime.now(UTC)

    assert files.names_before(now + timedelta(hours=1)) == ["segments/1"]
    assert files.names_before(now - timedelta(hours=1)) == []


def test_a_file_that_is_gone_is_deleted_again(files: Files) -> None:
    files.delete(["segments/1"])
    files.delete([])


def test_a_file_that_was_not_deleted_is_an_error() -> None:
    class Client:
        def delete_objects(self, **request: object) -> dict[str, object]:
            return {"Errors": [{"Key": "segments/1", "Code": "SlowDown"}]}

    with pytest.raises(TransientError, match="SlowDown"):
        Files(Client(), "read-model").delete(["segments/1"])  # type: ignore[arg-type]
