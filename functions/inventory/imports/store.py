"""Imported files and their reports, in S3."""

import json
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, cast
from uuid import uuid4

from botocore.exceptions import ClientError

from inventory.aws.retries import transient_errors_translated
from inventory.errors import ImportFileReplaced, ImportNotFound, ImportTooLarge
from inventory.imports.report import Report

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOADS = "uploads/"
CONTINUATIONS = "continuations/"
# A million rows of an export; the worker keeps a file on its disk, of which Lambda gives it 512 MB.
UPLOAD_BYTES_MAX = 100_000_000
IN_MEMORY_BYTES_MAX = 5_000_000  # a larger file is kept on disk
BYTES_A_READ = 1_000_000
UPLOAD_URL_VALID = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was submitted. It is closed by the one who asked for it."""

    content: BinaryIO
    etag: str
    arrived_at: datetime  # to the second


class ImportStore:
    """`uploads/{import_id}.csv` and, beside it, `reports/{import_id}.json` in one bucket.

    An object that is created under `uploads/` or `continuations/` starts the worker.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def submit(self, report: Report, content: bytes) -> bool:
        """Store a file for the worker. The file's arrival starts the worker, so its report is written first.

        What was stored under this id before does not change; a file that is missing is added to its report.

        Returns:
            Whether the stored file and rules are these.
        """
        if not self.announce(report):
            return False  # before the file: a refused caller has stored nothing
        is_first_file = self._put_first(_upload_key(report.import_id), content, "text/csv")
        return is_first_file or self._has(report.import_id, content)

    def announce(self, report: Report) -> bool:
        """Store the report of a file that is still to come.

        Returns:
            Whether the stored report has these rules.
        """
        is_first = self._put_first(_report_key(report.import_id), _content_of(report), "application/json")
        if is_first:
            return True
        stored = self.report(report.import_id)
        return (stored.rules, stored.is_upload) == (report.rules, report.is_upload)

    def upload_url(self, import_id: str) -> str:
        """A URL to which one file may be sent with PUT, for UPLOAD_URL_VALID.

        S3 cannot limit the size of such a file, so the worker refuses a larger one unread.
        """
        return self._client.generate_presigned_url(
            "put_object",
            Params={"Bucket": self._bucket, "Key": _upload_key(import_id)},
            ExpiresIn=int(UPLOAD_URL_VALID.total_seconds()),
        )

    def file(self, import_id: str, etag: str | None = None) -> StoredFile:
        """The file of an import.

        Args:
            etag: of the content that an earlier run has accepted.

        Raises:
            ImportNotFound: there is no such file.
            ImportTooLarge: it has more than UPLOAD_BYTES_MAX bytes.
            ImportFileReplaced: it has other content by now.
        """
        with transient_errors_translated():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=_upload_key(import_id))
            except self._client.exceptions.NoSuchKey as error:
                raise ImportNotFound(f"there is no file of the import {import_id}") from error
            size = answer["ContentLength"]
            if size > UPLOAD_BYTES_MAX:
                raise ImportTooLarge(f"a file may have at most {UPLOAD_BYTES_MAX} bytes, not {size}: split it")
            found = answer["ETag"]
            if etag is not None and found != etag:
                raise ImportFileReplaced("the file was replaced while it was imported")
            return StoredFile(_kept(answer["Body"].iter_chunks(BYTES_A_READ)), found, answer["LastModified"])

    def continue_later(self, import_id: str) -> None:
        """Let a worker continue an import: the arrival of this object starts it."""
        with transient_errors_translated():
            self._client.put_object(Bucket=self._bucket, Key=f"{CONTINUATIONS}{import_id}/{uuid4().hex}", Body=b"")

    def save(self, report: Report) -> None:
        """Replace the report."""
        with transient_errors_translated():
            self._client.put_object(
                Bucket=self._bucket,
                Key=_report_key(report.import_id),
                Body=_content_of(report),
                ContentType="application/json",
            )

    def report(self, import_id: str) -> Report:
        """The latest report.

        Raises:
            ImportNotFound: there is no such import.
        """
        with transient_errors_translated():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=_report_key(import_id))
            except self._client.exceptions.NoSuchKey as error:
                raise ImportNotFound(f"there is no import {import_id}") from error
            return Report.from_json(json.loads(answer["Body"].read()))

    def _has(self, import_id: str, content: bytes) -> bool:
        with self.file(import_id).content as stored:
            stored.seek(0)
            return stored.read(len(content) + 1) == content

    def _put_first(self, key: str, content: bytes, content_type: str) -> bool:
        """Write an object if it is new; False if it exists."""
        is_new = "*"  # two equal calls at the same time are one import
        with transient_errors_translated():
            try:
                self._client.put_object(
                    Bucket=self._bucket, Key=key, Body=content, ContentType=content_type, IfNoneMatch=is_new
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "PreconditionFailed":
                    raise
                return False
        return True


def _kept(pieces: Iterable[bytes]) -> BinaryIO:
    """A file with this content, in memory if it is small."""
    with ExitStack() as if_it_fails:
        file = if_it_fails.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES_MAX))
        for piece in pieces:
            file.write(piece)
        if_it_fails.pop_all()
        return cast(BinaryIO, file)


def import_id_of(key: str) -> str:
    """The import of a file or of its continuation, from the object's key in the event."""
    if key.startswith(CONTINUATIONS):
        return key.removeprefix(CONTINUATIONS).partition("/")[0]
    return key.removeprefix(UPLOADS).removesuffix(".csv")


def _upload_key(import_id: str) -> str:
    return f"{UPLOADS}{import_id}.csv"


def _report_key(import_id: str) -> str:
    return f"reports/{import_id}.json"


def _content_of(report: Report) -> bytes:
    return json.dumps(report.to_json(), ensure_ascii=False).encode()
