"""Answers 403 for a missing object to callers who may not list its bucket, as S3 does.

S3 hides from such a caller whether the object exists.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tools.local.emulators.handlers import Response

# Why a caller may not list a bucket, from the request's headers, its query parameters and the bucket's name.
Denial = Callable[[Mapping[str, str], Mapping[str, Any], str], str | None]


def names_missing_object(method: str, bucket_exists: bool, key: str, response: Response) -> bool:
    """Whether an answer says that an object does not exist. The answer to HEAD has no body that names the error."""
    status, _, body = response
    if status != 404 or not bucket_exists or not key:
        return False
    return method == "HEAD" or b"<Code>NoSuchKey</Code>" in body


def hide_missing_objects(handler: Callable[..., Awaitable[Response]], denial: Denial) -> Callable[..., Any]:
    """Wrap ministack's S3: a missing object is 403 AccessDenied for a caller to whom `denial` applies."""
    from ministack.services import s3

    async def handle(
        method: str,
        path: str,
        headers: dict[str, str],
        *request: Any,  # the body, the query parameters
        **options: Any,
    ) -> Response:
        response = await handler(method, path, headers, *request, **options)
        bucket, key = s3._parse_bucket_key(path, headers)
        if not names_missing_object(method, bucket in s3._buckets, key, response):
            return response
        if not (reason := denial(headers, request[1], bucket)):
            return response
        status, error_headers, body = s3._error("AccessDenied", reason, 403)
        return status, error_headers, b"" if method == "HEAD" else body

    return handle


def listing_denial(headers: Mapping[str, str], query_params: Mapping[str, Any], bucket: str) -> str | None:
    """Why the caller's policies do not allow s3:ListBucket. An unsigned request is not checked."""
    from ministack.core.iam_evaluator import EvalResult, enforce
    from ministack.core.responses import get_region
    from ministack.core.router import extract_access_key_id

    access_key_id, resource = extract_access_key_id(headers, query_params), f"arn:aws:s3:::{bucket}"
    denied = enforce(access_key_id, "s3:ListBucket", "s3", get_region(), resource_arn=resource)
    if not isinstance(denied, EvalResult):
        return None
    return (
        f'User: {denied.principal_arn} is not authorized to perform: s3:ListBucket on resource: "{resource}" '
        "because no identity-based policy allows the s3:ListBucket action"
    )


def install() -> None:
    """Patch ministack's S3."""
    from ministack.services import s3

    s3.handle_request = hide_missing_objects(s3.handle_request, listing_denial)
