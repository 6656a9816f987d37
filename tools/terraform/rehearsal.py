"""Applies the examples to a local AWS and removes them again, with the commands of terraform/README.md."""

import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tools.local import deployment
from tools.local.lifecycle import Step, empty_local_aws
from tools.local.ports import free_port
from tools.local.root_user import root_session
from tools.local.settings import PROJECT, REGION, LocalSettings
from tools.local.step_functions.state_machines import copy_state_machines
from tools.terraform import hcl, validations
from tools.terraform.cli import Terraform, terraform_environment
from tools.terraform.commands import Commands
from tools.terraform.errors import TerraformError
from tools.terraform.template import read_template

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX, STACK = "rehearsal", "inventory"
STATE_BUCKET, ARTEFACT_BUCKET = f"{PREFIX}-terraform-state", f"{PREFIX}-artefacts"
STATE_LOCK = "inventory/terraform.tfstate.tflock"
TEMPLATE = "module.inventory.aws_s3_object.template"
UPDATED = "module.inventory.aws_cloudformation_stack.inventory will be updated in-place"
BUCKETS_SECONDS = 60
POLL_SECONDS = 0.2
NOT_PUBLISHED = {".terraform", ".terraform.lock.hcl", "terraform.tfvars", "backend.hcl", "packaged.template.yaml"}


def rehearse(terraform: Terraform, directory: Path, step: Step) -> None:
    """Run the complete test in a directory of its own. Every emulator and command has ended afterwards.

    Raises:
        TerraformError: a step had another result than expected.
        LocalAwsError: a command failed. The message has its last lines.
    """
    examples = copied_module(PROJECT / "terraform", directory / "terraform") / "examples"
    with empty_local_aws(free_port(), directory / "local-aws", step) as settings:
        environment = terraform_environment(terraform, settings, directory)
        commands = Commands(terraform.path, environment, directory, PROJECT)
        with step("Checking the format of the module"):
            commands.run(PROJECT / "terraform", "fmt", "-check", "-diff", "-recursive")
        with step("Building the functions with AWS SAM"):
            built = deployment.build(settings)
        _rehearse(commands, settings, examples, built, step)


def copied_module(source: Path, target: Path) -> Path:
    """A copy of terraform/, so that nothing is written to the project, without what a user configured there."""
    shutil.copytree(source, target, ignore=lambda _, names: [name for name in names if _is_local(name)])
    return target


def _is_local(name: str) -> bool:
    return name in NOT_PUBLISHED or ".tfstate" in name


def _rehearse(commands: Commands, settings: LocalSettings, examples: Path, built: Path, step: Step) -> None:
    bootstrap, shop = examples / "bootstrap", examples / "shop"
    s3 = root_session().client("s3", endpoint_url=settings.endpoint_url)
    _configure(bootstrap / "terraform.tfvars", {"prefix": PREFIX, "region": REGION, "force_destroy": True})
    with step("Preparing the buckets of packages and state"):
        commands.run(bootstrap, "init")
        commands.run(bootstrap, "validate")
    # The provider waits a minute until it trusts S3 with a lifecycle rule. The shop needs no more than the buckets.
    with commands.apply_in_background(bootstrap) as wait:
        with step("Creating the buckets"):
            _await_versioning(s3, (STATE_BUCKET, ARTEFACT_BUCKET))
        with step("Packaging the functions with AWS SAM"):
            _package(commands, built, shop / "packaged.template.yaml")
        _deploy(commands, settings, shop, step)
        _use(commands, settings, shop, step)
        with step("Destroying the stack"):
            commands.destroy(shop)
            _check_removed(settings)
        with step("Waiting for the buckets' lifecycle rules"):
            wait()
    with step("Planning the buckets again, without a change"):
        commands.run(bootstrap, "plan", "-detailed-exitcode")
    with step("Destroying the buckets"):
        commands.destroy(bootstrap)


def _deploy(commands: Commands, settings: LocalSettings, shop: Path, step: Step) -> None:
    of_machine = {name.lower(): value for name, value in deployment.machine_parameters().items()}
    _configure(shop / "backend.hcl", {"bucket": STATE_BUCKET, "region": REGION})
    _configure(
        shop / "terraform.tfvars",
        {
            "region": REGION,
            "artefact_bucket": ARTEFACT_BUCKET,
            "stack_name": STACK,
            "deletion_protection": False,
            "gradual_deployment": False,  # the local AWS has no CodeDeploy
            "log_retention_days": 1,
            **of_machine,
        },
    )
    with step("Initializing the shop with its state in S3"):
        commands.run(shop, "init", "-backend-config=backend.hcl")
        commands.run(shop, "validate")
    with step("Checking the variables at their limits"):
        _check_limits(commands, shop)
    with step("Applying the stack"):
        commands.apply(shop)
        copy_state_machines(settings)


def _use(commands: Commands, settings: LocalSettings, shop: Path, step: Step) -> None:
    with step("Running the smoke test"):
        commands.python("tools.smoke", "--stack-name", STACK, "--region", REGION)
    with step("Publishing a page"):
        page = shop / "page"
        page.mkdir()
        (page / "index.html").write_text("<!doctype html><title>Inventory</title>")
        commands.python("tools.publish", "--stack-name", STACK, "--region", REGION, "--directory", str(page))
    with step("Planning the stack again, without a change"):
        commands.run(shop, "plan", "-detailed-exitcode")
    with step("Planning a changed template, and a repeated update"):
        _check_updates(commands, shop)
    with step("Planning while another run has the lock"):
        s3 = root_session().client("s3", endpoint_url=settings.endpoint_url)
        s3.put_object(Bucket=STATE_BUCKET, Key=STATE_LOCK, Body=b'{"ID": "another-run"}')
        commands.expect_failure(shop, "plan", "-lock-timeout=0s", reason="Error acquiring the state lock")
        s3.delete_object(Bucket=STATE_BUCKET, Key=STATE_LOCK)


def _check_updates(commands: Commands, shop: Path) -> None:
    """Check that another template, and a template that is uploaded again, update the stack in place."""
    template = shop / "packaged.template.yaml"
    content = template.read_text()
    template.write_text(f"{content}# changed\n")
    commands.expect_failure(shop, "plan", "-detailed-exitcode", reason=UPDATED)
    template.write_text(content)
    commands.expect_failure(shop, "plan", "-detailed-exitcode", f"-replace={TEMPLATE}", reason=UPDATED)


def _package(commands: Commands, built: Path, target: Path) -> None:
    bucket = ("--s3-bucket", ARTEFACT_BUCKET, "--s3-prefix", STACK, "--region", REGION)
    files = ("--template-file", str(built), "--output-template-file", str(target))
    commands.python("samcli", "package", *bucket, *files)


def _check_limits(commands: Commands, shop: Path) -> None:
    parameters, _ = read_template(PROJECT / "template.yaml")
    limits = shop / "limits.tf"
    limits.write_text(validations.configuration(parameters))
    commands.run(shop, "get")
    validations.check(commands.validation(shop), parameters)
    limits.unlink()


def _check_removed(settings: LocalSettings) -> None:
    stacks = root_session().client("cloudformation", endpoint_url=settings.endpoint_url).describe_stacks()["Stacks"]
    names = [stack["StackName"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"]
    if names:
        raise TerraformError(f"terraform destroy left {', '.join(names)}.")


def _await_versioning(s3: "S3Client", buckets: Iterable[str]) -> None:
    """Wait until the buckets exist and keep versions."""
    deadline = time.monotonic() + BUCKETS_SECONDS
    for bucket in buckets:
        while not _keeps_versions(s3, bucket):
            if time.monotonic() > deadline:
                raise TerraformError(f"The bucket {bucket} did not keep versions after {BUCKETS_SECONDS} s.")
            time.sleep(POLL_SECONDS)


def _keeps_versions(s3: "S3Client", bucket: str) -> bool:
    try:
        return s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled"
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
        return False


def _configure(path: Path, values: Mapping[str, str | bool | int]) -> None:
    expressions = {
        name: hcl.text(value) if isinstance(value, str) else str(value).lower() for name, value in values.items()
    }
    path.write_text("\n".join([*hcl.attributes(expressions, 0), ""]))
