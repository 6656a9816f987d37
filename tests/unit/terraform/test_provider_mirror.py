"""Where the provider is found without a network, and how Terraform is configured to use it."""

from pathlib import Path

import pytest

from tools.terraform import provider_mirror
from tools.terraform.errors import TerraformError
from tools.terraform.provider_mirror import configuration_file, is_mirror

PLATFORM = "linux_amd64"
NAMES = "registry.example.com/hashicorp/aws"


@pytest.fixture(autouse=True)
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose directories of installed programs are those of the test."""
    monkeypatch.setattr(provider_mirror, "INSTALLED", (str(tmp_path / "opt"),))


def a_mirror(directory: Path, platform: str = PLATFORM) -> Path:
    package = directory / NAMES / "5.100.0" / platform
    package.mkdir(parents=True)
    (package / "terraform-provider-aws_v5.100.0_x5").touch()
    return directory


def an_environment(tmp_path: Path, **others: str) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return {"HOME": str(home), "XDG_DATA_DIRS": str(tmp_path / "share"), **others}


def test_a_directory_with_unpacked_or_packed_providers_is_a_mirror(tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    (packed / NAMES).mkdir(parents=True)
    (packed / NAMES / f"terraform-provider-aws_5.100.0_{PLATFORM}.zip").touch()

    assert is_mirror(a_mirror(tmp_path / "unpacked"), PLATFORM)
    assert is_mirror(packed, PLATFORM)


def test_a_mirror_of_another_platform_is_none(tmp_path: Path) -> None:
    assert not is_mirror(a_mirror(tmp_path, "darwin_arm64"), PLATFORM)


def test_the_named_mirror_is_used_before_all_others(tmp_path: Path) -> None:
    a_mirror(tmp_path / "opt" / "terraform")
    named = a_mirror(tmp_path / 'na"med')
    environment = an_environment(tmp_path, TERRAFORM_PROVIDER_MIRROR=str(named))

    written = configuration_file(environment, PLATFORM, tmp_path)

    assert written
    assert f'path = "{tmp_path}/na\\"med"' in written.read_text()


def test_a_named_directory_without_the_provider_is_refused(tmp_path: Path) -> None:
    environment = an_environment(tmp_path, TERRAFORM_PROVIDER_MIRROR=str(tmp_path))

    with pytest.raises(TerraformError, match="has no AWS provider for linux_amd64: name a directory with one"):
        configuration_file(environment, PLATFORM, tmp_path)


@pytest.mark.parametrize("name", ["home/.terraform.d/plugins", "share/terraform/plugins"])
def test_a_mirror_that_terraform_knows_is_left_to_terraform(tmp_path: Path, name: str) -> None:
    a_mirror(tmp_path / "opt" / "terraform")
    a_mirror(tmp_path / name)

    assert configuration_file(an_environment(tmp_path), PLATFORM, tmp_path) is None


@pytest.mark.parametrize("variable", [True, False])
def test_a_configuration_that_says_where_providers_are_is_kept(tmp_path: Path, variable: bool) -> None:
    a_mirror(tmp_path / "opt" / "terraform")
    environment = an_environment(tmp_path)
    own = tmp_path / "own.rc" if variable else tmp_path / "home" / ".terraformrc"
    own.write_text("provider_installation {\n}\n")
    if variable:
        environment["TF_CLI_CONFIG_FILE"] = str(own)

    assert configuration_file(environment, PLATFORM, tmp_path) == own


@pytest.mark.parametrize("between", ["", "terraform", "share/terraform"])
def test_an_installed_mirror_is_found(tmp_path: Path, between: str) -> None:
    mirror = a_mirror(tmp_path / "opt" / between)
    missing = an_environment(tmp_path, TF_CLI_CONFIG_FILE=str(tmp_path / "missing.rc"))

    written = configuration_file(missing, PLATFORM, tmp_path)

    assert written
    assert f'filesystem_mirror {{\n    path = "{mirror}"' in written.read_text()


def test_without_a_mirror_terraform_downloads_the_provider(tmp_path: Path) -> None:
    a_mirror(tmp_path / "opt" / "terraform", "darwin_arm64")

    assert configuration_file(an_environment(tmp_path), PLATFORM, tmp_path) is None
