"""Publishes the built admin page to the bucket behind the stack's CloudFront distribution."""

from tools.publish.deployed import DeployedPage
from tools.publish.errors import PublishError
from tools.publish.files import PageConfig, PageFile, page_files
from tools.publish.publishing import publish, publish_to_stack

__all__ = ["DeployedPage", "PageConfig", "PageFile", "PublishError", "page_files", "publish", "publish_to_stack"]
