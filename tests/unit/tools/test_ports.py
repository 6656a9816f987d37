"""The ports, the directory and the URLs of a local AWS."""

import socket
from pathlib import Path

import pytest

from tools.local.errors import LocalAwsError
from tools.local.ports import first_taken
from tools.local.processes.lock_file import choose_directory, directory_lock, lock_holder
from tools.local.settings import LocalSettings
from tools.local.stack import Stack, reachable


def test_one_local_aws_at_a_time_can_lock_a_directory(tmp_path: Path) -> None:
    with directory_lock(tmp_path, 4566) as first, directory_lock(tmp_path, 5566) as second:
        holder = lock_holder(tmp_path)

        assert (first, second) == (True, False)
        assert holder is not None
        assert holder.port == 4566
    assert lock_holder(tmp_path) is None


def test_a_second_local_aws_gets_a_directory_of_its_own(tmp_path: Path) -> None:
    assert choose_directory(tmp_path, 5566) == tmp_path
    with directory_lock(tmp_path, 4566):
        assert choose_directory(tmp_path, 4566) == tmp_path
        assert choose_directory(tmp_path, 5566) == tmp_path / "port-5566"


def test_a_port_in_use_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        assert first_taken([port]) == port
    assert first_taken([port]) is None


def test_local_port_moves_every_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_PORT", "5566")
    assert LocalSettings.from_env().ports == (5566, 5567, 5568)

    monkeypatch.setenv("LOCAL_PORT", "http")
    with pytest.raises(LocalAwsError, match="LOCAL_PORT"):
        LocalSettings.from_env()


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            "https://abc123.execute-api.us-east-1.amazonaws.com/live",
            "http://127.0.0.1:4566/_aws/execute-api/abc123/live",
        ),
        ("https://d111111abcdef8.cloudfront.net", "http://127.0.0.1:4568"),
        ("inventory-local-InventoryTable", "inventory-local-InventoryTable"),
    ],
)
def test_urls_in_outputs_work_on_this_machine(output: str, expected: str) -> None:
    settings = LocalSettings(4566)

    assert reachable(output, settings.endpoint_url, settings.page_url) == expected


def test_reading_the_stack_of_a_local_aws_that_is_still_starting_says_so(tmp_path: Path) -> None:
    with pytest.raises(LocalAwsError, match="still starting"):
        Stack.read(tmp_path / "stack.json")


@pytest.mark.parametrize(
    "content", ['{"some_field": 1}', '{"operator": {"key": "a"}}', "{"], ids=["field", "user", "half"]
)
def test_a_description_that_is_not_understood_says_how_to_start_again(tmp_path: Path, content: str) -> None:
    (tmp_path / "stack.json").write_text(content)

    with pytest.raises(LocalAwsError, match="another version of this project: its stack.json .*make down up"):
        Stack.read(tmp_path / "stack.json")
