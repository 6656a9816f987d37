"""The bucket of the read model for functions that run in tests: what they write can be read, listed and deleted."""

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.response import StreamingBody

from tests.support.aws_calls import NOT_FOUND, OK, Answer, Call

WRITTEN_AT = datetime.fromisoformat("2026-03-01T12:00:00Z")


@dataclass
class Bucket:
    """The files of one bucket, by name."""

    files: dict[str, bytes] = field(default_factory=dict)

    def answer(self, call: Call) -> Answer:
        """Do what a call asks of S3."""
        match call.operation:
            case "PutObject":
                self.files[call.request["Key"]] = call.request["Body"]
                return _ok()
            case "GetObject" | "HeadObject":
                return self._file(call.request["Key"])
            case "DeleteObject":
                self.files.pop(call.request["Key"], None)
                return _ok()
            case "DeleteObjects":
                for deleted in call.request["Delete"]["Objects"]:
                    self.files.pop(deleted["Key"], None)
                return _ok()
            case "ListObjectsV2":
                prefix = call.request.get("Prefix", "")
                names = sorted(name for name in self.files if name.startswith(prefix))
                return _ok(
                    Contents=[
                        {"Key": name, "LastModified": WRITTEN_AT, "Size": len(self.files[name])} for name in names
                    ],
                    IsTruncated=False,
                )
        raise AssertionError(f"{call} is not a call that this bucket knows")

    def _file(self, name: str) -> Answer:
        if name not in self.files:
            return NOT_FOUND, {"Error": {"Code": "NoSuchKey", "Message": name}, "ResponseMetadata": {}}
        content = self.files[name]
        body = StreamingBody(io.BytesIO(content), len(content))
        return _ok(Body=body, ContentLength=len(content), LastModified=WRITTEN_AT)


def _ok(**content: Any) -> Answer:
    return OK, {"ResponseMetadata": {}} | content
