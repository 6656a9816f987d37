"""Command line: python -m tools.publish --stage prod, or --stack-name inventory --region eu-central-1."""

import argparse
import sys
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools.aws_errors import sentence_of
from tools.console import run_and_exit
from tools.publish.errors import PublishError
from tools.publish.publishing import publish_to_stack
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
        session = boto3.Session(region_name=arguments.region or settings.region)
        publish_to_stack(session, settings.stack_name, arguments.directory)
    except (PublishError, BotoCoreError, ClientError) as error:
        print(sentence_of(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Publish the page again to complete it.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    run_and_exit(main)
