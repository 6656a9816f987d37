"""Exports that a worker writes, in S3 beside the imports."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from inventory.aws.retries import transient_errors_translated
from inventory.errors import ExportNotFound
from inventory.imports.report import STALE_AFTER, ImportStatus
from inventory.model import iso

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

REQUESTS = "export-requests/"
URL_VALID = timedelta(minutes=15)
CSV = "text/csv; charset=utf-8"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html: at least 5 MiB, at most 10,000 parts
PART_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Export:
    """One export, as it is stored: its progress, and the filters of its levels."""

    export_id: str
    filters: dict[str, Any]
    updated_at: str
    status: ImportStatus = ImportStatus.PENDING
    rows: int = 0

    def at(self, now: datetime, status: ImportStatus, rows: int) -> Self:
        """The same export, as of now."""
        return replace(self, status=status, rows=rows, updated_at=iso(now))

    def failed_if_stale(self, now: datetime) -> Self:
        """The same export, FAILED if its worker has reported nothing for too long."""
        is_over = self.status in (ImportStatus.DONE, ImportStatus.FAILED)
        if is_over or now - datetime.fromisoformat(self.updated_at) < STALE_AFTER:
            return self
        return replace(self, status=ImportStatus.FAILED)


class ExportStore:
    """`exports/{export_id}.json` and, beside it, the file `exports/{export_id}.csv`.

    An object that is created under `export-requests/` starts the worker.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def request(self, export: Export) -> None:
        """Store a new export, and start its worker."""
        self.save(export)  # first: the worker reads it
        self._put(f"{REQUESTS}{export.export_id}", b"", "text/plain")

    def save(self, export: Export) -> None:
        """Replace the progress of an export."""
        self._put(_progress_key(export.export_id), json.dumps(asdict(export)).encode(), "application/json")

    def get(self, export_id: str) -> Export:
        """An export, with its progress.

        Raises:
            ExportNotFound: there is none with this id.
        """
        with transient_errors_translated():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=_progress_key(export_id))
            except self._client.exceptions.NoSuchKey as error:
                raise ExportNotFound(f"there is no export {export_id}") from error
            content = json.loads(answer["Body"].read())
            return Export(**content | {"status": ImportStatus(content["status"])})

    def write(self, export_id: str, pieces: Iterable[bytes]) -> None:
        """Store the file of an export, in parts, so that of a large one only a part is in memory.

        Whatever its pieces raise, nothing of it is stored.
        """
        bucket, key = self._bucket, _file_key(export_id)
        with transient_errors_translated():
            upload = self._client.create_multipart_upload(Bucket=bucket, Key=key, ContentType=CSV)["UploadId"]
        try:
            parts = [self._write_part(key, upload, *part) for part in enumerate(_parts(pieces), start=1)]
            with transient_errors_translated():
                self._client.complete_multipart_upload(
                    Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
                )
        except BaseException:
            # If it cannot be removed either, the bucket's lifecycle removes it a day later.
            with suppress(ClientError, BotoCoreError):
                self._client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
            raise

    def _write_part(self, key: str, upload: str, number: int, content: bytes) -> "CompletedPartTypeDef":
        with transient_errors_translated():
            stored = self._client.upload_part(
                Bucket=self._bucket, Key=key, UploadId=upload, PartNumber=number, Body=content
            )
        return {"PartNumber": number, "ETag": stored["ETag"]}

    def url(self, export_id: str) -> str:
        """A URL of the file, for URL_VALID."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": _file_key(export_id),
                "ResponseContentDisposition": 'attachment; filename="inventory.csv"',
            },
            ExpiresIn=int(URL_VALID.total_seconds()),
        )

    def _put(self, key: str, content: bytes, content_type: str) -> None:
        with transient_errors_translated():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces in parts of at least PART_BYTES; only the last one may be smaller."""
    part = bytearray()
    for piece in pieces:
        part += piece
        if len(part) >= PART_BYTES:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)


def _progress_key(export_id: str) -> str:
    return f"exports/{export_id}.json"


def _file_key(export_id: str) -> str:
    return f"exports/{export_id}.csv"
