"""Uploads the page's files and invalidates the distribution's cache."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3

from tools.progress import Progress
from tools.publish.deployed import DeployedPage
from tools.publish.files import ASSETS, PageConfig, PageFile, page_files

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_s3 import S3Client


def publish_to_stack(session: boto3.Session, stack_name: str, directory: Path) -> None:
    """Publish a built page to a stack in the account and region of the session, and print the page's URL.

    Raises:
        PublishError: the page is not built, or the stack has no page.
    """
    page = DeployedPage.of_stack(session.client("cloudformation"), stack_name)
    config = PageConfig(page.region, page.user_pool_id, page.user_pool_client_id)
    files = page_files(directory, config, page.api_url)
    publish(files, page, s3=session.client("s3"), cloudfront=session.client("cloudfront"))
    print(f"The admin page is at {page.url}, the API's reference at {page.url}/reference/")


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
    progress = Progress()
    for number, file in enumerate(files):
        progress(f"{number} of {len(files)} files")
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
