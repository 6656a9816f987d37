"""Puts the page's files where its distribution reads them."""

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
    tell: Callable[[str], None] = print,
) -> None:
    """Upload the files in their order, then have CloudFront forget its copies of those that keep their names.

    Running it again leaves what one run leaves, and one that dies leaves the page that was there. Assets of builds
    before stay: whoever has the page open still finds the parts that it has not loaded yet, and a hundred builds cost
    half a cent a month.
    """
    tell(f"Uploading {len(files)} files to {page.bucket_name}")
    for file in files:
        s3.put_object(
            Bucket=page.bucket_name,
            Key=file.key,
            Body=file.body,
            ContentType=file.content_type,
            CacheControl=file.cache_control,
        )
    renewed = [f"/{file.key}" for file in files if not file.key.startswith(ASSETS)]
    tell(f"Renewing {', '.join(renewed)} in the distribution {page.distribution_id}")
    cloudfront.create_invalidation(
        DistributionId=page.distribution_id,
        InvalidationBatch={
            "Paths": {"Quantity": len(renewed), "Items": renewed},
            "CallerReference": str(uuid4()),  # the same once more would be taken for this one
        },
    )
