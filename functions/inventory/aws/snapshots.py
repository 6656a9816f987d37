"""What a function that starts from a snapshot (SnapStart) must not share with its copies.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

import importlib
import random

from inventory.settings import starts_from_snapshot


def draw_own_numbers_after_restore() -> None:
    """Seed `random` anew in each copy: all would make the same pauses, and meet again after each. botocore uses it, too.

    Ids are drawn by the operating system, and connections are opened at the first request: both differ anyway.
    """
    if starts_from_snapshot():
        # Lambda's runtime has it, from Python 3.12 on; nothing else does.
        hooks = importlib.import_module("snapshot_restore_py")
        hooks.register_after_restore(random.seed)
