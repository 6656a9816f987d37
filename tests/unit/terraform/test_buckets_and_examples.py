"""The buckets of packages and state, and the roots of the examples."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.template.source import ROOT
from tests.unit.terraform.hcl_files import BOOTSTRAP, BUCKET, INVENTORY, SHOP, TERRAFORM, blocks, expression, parsed

FOLDERS = [BOOTSTRAP, BUCKET, INVENTORY, SHOP]


def bucket(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = blocks(BUCKET, "resource")[f"{kind}.this"]
    return found


def terraform_block(folder: Path) -> dict[str, Any]:
    [block] = parsed((folder / "versions.tf").read_text())["terraform"]
    found: dict[str, Any] = block
    return found


def test_the_bucket_is_encrypted() -> None:
    [rule] = bucket("aws_s3_bucket_server_side_encryption_configuration")["rule"]

    assert rule["apply_server_side_encryption_by_default"][0]["sse_algorithm"] == "AES256"


def test_the_bucket_is_private() -> None:
    block = bucket("aws_s3_bucket_public_access_block")
    settings = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")

    assert [block[setting] for setting in settings] == [True] * 4
    assert bucket("aws_s3_bucket_ownership_controls")["rule"][0]["object_ownership"] == "BucketOwnerEnforced"


def test_the_bucket_keeps_versions() -> None:
    assert bucket("aws_s3_bucket_versioning")["versioning_configuration"][0]["status"] == "Enabled"


def test_the_bucket_accepts_only_tls() -> None:
    [statement] = blocks(BUCKET, "data")["aws_iam_policy_document.tls_only"]["statement"]
    [condition] = statement["condition"]

    assert (statement["effect"], statement["actions"]) == ("Deny", ["s3:*"])
    assert (condition["variable"], condition["values"]) == ("aws:SecureTransport", ["false"])
    assert expression(bucket("aws_s3_bucket_policy")["policy"]) == "data.aws_iam_policy_document.tls_only.json"


def test_only_replaced_versions_expire() -> None:
    [rule] = bucket("aws_s3_bucket_lifecycle_configuration")["rule"]

    assert expression(rule["noncurrent_version_expiration"][0]["noncurrent_days"]) == "var.replaced_version_days"
    assert rule["abort_incomplete_multipart_upload"][0]["days_after_initiation"] == 7
    assert [set(expiration) - {"__is_block__"} for expiration in rule["expiration"]] == [
        {"expired_object_delete_marker"}
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_folder_names_the_versions_that_it_needs(folder: Path) -> None:
    block = terraform_block(folder)
    [providers] = block["required_providers"]

    assert block["required_version"] == ">= 1.10"
    assert providers["aws"]["source"] == "hashicorp/aws"
    assert providers["aws"]["version"].startswith(">= 5.100")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_variable_and_output_is_described_and_every_variable_typed(folder: Path) -> None:
    variables, outputs = blocks(folder, "variable"), blocks(folder, "output")

    assert variables and outputs
    assert [name for name, found in variables.items() if not {"description", "type"} <= set(found)] == []
    assert [name for name, found in outputs.items() if "description" not in found] == []


def test_the_shop_keeps_its_state_in_s3_and_locks_it() -> None:
    backend = terraform_block(SHOP)["backend"][0]["s3"]

    assert (backend["encrypt"], backend["use_lockfile"]) == (True, True)


def test_the_shop_gives_the_module_only_variables_that_it_has() -> None:
    arguments = set(blocks(SHOP, "module")["inventory"]) - {"source"}

    assert arguments - set(blocks(INVENTORY, "variable")) == set()
    assert {"artefact_bucket", "template_file", "deletion_protection"} <= arguments


def test_the_defaults_of_the_shop_and_of_the_module_differ_only_where_production_does() -> None:
    shop, module = blocks(SHOP, "variable"), blocks(INVENTORY, "variable")
    differing = {
        name
        for name in set(shop) & set(module)
        if "default" in shop[name] and shop[name]["default"] != module[name].get("default")
    }

    assert differing == {"template_file", "gradual_deployment", "log_retention_days"}


def test_no_lock_of_one_platform_is_kept_and_no_registry_is_named() -> None:
    texts = [path.read_text() for path in TERRAFORM.rglob("*") if path.suffix in (".tf", ".md", ".example")]

    assert ".terraform.lock.hcl" in (TERRAFORM / ".gitignore").read_text().split()
    assert not [text for text in texts if re.search(r"registry\.\w+\.\w+", text)]


def test_terraform_runs_in_ci_where_it_is_installed() -> None:
    assert "if command -v terraform >/dev/null; then make terraform-test; fi" in (ROOT / ".ci" / "run").read_text()
