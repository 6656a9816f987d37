"""The test on a local AWS: what it needs, what it copies, and that it notices a module that accepts wrong values."""

import fcntl
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.template.source import ROOT
from tests.support.waiting import until
from tests.unit.terraform.hcl_files import parsed
from tools.local.errors import CommandFailed
from tools.local.processes.environment import clean_environment
from tools.local.settings import LocalSettings
from tools.terraform import __main__, validations
from tools.terraform.boundary_values import refused_values
from tools.terraform.cli import Terraform, installed_terraform, terraform_environment
from tools.terraform.commands import Commands
from tools.terraform.errors import TerraformError
from tools.terraform.hcl import snake_case
from tools.terraform.rehearsal import copied_module
from tools.terraform.template import Parameter, parameter_of, read_template

PARAMETERS, _ = read_template(ROOT / "template.yaml")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of the PATH, which is empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def a_program(path: Path, text: str) -> str:
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(0o755)
    return str(path)


def an_installed_terraform(folder: Path, version: str) -> str:
    answer = f'{{"terraform_version": "{version}", "platform": "linux_arm64"}}'
    return a_program(folder / "terraform", f"print('{answer}')")


def commands(tmp_path: Path, program: str) -> Commands:
    return Commands(a_program(tmp_path / "program", program), clean_environment({}), tmp_path, tmp_path)


def answer_of(*parameters: Parameter) -> dict[str, Any]:
    """What Terraform says when it refuses all wrong values of the parameters."""
    return {
        "diagnostics": [
            {
                "summary": "Invalid value for variable",
                "snippet": {
                    "context": f'module "refused_{number}"',
                    "code": f"  {snake_case(parameter.name)}   = {value}",
                },
            }
            for parameter in parameters
            for number, value in enumerate(refused_values(parameter))
        ]
    }


def test_a_missing_terraform_is_said_in_one_sentence(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["test"]) == 1
    assert (
        "Terraform is not installed: put Terraform 1.10 or newer on the PATH and try again.\n"
        in capsys.readouterr().err
    )


def test_an_old_terraform_is_refused(path: Path) -> None:
    an_installed_terraform(path, "1.9.8")

    with pytest.raises(TerraformError, match=r"is Terraform 1\.9\.8: put Terraform 1\.10 or newer on the PATH"):
        installed_terraform()


def test_a_terraform_that_does_not_answer_is_refused(path: Path) -> None:
    a_program(path / "terraform", "raise SystemExit(1)")

    with pytest.raises(TerraformError, match="put a working Terraform on the PATH"):
        installed_terraform()


def test_a_new_terraform_says_its_platform(path: Path) -> None:
    program = an_installed_terraform(path, "1.11.4")

    assert installed_terraform() == Terraform(program, "linux_arm64")


def test_nothing_of_the_users_settings_reaches_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TF_VAR_region", "TF_WORKSPACE", "TF_CLI_ARGS", "AWS_PROFILE"):
        monkeypatch.setenv(name, "mine")

    environment = terraform_environment(Terraform("terraform", "linux_arm64"), LocalSettings(7000), tmp_path)

    assert "mine" not in environment.values()
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:7000"


def test_the_copy_has_nothing_that_a_user_configured(tmp_path: Path) -> None:
    shop = tmp_path / "terraform" / "examples" / "shop"
    (shop / ".terraform").mkdir(parents=True)
    for name in ("main.tf", "terraform.tfvars", "terraform.tfstate", "terraform.tfstate.backup", "backend.hcl"):
        (shop / name).touch()

    copy = copied_module(tmp_path / "terraform", tmp_path / "copy")

    assert os.listdir(copy / "examples" / "shop") == ["main.tf"]


def test_every_parameter_with_a_limit_gets_wrong_values() -> None:
    limited = [parameter for parameter in PARAMETERS if parameter.allowed_values or parameter.least or parameter.most]

    assert limited
    assert [parameter.name for parameter in limited if not list(refused_values(parameter))] == []


def test_wrong_and_right_values_are_in_module_blocks_of_their_own() -> None:
    parameter = parameter_of("Days", {"Type": "Number", "Default": 5, "MinValue": 1, "MaxValue": 9, "Description": "."})

    modules = {
        name: block
        for found in parsed(validations.configuration([parameter]))["module"]
        for name, block in found.items()
    }

    assert {name: block["days"] for name, block in modules.items()} == {
        "allowed_0": 5,
        "allowed_1": 1,
        "allowed_2": 9,
        "refused_0": 0,
        "refused_1": 10,
    }


def test_a_module_that_refuses_exactly_the_wrong_values_passes() -> None:
    validations.check(answer_of(*PARAMETERS), PARAMETERS)


def test_a_module_that_accepts_a_wrong_value_fails() -> None:
    first, *others = PARAMETERS

    with pytest.raises(TerraformError, match=f"accepts a wrong value of {snake_case(first.name)}"):
        validations.check(answer_of(*others), PARAMETERS)


def test_a_module_that_refuses_a_right_value_fails() -> None:
    answer = answer_of(*PARAMETERS)
    snippet = {"context": 'module "allowed_0"', "code": "  runtime = 1"}
    answer["diagnostics"].append({"summary": "Invalid value for variable", "snippet": snippet})

    with pytest.raises(TerraformError, match="refuses runtime"):
        validations.check(answer, PARAMETERS)


def test_another_error_of_terraform_fails() -> None:
    answer = answer_of(*PARAMETERS)
    answer["diagnostics"].append({"summary": "Unsupported argument"})

    with pytest.raises(TerraformError, match="refuses Unsupported argument"):
        validations.check(answer, PARAMETERS)


def test_a_command_that_should_be_refused_and_succeeds_fails(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="succeeded. Expected: the lock"):
        commands(tmp_path, "").expect_failure(tmp_path, "plan", reason="the lock")


def test_a_command_that_is_refused_with_another_reason_fails(tmp_path: Path) -> None:
    refusing = commands(tmp_path, "raise SystemExit('no access')")

    refusing.expect_failure(tmp_path, "plan", reason="no access")
    with pytest.raises(CommandFailed, match="no access"):
        refusing.expect_failure(tmp_path, "plan", reason="the lock")


def test_a_plan_with_a_change_fails(tmp_path: Path) -> None:
    changing = commands(
        tmp_path, "import sys; print('1 to change'); sys.exit(2 if '-detailed-exitcode' in sys.argv else 0)"
    )

    with pytest.raises(CommandFailed, match="1 to change"):
        changing.run(tmp_path, "plan", "-detailed-exitcode")


def test_a_command_in_the_background_ends_with_its_block_and_with_its_children(tmp_path: Path) -> None:
    # The child keeps the lock for as long as it runs.
    waiting = commands(
        tmp_path,
        "import fcntl, subprocess, time\n"
        "lock = open('lock', 'w')\n"
        "fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "subprocess.Popen(['sleep', '300'], pass_fds=[lock.fileno()])\n"
        "open('started', 'w').close()\n"
        "time.sleep(300)",
    )

    with waiting.apply_in_background(tmp_path):
        until((tmp_path / "started").exists, "the child has started", within_seconds=20)
        assert is_locked(tmp_path / "lock")

    until(lambda: not is_locked(tmp_path / "lock"), "the child has ended", within_seconds=20)


def is_locked(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
