"""Where a local AWS lives: its ports, its directory and its URLs."""

import socket
from pathlib import Path

import pytest

from tools.local.errors import LocalAwsError
from tools.local.lock_file import claimed, home, running
from tools.local.ports import first_taken
from tools.local.settings import LocalSettings
from tools.local.stack import Stack, reachable


def test_a_directory_is_held_by_one_local_aws_at_a_time(tmp_path: Path) -> None:
    with claimed(tmp_path, 4566) as first, claimed(tmp_path, 5566) as second:
        tenant = running(tmp_path)

        assert (first, second) == (True, False)
        assert tenant is not None
        assert tenant.port == 4566
    assert running(tmp_path) is None


def test_a_second_local_aws_lives_beside_the_first(tmp_path: Path) -> None:
    assert home(tmp_path, 5566) == tmp_path
    with claimed(tmp_path, 4566):
        assert home(tmp_path, 4566) == tmp_path
        assert home(tmp_path, 5566) == tmp_path / "port-5566"


def test_a_taken_port_is_found() -> None:
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
    ("output", "here"),
    [
        (
            "https://abc123.execute-api.us-east-1.amazonaws.com/live",
            "http://127.0.0.1:4566/_aws/execute-api/abc123/live",
        ),
        ("https://d111111abcdef8.cloudfront.net", "http://127.0.0.1:4568"),
        ("inventory-local-InventoryTable", "inventory-local-InventoryTable"),
    ],
)
def test_what_the_stack_answers_works_on_this_machine(output: str, here: str) -> None:
    settings = LocalSettings(4566)

    assert reachable(output, settings.endpoint_url, settings.page_url) == here


def test_who_asks_for_a_local_aws_that_is_still_starting_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(LocalAwsError, match="still starting"):
        Stack.read(tmp_path / "stack.json")
