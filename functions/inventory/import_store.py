"""Imported files and the reports on them, in S3."""

import io
import json
from typing import TYPE_CHECKING, TextIO

from inventory.dynamodb import busy_when_transient
from inventory.errors import ImportNotFound
from inventory.import_report import Report

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class ImportStore:
    """`uploads/{import_id}.csv` and, beside it, `reports/{import_id}.json` in one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def submit(self, report: Report, content: bytes) -> None:
        """Keep a file for the worker, which S3 calls once it is there: so the report comes first."""
        self.save(report)
        with busy_when_transient():
            self._client.put_object(
                Bucket=self._bucket, Key=f"uploads/{report.import_id}.csv", Body=content, ContentType="text/csv"
            )

    def file(self, import_id: str) -> TextIO:
        """The file as `read_catalogue` takes it: a byte order mark is not part of the first column."""
        answer = self._client.get_object(Bucket=self._bucket, Key=f"uploads/{import_id}.csv")
        return io.TextIOWrapper(io.BytesIO(answer["Body"].read()), encoding="utf-8-sig", newline="")

    def save(self, report: Report) -> None:
        """Write a report over the one before."""
        with busy_when_transient():
            self._client.put_object(
                Bucket=self._bucket,
                Key=f"reports/{report.import_id}.json",
                Body=json.dumps(report.to_json(), ensure_ascii=False).encode(),
                ContentType="application/json",
            )

    def report(self, import_id: str) -> Report:
        """The latest report.

        Raises:
            ImportNotFound: there is no such import.
        """
        with busy_when_transient():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=f"reports/{import_id}.json")
            except self._client.exceptions.NoSuchKey as error:
                raise ImportNotFound(f"there is no import {import_id}") from error
            return Report.from_json(json.loads(answer["Body"].read()))


def import_id_of(key: str) -> str:
    """Which import a file belongs to, by its key as EventBridge writes it."""
    return key.removeprefix("uploads/").removesuffix(".csv")
