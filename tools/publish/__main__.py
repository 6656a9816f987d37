"""Command line: python -m tools.publish --stage prod, or --stack-name inventory --region eu-central-1."""

import argparse
import sys
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools.publish.deployed import DeployedPage
from tools.publish.errors import PublishError
from tools.publish.files import PageConfig, page_files
from tools.publish.publishing import publish
from tools.publish.settings import PublishSettings

PROJECT = Path(__file__).parent.parent.parent


def main() -> int:
    """Publish the built page. An error is one message without a stack trace."""
    parser = argparse.ArgumentParser(prog="python -m tools.publish", description="Publish the built admin page.")
    stack = parser.add_mutually_exclusive_group(required=True)
    stack.add_argument("--stage", help="the stage of samconfig.toml with the stack's name")
    stack.add_argument("--stack-name", help="the name of the page's stack")
    parser.add_argument(
        "--region", help="the stack's region; default: the region of the stage or of the current credentials"
    )
    parser.add_argument(
        "--directory", type=Path, default=PROJECT / "admin-ui" / "dist", help="the built page; default: admin-ui/dist"
    )
    arguments = parser.parse_args()
    try:
        if arguments.stage:
            settings = PublishSettings.of_stage(PROJECT / "samconfig.toml", arguments.stage)
        else:
            settings = PublishSettings(arguments.stack_name)
        _publish(settings.stack_name, arguments.region or settings.region, arguments.directory)
    except (PublishError, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Publish the page again to complete it.", file=sys.stderr)
        return 130
    return 0


def _publish(stack_name: str, region: str | None, directory: Path) -> None:
    session = boto3.Session(region_name=region)
    page = DeployedPage.of_stack(session.client("cloudformation"), stack_name)
    config = PageConfig(page.region, page.user_pool_id, page.user_pool_client_id)
    publish(page_files(directory, config), page, s3=session.client("s3"), cloudfront=session.client("cloudfront"))
    print(f"The admin page is at {page.url}")


if __name__ == "__main__":
    sys.exit(main())
