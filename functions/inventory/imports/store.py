"""Imported files and the reports on them, in S3."""

import io
import json
from typing import TYPE_CHECKING, TextIO

from botocore.exceptions import ClientError

from inventory.aws.dynamodb import transient_error_translated
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
        """Keep a file for the worker, which S3 calls once it is there: so the report comes first.

        What was taken under this id before stays as it is; a file that did not get so far is added to its report.

        Returns:
            Whether this file, in this mode, is the one that was taken.
        """
        import_id = report.import_id
        is_first_report = self._put_first(_report_key(import_id), _content_of(report), "application/json")
        if not is_first_report and self.report(import_id).mode is not report.mode:
            return False  # before the file: a caller who is refused has loaded nothing
        is_first_file = self._put_first(_upload_key(import_id), content, "text/csv")
        return is_first_file or self._upload(import_id) == content

    def file(self, import_id: str) -> TextIO:
        """The file as `read_catalogue` takes it: a byte order mark is not part of the first column."""
        return io.TextIOWrapper(io.BytesIO(self._upload(import_id)), encoding="utf-8-sig", newline="")

    def save(self, report: Report) -> None:
        """Write a report over the one before."""
        with transient_error_translated():
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
        with transient_error_translated():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=_report_key(import_id))
            except self._client.exceptions.NoSuchKey as error:
                raise ImportNotFound(f"there is no import {import_id}") from error
            return Report.from_json(json.loads(answer["Body"].read()))

    def _upload(self, import_id: str) -> bytes:
        with transient_error_translated():
            answer = self._client.get_object(Bucket=self._bucket, Key=_upload_key(import_id))
            return answer["Body"].read()

    def _put_first(self, key: str, content: bytes, content_type: str) -> bool:
        """Write an object unless there is one; False when there is."""
        is_new = "*"  # two who send the same at the same time begin one import
        with transient_error_translated():
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
    """Which import a file belongs to, by its key as EventBridge writes it."""
    return key.removeprefix("uploads/").removesuffix(".csv")


def _upload_key(import_id: str) -> str:
    return f"uploads/{import_id}.csv"


def _report_key(import_id: str) -> str:
    return f"reports/{import_id}.json"


def _content_of(report: Report) -> bytes:
    return json.dumps(report.to_json(), ensure_ascii=False).encode()
