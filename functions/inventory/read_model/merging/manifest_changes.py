"""How the manifest is changed while other runs change it, too."""

from collections.abc import Callable

from inventory.errors import TransientError
from inventory.read_model.manifest import Manifest, ManifestStore

ATTEMPTS_MAX = 20  # another run changes the manifest a few times a minute


def change_manifest(
    manifests: ManifestStore, is_expected: Callable[[Manifest], bool], change: Callable[[Manifest], Manifest]
) -> Manifest | None:
    """Change the manifest, as long as what this change depends on is as expected.

    Returns:
        The manifest afterwards; None if another run has changed what this one depends on.

    Raises:
        TransientError: other runs were faster each time.
    """
    for _ in range(ATTEMPTS_MAX):
        manifest = manifests.read()
        if manifest is None or not is_expected(manifest):
            return None
        if manifests.write(change(manifest)):
            return manifests.read()
    raise TransientError("other runs changed the manifest each time")
