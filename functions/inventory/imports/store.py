"""Imported files and their reports, in S3."""

import io
import json
from typing import TYPE_CHECKING, TextIO

from botocore.exceptions import ClientError

from inventory.aws.retries import transient_errors_translated
from inventory.errors import ImportNotFound
from inventory.imports.report import Report

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class ImportStore:
    """`uploads/{import_id}.csv` and, beside it, `reports/{import_id}.json` in one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def submit(self, report: Report, content: bytes) -> bool:
        """Store a file for the worker. The file's arrival starts the worker, so its report is written first.

        What was stored under this id before does not change; a file that is missing is added to its report.

        Returns:
            Whether the stored file and mode are these.
        """
        import_id = report.import_id
        is_first_report = self._put_first(_report_key(import_id), _content_of(report), "application/json")
        if not is_first_report and self.report(import_id).mode is not report.mode:
            return False  # before the file: a refused caller has stored nothing
        is_first_file = self._put_first(_upload_key(import_id), content, "text/csv")
        return is_first_file or self._upload(import_id) == content

    def file(self, import_id: str) -> TextIO:
        """The file for `read_catalogue`, without its byte order mark."""
        return io.TextIOWrapper(io.BytesIO(self._upload(import_id)), encoding="utf-8-sig", newline="")

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

    def _upload(self, import_id: str) -> bytes:
        with transient_errors_translated():
            answer = self._client.get_object(Bucket=self._bucket, Key=_upload_key(import_id))
            return answer["Body"].read()

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


def import_id_of(key: str) -> str:
    """The import of a file, from the object's key in the event."""
    return key.removeprefix("uploads/").removesuffix(".csv")


def _upload_key(import_id: str) -> str:
    return f"uploads/{import_id}.csv"


def _report_key(import_id: str) -> str:
    return f"reports/{import_id}.json"


def _content_of(report: Report) -> bytes:
    return json.dumps(report.to_json(), ensure_ascii=False).encode()
