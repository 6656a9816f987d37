"""Publishes the built admin page: to the bucket that the stack's distribution serves."""

from publish.deployed import DeployedPage
from publish.errors import PublishError
from publish.files import PageConfig, PageFile, page_files
from publish.publishing import publish

__all__ = ["DeployedPage", "PageConfig", "PageFile", "PublishError", "page_files", "publish"]
