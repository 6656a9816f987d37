"""The files of snapshots and segments in S3. A file never changes: a new snapshot has new names."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inventory.aws.retries import transient_errors_translated
from inventory.errors import TransientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
DELETE_MAX = 1_000


class Files:
    """The files of one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, name: str) -> bytes | None:
        """The content of a file; None if there is no such file."""
        with transient_errors_translated():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=name)
            except self._client.exceptions.NoSuchKey:
                return None
            return answer["Body"].read()

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        with transient_errors_translated():
            self._client.put_object(Bucket=self._bucket, Key=name, Body=content)

    def names(self, prefix: str = "") -> list[str]:
        """The names of all files that begin with a prefix, in their order."""
        return [str(found["Key"]) for found in self._listed(prefix)]

    def names_before(self, moment: datetime, prefix: str = "") -> list[str]:
        """The names of the files that were written before a moment."""
        return [str(found["Key"]) for found in self._listed(prefix) if found["LastModified"] < moment]

    def delete(self, names: Sequence[str]) -> None:
        """Delete files; one that does not exist is no error.

        Raises:
            TransientError: S3 did not delete some of them.
        """
        for start in range(0, len(names), DELETE_MAX):
            objects: Any = [{"Key": name} for name in names[start : start + DELETE_MAX]]
            with transient_errors_translated():
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True})
            if answer.get("Errors"):
                raise TransientError(f"S3 did not delete some files: {answer['Errors'][0].get('Code')}")

    def _listed(self, prefix: str) -> Iterator[Any]:
        position: dict[str, Any] = {}
        while True:
            with transient_errors_translated():
                page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, **position)
            yield from page.get("Contents", [])
            if not page.get("IsTruncated"):
                return
            position = {"ContinuationToken": page["NextContinuationToken"]}
