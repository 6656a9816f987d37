"""Uploads the page's files and invalidates the distribution's cache."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from tools.publish.deployed import DeployedPage
from tools.publish.files import ASSETS, PageFile

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_s3 import S3Client


def publish(
    files: Sequence[PageFile],
    page: DeployedPage,
    *,
    s3: "S3Client",
    cloudfront: "CloudFrontClient",
    log: Callable[[str], None] = print,
) -> None:
    """Upload the files in their order, then invalidate those whose names do not change in CloudFront's cache.

    It is safe to run this again, and an interrupted run does not break the published page. Assets of earlier builds
    stay in the bucket, because a browser with the page open may still load parts of it. A hundred builds cost half a
    cent a month.
    """
    log(f"Uploading {len(files)} files to {page.bucket_name}")
    for file in files:
        s3.put_object(
            Bucket=page.bucket_name,
            Key=file.key,
            Body=file.body,
            ContentType=file.content_type,
            CacheControl=file.cache_control,
        )
    invalidated = [f"/{file.key}" for file in files if not file.key.startswith(ASSETS)]
    log(f"Invalidating {', '.join(invalidated)} in the distribution {page.distribution_id}")
    cloudfront.create_invalidation(
        DistributionId=page.distribution_id,
        InvalidationBatch={
            "Paths": {"Quantity": len(invalidated), "Items": invalidated},
            "CallerReference": str(uuid4()),  # CloudFront ignores a second call with the same reference
        },
    )
