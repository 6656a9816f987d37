"""Command line: python -m tools.terraform write | test."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

from tools.console import run_and_exit
from tools.local.errors import LocalAwsError
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination
from tools.local.settings import PROJECT
from tools.progress import timed
from tools.terraform.cli import installed_terraform
from tools.terraform.errors import TerraformError
from tools.terraform.module_files import module_files
from tools.terraform.rehearsal import rehearse

FAILED, STOPPED = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. An error is one message without a stack trace."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.terraform", description="Write or test the Terraform module."
    )
    parser.add_argument(
        "command",
        choices=["write", "test"],
        help="write: write the module's variables, outputs and tables from template.yaml; "
        "test: apply the module to a local AWS, test the stack, and destroy it",
    )
    chosen = parser.parse_args(arguments)
    try:
        {"write": _write, "test": _test}[chosen.command]()
    except (TerraformError, LocalAwsError) as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED
    return 0


def _write() -> None:
    for path, content in module_files(
        PROJECT / "template.yaml", PROJECT / "terraform" / "modules" / "inventory"
    ).items():
        path.write_text(content)


def _test() -> None:
    terraform = installed_terraform()
    forget_account_of_caller()
    interrupt_on_termination()
    local_files = PROJECT / ".local"
    local_files.mkdir(exist_ok=True)
    directory = Path(mkdtemp(prefix="terraform-test-", dir=local_files))
    try:
        rehearse(terraform, directory, timed)
    except (TerraformError, LocalAwsError):
        print(f"The files of this test are in {directory}", file=sys.stderr)
        raise
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    shutil.rmtree(directory, ignore_errors=True)
    print("It works.")


if __name__ == "__main__":
    run_and_exit(main)
