"""Everything that the local AWS writes is in its own directory."""

from pathlib import Path

from tools.local import Stack


def test_nothing_is_written_to_the_temporary_folder_of_the_system(stack: Stack, system_directory: Path) -> None:
    assert list(system_directory.iterdir()) == []


def test_the_keys_of_the_emulator_are_in_the_directory_of_the_local_aws(stack: Stack, directory: Path) -> None:
    keys = list(directory.glob("tmp/*/state/*.pem"))

    assert len(keys) == 1, "its default is a folder that all local AWSes share"
