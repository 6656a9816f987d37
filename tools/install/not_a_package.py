"""Build backend of the repository's root: stops `pip install .` with a sentence, because the root is not a package."""

import sys
from typing import NoReturn

MESSAGE = (
    "This repository is an application, not a Python package. Run `make` for its commands. "
    "To call its API from Python: pip install ./clients/python"
)


def build_wheel(*_: object, **__: object) -> NoReturn:
    """Refuse to build; pip prints the message."""
    sys.exit(MESSAGE)


build_editable = build_sdist = get_requires_for_build_wheel = build_wheel
get_requires_for_build_editable = get_requires_for_build_sdist = build_wheel
