"""The part of S3 that functions call, over a folder: nothing of a file is in this process's memory."""

import json
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, unquote

BYTES_A_READ = 1_000_000


class Body:
    """What S3 answers of an object."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes:
        return self._path.read_bytes()

    def iter_chunks(self, size: int) -> Any:
        with self._path.open("rb") as file:
            while piece := file.read(size):
                yield piece


class FolderClient:
    """Has the methods of a boto3 client of S3."""

    exceptions = SimpleNamespace(NoSuchKey=FileNotFoundError)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: dict[str, Path] = {}
        self.requests = 0

    def path(self, key: str) -> Path:
        """The file of an object."""
        return self._folder / quote(key, safe="")

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> dict[str, Any]:
        self.requests += 1
        self.path(Key).write_bytes(Body)
        return {"ETag": _tag(Body)}

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:
        self.requests += 1
        path = self.path(Key)
        state = path.stat()
        return {
            "Body": Body(path),
            "ContentLength": state.st_size,
            "ETag": str(state.st_mtime_ns),
            "LastModified": datetime.fromtimestamp(state.st_mtime, UTC),
        }

    def list_objects_v2(self, *, Prefix: str = "", **_: Any) -> dict[str, Any]:
        self.requests += 1
        found = sorted((unquote(path.name), path) for path in self._folder.iterdir())
        return {
            "Contents": [
                {"Key": key, "LastModified": datetime.fromtimestamp(path.stat().st_mtime, UTC)}
                for key, path in found
                if key.startswith(Prefix)
            ]
        }

    def delete_objects(self, *, Delete: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.requests += 1
        for found in Delete["Objects"]:
            self.path(found["Key"]).unlink(missing_ok=True)
        return {}

    def create_multipart_upload(self, *, Key: str, **_: Any) -> dict[str, Any]:
        self.requests += 1
        self._parts[Key] = self.path(f"{Key}.parts")
        self._parts[Key].write_bytes(b"")
        return {"UploadId": Key}

    def upload_part(self, *, UploadId: str, Body: bytes, **_: Any) -> dict[str, Any]:
        self.requests += 1
        with self._parts[UploadId].open("ab") as file:
            file.write(Body)
        return {"ETag": _tag(Body)}

    def complete_multipart_upload(self, *, Key: str, UploadId: str, **_: Any) -> dict[str, Any]:
        self.requests += 1
        self._parts[UploadId].rename(self.path(Key))
        return {}

    def read_json(self, key: str) -> Any:
        """The JSON of an object."""
        return json.loads(self.path(key).read_bytes())


def _tag(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()
